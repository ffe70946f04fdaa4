"""What the next run learns from, in a sentence, before it is started: a number only where it is known."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from components import glossary
from components.layout import card
from components.wording import count, named, number, plain

from sft_core.config import Roles
from sft_core.data.gathering import Foreseen
from sft_core.data.kinds.registry import kind_of
from sft_core.data.roles import Issue
from sft_core.data.store import DatasetInfo
from sft_core.models.catalogue import find_card

_UNSEEN = "for the test, and never seen while it learns."


def show(
    info: DatasetInfo, facts: Mapping[str, Any], model: str, words: tuple[str, str], foreseen: Foreseen | Issue | None
) -> None:
    """A card. `foreseen` is what a run would get, or why it cannot; None where the rows are too many to count."""
    classes = len(facts.get("classes") or {})
    what = f"**{plain(info.name, 80)}**: {count(facts['rows'], *words)}"
    what += f" in {count(classes, 'class', 'classes')}." if classes else "."
    kept = ""
    if isinstance(foreseen, Foreseen):
        kept = _counted(foreseen.counts)
    elif foreseen is None:
        kept = kept_back(facts, info.roles)
    with card():
        st.markdown(f"{what} {kept}".rstrip())
        st.caption(
            f"It starts from **{plain(_model_name(model, info.roles))}**.", help=glossary.about("base model", "split")
        )


def _counted(counts: Mapping[str, int]) -> str:
    if not counts.get("test"):
        return ""
    learnt, tested = number(counts.get("train", 0)), number(counts["test"])
    return f"It learns from {learnt} and is tested on {tested} that it never sees while it learns."


def kept_back(facts: Mapping[str, Any], roles: Roles) -> str:
    """How the test comes about, where nothing was counted: only a fresh split at random is known to keep a fifth."""
    if not roles.label:
        return ""
    if roles.split:
        return f"The column {named(roles.split, 40)} says which of them are kept back {_UNSEEN}"
    if (facts.get("sources") or {}).get("test"):
        return f"The rows of the test file are kept back {_UNSEEN}"
    if any(rows for name, rows in (facts.get("splits") or {}).items() if name) or roles.group or roles.time:
        return f"Some of them are kept back {_UNSEEN}"
    return f"About a fifth of them is kept back {_UNSEEN}"


def _model_name(model: str, roles: Roles) -> str:
    card = find_card(model, kind_of(roles).name)
    if card is None:
        return Path(model).name if Path(model).is_absolute() else model
    return f"{card.title}, which comes with Tuneboard" if card.bundled else card.title
