"""What a split comes to, before it is made: rows on each side, rows that stand in both files, what should be known."""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pandas as pd
import streamlit as st
from components import viewport
from components.kinds.registry import rows_of
from components.prepare_findings import in_words
from components.wording import count, number

from sft_core.data.one_side import NOT_KEPT
from sft_core.data.store import DatasetInfo
from sft_core.evaluation.wording import visible

SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}
_UNSEEN = "Not in training:"
_SAME = re.compile(r"the same \w+ as a \w+ of the test")  # `_both_files` has said it


def show(info: DatasetInfo, facts: Mapping[str, Any]) -> None:
    """The counts (`previews.split_facts`) and the notes."""
    totals = facts["totals"]
    parts = " · ".join(f"{number(totals.get(name, 0))} {title.lower()}" for name, title in SPLITS.items())
    with st.expander(f"This gives {parts}", key=f"split_counts_{info.id}", expanded=len(facts["counts"]) <= 12):
        _counts(facts, rows_of(info.roles).MANY)
    if facts.get("test_rows"):
        _both_files(int(facts["shared"]), rows_of(info.roles))
    for note in facts["notes"]:
        if note == NOT_KEPT or (facts.get("test_rows") and note.startswith(_UNSEEN)):
            st.warning(in_words(note), icon=":material/warning:")
        elif not (facts.get("shared") == facts["moved"] and _SAME.search(note)):
            st.caption(f":material/info: {in_words(note)}")


def _both_files(shared: int, kind: ModuleType) -> None:
    """What the test file has in common with the rows to learn from."""
    if not shared:
        st.markdown(f":material/check: No {kind.ONE} stands in both files.")
        return
    leave = "it leaves" if shared == 1 else "they leave"
    stand = "stands" if shared == 1 else "stand"
    st.markdown(
        f":material/content_copy: **{count(shared, kind.ONE, kind.MANY)}** also {stand} in the test file: {leave}"
        " training and validation, so that the score stays honest. The test file stays whole."
    )


def _counts(facts: Mapping[str, Any], many: str) -> None:
    few = set(facts["too_few"])
    rows = [
        {
            "class": visible(label),
            **{title.lower(): n[name] for name, title in SPLITS.items()},
            **({} if viewport.is_narrow() else {"note": f"too few test {many} to trust" if label in few else ""}),
        }
        for label, n in facts["counts"].items()
    ]
    if rows:
        numbers = {title.lower(): st.column_config.NumberColumn(format="localized") for title in SPLITS.values()}
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config=numbers,
            alt=f"{many.capitalize()} of each class in training, validation and test",
        )
