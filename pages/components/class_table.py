"""Class by class: how many it found, how often it was right when it said so, and where there are too few to tell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from components.answered import Answered
from components.layout import card
from components.wording import count

from sft_core.evaluation.wording import visible

SHOWN = 12
FEW = 30  # under this many rows an interval is too wide to tell classes apart


_SHARE: Any = {"format": "%.0f %%", "min_value": 0, "max_value": 100}


def show(answered: Answered) -> None:
    """The table, the hardest class first."""
    entries = answered.report.get("per_class") or []
    if not answered.scored or not entries:
        return
    with card("Class by class", key=f"classes_{answered.key}"):
        table = frame(entries, answered.words)
        st.dataframe(
            table,
            hide_index=True,
            height="content" if len(table) <= SHOWN else 460,
            column_config={
                "found": st.column_config.ProgressColumn(
                    "found (recall)", width=130, help="Of all that are this class, how many it found.", **_SHARE
                ),
                "right when said": st.column_config.ProgressColumn(
                    "right when said (precision)",
                    width=180,
                    help="Of all that it called this class, how many are.",
                    **_SHARE,
                ),
                "both (F1)": st.column_config.NumberColumn(
                    help="Both in one number, between 0 and 1.", format="%.2f", width="small"
                ),
                "likely": st.column_config.TextColumn(
                    width=80, help="Where the true share of those found likely lies."
                ),
                "likely ": st.column_config.TextColumn(
                    "likely", width=80, help="The same for those that it called so."
                ),
                "likely  ": st.column_config.TextColumn("likely", width=80, help="The same for both in one number."),
            },
            key=f"class_table_{answered.key}",
            alt="Recall, precision and F1 of each class with their intervals",
        )
        few = sum(1 for entry in entries if entry["support"] < FEW)
        if few:
            verb = "has" if few == 1 else "have"
            st.caption(
                f"{count(few, 'class', 'classes')} {verb} under {FEW} {answered.words[1]} in the test: "
                "too few to tell small differences."
            )


def frame(entries: list[Mapping[str, Any]], words: tuple[str, str]) -> pd.DataFrame:
    """The rows of the table, the hardest class that occurs first."""
    ordered = sorted(entries, key=lambda e: (not e["support"], e["f1"] if e["f1"] is not None else 2.0, e["label"]))
    return pd.DataFrame(
        {
            "class": [visible(entry["label"]) for entry in ordered],
            words[1]: [entry["support"] for entry in ordered],
            "found": [_hundred(entry["recall"]) for entry in ordered],
            "likely": [_span(entry.get("interval")) for entry in ordered],
            "right when said": [_hundred(entry["precision"]) for entry in ordered],
            "likely ": [_span(entry.get("precision_interval")) for entry in ordered],
            "both (F1)": [entry["f1"] for entry in ordered],
            "likely  ": [_parts(entry.get("f1_interval")) for entry in ordered],
            "note": [_note(entry["support"]) for entry in ordered],
        }
    )


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _span(interval: list[float] | None) -> str:
    return "" if not interval else f"{100 * interval[0]:.0f}–{100 * interval[1]:.0f} %"


def _parts(interval: list[float] | None) -> str:
    return "" if not interval else f"{interval[0]:.2f}–{interval[1]:.2f}"


def _note(rows: int) -> str:
    return "not in the test" if not rows else "few rows" if rows < FEW else ""
