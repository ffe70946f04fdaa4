"""What is special about a later file: rows that the model has met, classes that it does not know, shares that moved."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from components import reading_card
from components.answered import Answered
from components.layout import card, line
from components.wording import count, in_100, listing, named

from sft_core.evaluation.wording import visible

_SHOWN = 8


def show(answered: Answered) -> None:
    """Cards of one line each, and the shares of the classes where nothing could be scored."""
    found: Mapping[str, Any] = answered.report.get("test_file") or {}
    if answered.own or not found:
        return
    seen, words = found.get("seen_rows") or [], answered.words
    if seen:
        with card():
            score = found.get("seen_accuracy")
            on_them = f" On them it is right {in_100(score)}, which proves nothing." if score is not None else ""
            line(
                f"{count(len(seen), *words)} stood in its training data",
                f"They are left out of the score.{on_them}",
                ":material/visibility:",
            )
    unknown: Mapping[str, int] = found.get("unknown_labels") or {}
    if unknown:
        with card():
            names = listing([f"{named(name, 40)} ({n})" for name, n in unknown.items()], _SHOWN)
            line(
                f"{count(len(unknown), 'class', 'classes')} that it does not know",
                f"{names}. It cannot say them, so they count as wrong{_but_met(found, answered.words)}. "
                "The list of mistakes below can show them alone.",
                ":material/help:",
            )
    missing = found.get("missing_labels") or []
    if missing and answered.scored:
        with card():
            names = listing([named(name, 40) for name in missing], _SHOWN)
            line(f"{count(len(missing), 'class', 'classes')} not in this file", names, ":material/remove:")
    if found.get("rejected"):
        reading_card.rejected(found["rejected"], (found.get("read") or {}).get("format"))
    if not answered.scored:
        _shares(answered, found.get("class_shares") or [])


def _but_met(found: Mapping[str, Any], words: tuple[str, str]) -> str:
    """How many rows of unknown classes do not count, for the model has met them while it was made; "" without any."""
    scored = (((found.get("versus_run") or {}).get("known") or {}).get("unlearnt") or {}).values()
    met = sum((found.get("unknown_labels") or {}).values()) - sum(scored)
    if not found.get("versus_run") or not met:
        return ""
    return f", but for {count(met, *words)} that stood in its training data and {'is' if met == 1 else 'are'} left out"


def _shares(answered: Answered, shares: list[Mapping[str, Any]]) -> None:
    """How often each class is said here, beside how often it stood in training where that is known."""
    if not shares:
        return
    known = all(share["training"] is not None for share in shares)
    with card("How often it says each class"):
        ordered = sorted(shares, key=lambda share: -(share["now"] or 0.0))
        columns: dict[str, list[Any]] = {
            "class": [visible(share["label"]) for share in ordered],
            "here": [100 * (share["now"] or 0.0) for share in ordered],
        }
        if known:
            columns["in training"] = [100 * share["training"] for share in ordered]
        table = pd.DataFrame(columns)
        bar = st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100)
        st.dataframe(
            table,
            hide_index=True,
            column_config={"here": bar, "in training": bar} if known else {"here": bar},
            height="content" if len(table) <= 12 else 420,
            key=f"shares_{answered.key}",
            alt="Share of each class in the answers" + (" and in the training data" if known else ""),
        )
        if not known:
            st.caption("How often each stood in training is not known: this model came without that.")
