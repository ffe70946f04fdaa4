"""The slides with rows of the data: the surest right answers and the surest wrong ones, shown when somebody says so."""

import pandas as pd
import streamlit as st
from components.answered import Answered
from components.kinds.registry import answers_of
from components.present_keys import Slides

from sft_core.evaluation.examples import least_sure, surest_right, surest_wrong
from sft_core.evaluation.predictions import Predictions

_SHOWN = "present_rows_shown"


def hide() -> None:
    """Rows are asked for anew."""
    st.session_state.pop(_SHOWN, None)


def show(slides: Slides, answered: Answered) -> None:
    """One slide that asks, then one for each list."""
    found = answered.predictions()
    if found is None or found.table.empty:
        return
    if st.session_state.get(_SHOWN) != answered.key:
        with slides.one(f"The {answered.words[1]} that it was surest of"):
            _ask(answered)
        return
    for title, rows in lists(found, answered):
        with slides.one(title):
            if len(rows):
                answers_of(answered.roles).list_large(answered, found, rows)
            else:
                st.markdown("None.")


def lists(found: Predictions, answered: Answered) -> list[tuple[str, pd.DataFrame]]:
    """What is shown under which title; rows that the model has met while it was made are left out."""
    met = answered.seen()
    if not answered.scored:
        return [("Most sure", surest_right(found, met)), ("Least sure", least_sure(found, met))]
    return [("Sure, and right", surest_right(found, met)), ("Sure, but wrong", surest_wrong(found, met))]


def _ask(answered: Answered) -> None:
    rows = answered.words[1]
    st.markdown(
        f"They come from your data, so everybody in the room can see them. {answers_of(answered.roles).PRIVATE}"
    )
    if st.button(f"Show {rows} from the data", key="present_show_rows", icon=":material/visibility:"):
        st.session_state[_SHOWN] = answered.key
        st.rerun()
