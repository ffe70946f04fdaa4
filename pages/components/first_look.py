"""A first look at rows: classes as bars, what is missing, what stands there twice."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from components import drawn, looks
from components.drawn import Spec
from components.kinds.registry import rows_of
from components.layout import card
from components.wording import count, listing, named, number

from sft_core import charts
from sft_core.config import Roles

_MOST_BARS = 25
_FEW = 50


def classes(facts: Mapping[str, Any], roles: Roles, stretch: bool = False) -> None:
    """Bars, the largest class first; beyond 25 classes the largest and the smallest in words."""
    found: Mapping[str, int] = facts.get("classes") or {}
    kind = rows_of(roles)
    with card(f"{kind.MANY.capitalize()} in each class", stretch=stretch):
        if not found:
            st.caption("No label is chosen, so there are no classes to count.")
            return
        largest = tuple(list(found.items())[:_MOST_BARS])
        drawn.show(_bars(largest, looks.theme()), "class_bars", f"How many {kind.MANY} each class has", written=True)
        st.caption(in_words(found, kind.ONE, kind.MANY))


@lru_cache(maxsize=32)
def _bars(counts: tuple[tuple[str, int], ...], theme: Any) -> Spec:
    return charts.class_bars(dict(counts), theme=theme).to_dict()


def shortcomings(facts: Mapping[str, Any], roles: Roles) -> str:
    """What is missing or stands there twice, in a sentence; "" where nothing is."""
    kind, said = rows_of(roles), []
    for many, one_lacks, all_lack in (
        (facts.get("empty_texts"), "that has no text", "that have no text"),
        (facts.get("empty_labels"), "that has no label", "that have no label"),
        ((facts.get("duplicates") or {}).get("exact"), "that stands there twice", "that stand there twice"),
    ):
        if many:
            said.append(count(many, f"{kind.ONE} {one_lacks}", f"{kind.MANY} {all_lack}"))
    return f"There {'is' if said and said[0].startswith('1 ') else 'are'} {listing(said)}." if said else ""


def in_words(found: Mapping[str, int], one: str, many: str) -> str:
    """What should be known of the sizes of the classes, in a sentence or two."""
    said = []
    if len(found) > _MOST_BARS:
        smallest = count(min(found.values()), one, many)
        said.append(f"The {_MOST_BARS} largest of {number(len(found))} classes; the smallest has {smallest}.")
    few = [named(label, 40) for label, rows in found.items() if rows < _FEW]
    if len(few) == 1:
        said.append(f"{few[0]} has few {many}: its score will be uncertain.")
    elif few:
        names = listing(few) + " have" if len(few) <= 4 else f"{number(len(few))} classes have"
        said.append(f"{names} fewer than {_FEW} {many}: their scores will be uncertain.")
    return " ".join(said) or f"{count(sum(found.values()), one, many)} in {count(len(found), 'class', 'classes')}."
