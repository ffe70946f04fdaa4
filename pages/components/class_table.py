"""Class by class: how many it found, how often it was right when it said so, and where there are too few to tell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from components import glossary, viewport
from components.answered import Answered
from components.layout import card
from components.wording import count, named

from sft_core.evaluation.class_words import NOTHING, below_each_other, hardest_first, note, on_sizes
from sft_core.evaluation.wording import fractions, in_100, percent, span, visible

SHOWN = 12


def show(answered: Answered) -> None:
    """The table, the hardest class first."""
    entries = answered.report.get("per_class") or []
    if not answered.scored or not entries:
        return
    with card(
        "Class by class", key=f"classes_{answered.key}", about=glossary.about("recall", "precision", "f1", "likely")
    ):
        table = frame(entries, answered.words)
        if viewport.is_narrow():
            with st.container(height="content" if len(table) <= SHOWN else 460, border=False):
                st.table(in_short(entries, answered.words), border="horizontal", hide_index=True)
        else:
            _whole(table, answered.key)
        for sentence in on_sizes(entries, answered.words):
            st.caption(sentence)


def _whole(table: pd.DataFrame, key: str) -> None:
    """All columns, with a bar for each share."""
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= SHOWN else 460,
        column_config={
            "found": st.column_config.ProgressColumn(
                "found (recall)", width=105, help=glossary.about("recall"), **_bar(table["found"])
            ),
            "right when said": st.column_config.ProgressColumn(
                "right when said (precision)",
                width=165,
                help=glossary.about("precision"),
                **_bar(table["right when said"]),
            ),
            "both (F1)": st.column_config.TextColumn(width="small", help=glossary.about("f1")),
            "likely": st.column_config.TextColumn(width=80, help=glossary.about("likely")),
            "likely ": st.column_config.TextColumn("likely", width=80, help="The same for those that it called so."),
            "likely  ": st.column_config.TextColumn("likely", width=80, help="The same for both in one number."),
            "note": st.column_config.TextColumn(width=130),
        },
        key=f"class_table_{key}",
        alt="Recall, precision and F1 of each class with their intervals",
    )


def _bar(shares: pd.Series) -> Any:
    """How a column of shares is drawn: all with a decimal where one of them has one."""
    whole = bool((shares.dropna() % 1 == 0).all())
    return {"format": "%.0f%%" if whole else "%.1f%%", "min_value": 0, "max_value": 100}


def in_short(entries: list[Mapping[str, Any]], words: tuple[str, str]) -> dict[str, list[str]]:
    """The same for a phone: a column for each number with its interval below, nothing cut off at the side."""
    headings = ("class", "found (recall)", "right when said (precision)", "both (F1)")
    table: dict[str, list[str]] = {heading: [] for heading in headings}
    names, found, right, both = table.values()
    both += below_each_other([entry["f1"] for entry in hardest_first(entries)])
    for entry in hardest_first(entries):
        names.append(f"**{named(entry['label'], 40)}** :gray[{count(entry['support'], *words)}]")
        found.append(_with(entry["recall"], _span(entry.get("interval"))))
        right.append(_with(entry["precision"], _span(entry.get("precision_interval"))))
    return table


def _with(share: float | None, likely: str) -> str:
    if share is None:
        return NOTHING
    whole = likely.replace("–", "\u2060–\u2060")  # not parted at the end of a line
    return f"{percent(share)} :gray[{whole}]" if likely else percent(share)


def frame(entries: list[Mapping[str, Any]], words: tuple[str, str]) -> pd.DataFrame:
    """The rows of the table, the hardest class that occurs first."""
    ordered = hardest_first(entries)
    return pd.DataFrame(
        {
            "class": [visible(entry["label"]) for entry in ordered],
            words[1]: [entry["support"] for entry in ordered],
            "found": [_hundred(entry["recall"]) for entry in ordered],
            "likely": [_span(entry.get("interval")) for entry in ordered],
            "right when said": [_hundred(entry["precision"]) for entry in ordered],
            "likely ": [_span(entry.get("precision_interval")) for entry in ordered],
            "both (F1)": below_each_other([entry["f1"] for entry in ordered]),
            "likely  ": [_parts(entry.get("f1_interval")) for entry in ordered],
            "note": [note(entry) for entry in ordered],
        }
    )


def _hundred(share: float | None) -> float | None:
    """Rounded as it is written elsewhere, so that a column never says 100% of a class with a mistake."""
    return None if share is None else float(in_100(share))


def _span(interval: list[float] | None) -> str:
    return "" if not interval else f"{span(interval)}%"


def _parts(interval: list[float] | None) -> str:
    return "" if not interval else "–".join(fractions(*interval))
