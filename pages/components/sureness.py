"""May one believe it when it says that it is sure? And what if it only answers when it is?"""

from typing import Any

import streamlit as st
from components import drawn, glossary, looks, threshold
from components.answered import BY_KEY, Answered
from components.drawn import Spec
from components.layout import card
from components.trouble import caught

from sft_core.evaluation.sureness_words import NONE_OF_THESE, ON_THE_LINE, QUESTION, off_by, recommended
from sft_core.evaluation.wording import percent


def show(answered: Answered) -> None:
    """Two cards: the reliability diagram, and the slider."""
    found = answered.predictions()
    if not answered.scored:
        return
    left, right = st.columns(2)
    with left, card(QUESTION, stretch=True, about=glossary.about("sure", "reliable")):
        _reliability(answered)
    with right, card("Only answer when it is sure enough", stretch=True, about=glossary.about("threshold")):
        if found is None:
            st.caption("This run came without its answers row by row.")
        else:
            _threshold(answered)


def _reliability(answered: Answered) -> None:
    found = answered.report.get("calibration") or {}
    bins = found.get("bins") or {}
    if not bins.get("after"):
        st.caption("There are no rows to tell from.")
        return
    said = "How sure it was against how often it was right"
    drawn.show(_diagram(answered, looks.theme()), f"reliability_{answered.key}", said)
    st.caption(f"{ON_THE_LINE} {off_by(found)}")


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=BY_KEY)
def _diagram(answered: Answered, theme: Any) -> Spec:
    from sft_core import charts

    bins = answered.report["calibration"]["bins"]
    return charts.reliability(bins["after"], bins.get("before") or (), theme=theme).to_dict()


@st.fragment
@caught()
def _threshold(answered: Answered) -> None:
    from sft_core.scoring.abstain import at_threshold

    learnt, key = answered.report.get("threshold"), answered.key
    confidence, right, _curve = _judged(answered)
    least = threshold.slider("At least so sure", learnt, f"threshold_{key}")
    at = at_threshold(confidence, right, least)
    always = float(right.mean()) if len(right) else None
    boxes = st.columns(3)
    boxes[0].metric("It answers", percent(at.answered))
    boxes[1].metric("Of these right", "–" if at.right is None else percent(at.right, always))
    boxes[2].metric("For a person", percent(1 - at.answered))
    if no_help := _no_help(at, always, answered):
        st.caption(f":material/info: {no_help}")
    said = "The share that it answers against the share of these that is right"
    drawn.show(_trade(answered, least, looks.theme()), f"coverage_{key}", said)
    if learnt is not None:
        st.caption(f"{recommended(learnt)} {NONE_OF_THESE}", help=glossary.about("validation"))


def _no_help(at: Any, always: float | None, answered: Answered) -> str:
    """Where fewer answers are not better answers, just that; "" where the threshold does what it is for."""
    where = "here" if answered.own else "on this file"
    if always is None or at.answered == 1:
        return ""
    if at.right is None:
        return f"It is never that sure {where}: a person would have to do all."
    if at.right > always:
        return ""
    all_right, these = percent(always, at.right), percent(at.right, always)
    return (
        f"This does not help {where}: it is right in {these} of what it answers, and in {all_right} if it answers all."
    )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_KEY)
def _trade(answered: Answered, least: float, theme: Any) -> Spec:
    from sft_core import charts
    from sft_core.scoring.abstain import at_threshold

    confidence, right, curve = _judged(answered)
    at = at_threshold(confidence, right, least)
    return charts.risk_coverage(curve, chosen=at, theme=theme).to_dict()


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_KEY)
def _judged(answered: Answered) -> tuple[Any, Any, Any]:
    """How sure and whether right, for each row that is scored, and the curve of all thresholds."""
    from sft_core.scoring.abstain import risk_coverage

    found = answered.predictions()
    assert found is not None, "drawn without answers"
    scored = (found.table[found.names.true] != "").to_numpy(dtype=bool)
    scored = scored & ~found.table[found.names.row].isin(answered.seen()).to_numpy(dtype=bool)
    confidence, right = found.confidence[scored], found.right[scored]
    return confidence, right, risk_coverage(confidence, right)
