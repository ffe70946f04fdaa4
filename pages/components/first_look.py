"""A first look at rows: classes as bars, lengths, what is missing, what stands there twice."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from components import drawn, looks
from components.drawn import Spec
from components.layout import card
from components.wording import count, listing, named, number

from sft_core import charts

_MOST_BARS = 25
_FEW = 50


def classes(facts: Mapping[str, Any], stretch: bool = False) -> None:
    """Bars, the largest class first; beyond 25 classes the largest and the smallest in words."""
    found: Mapping[str, int] = facts.get("classes") or {}
    with card("Rows in each class", stretch=stretch):
        if not found:
            st.caption("No label is chosen, so there are no classes to count.")
            return
        largest = tuple(list(found.items())[:_MOST_BARS])
        drawn.show(_bars(largest, looks.theme()), "class_bars", "How many rows each class has")
        st.caption(_words(found))


@lru_cache(maxsize=32)
def _bars(counts: tuple[tuple[str, int], ...], theme: Any) -> Spec:
    return charts.class_bars(dict(counts), theme=theme).to_dict()


@lru_cache(maxsize=32)
def _histogram(edges: tuple[int, ...], counts: tuple[int, ...], limit: int | None, longest: int, theme: Any) -> Spec:
    found = {"edges": edges, "counts": counts}
    return charts.length_histogram(found, limit=limit, longest=longest, theme=theme).to_dict()


def lengths(facts: Mapping[str, Any], limit: int | None, cut: str = "", stretch: bool = False) -> None:
    """How long the texts are, and in `cut` how many of them a model will not read to the end (`limit` characters)."""
    found = facts.get("text_lengths")
    with card("How long the texts are", stretch=stretch):
        if not found:
            st.caption("No text column is chosen.")
            return
        edges, counts = tuple(found["histogram"]["edges"]), tuple(found["histogram"]["counts"])
        said = "How many texts have which length, in characters"
        drawn.show(_histogram(edges, counts, limit, int(found["max"]), looks.theme()), "text_lengths", said)
        half, most = number(found["p50"]), number(found["max"])
        st.caption(f"Half of the texts have up to {half} characters, the longest has {most}. {cut}")


def shortcomings(facts: Mapping[str, Any]) -> str:
    """What is missing or stands there twice, in a sentence; "" where nothing is."""
    said = []
    if empty := facts.get("empty_texts"):
        said.append(count(empty, "row that has no text", "rows that have no text"))
    if empty := facts.get("empty_labels"):
        said.append(count(empty, "row that has no label", "rows that have no label"))
    if twice := (facts.get("duplicates") or {}).get("exact"):
        said.append(count(twice, "row that stands there twice", "rows that stand there twice"))
    return f"There {'is' if said and said[0].startswith('1 ') else 'are'} {listing(said)}." if said else ""


def _words(found: Mapping[str, int]) -> str:
    said = []
    if len(found) > _MOST_BARS:
        smallest = count(min(found.values()), "row")
        said.append(f"The {_MOST_BARS} largest of {number(len(found))} classes; the smallest has {smallest}.")
    few = [named(label, 40) for label, rows in found.items() if rows < _FEW]
    if len(few) == 1:
        said.append(f"{few[0]} has few rows: its score will be uncertain.")
    elif few:
        names = listing(few) + " have" if len(few) <= 4 else f"{number(len(few))} classes have"
        said.append(f"{names} fewer than {_FEW} rows: their scores will be uncertain.")
    return " ".join(said) or f"{count(sum(found.values()), 'row')} in {count(len(found), 'class', 'classes')}."
