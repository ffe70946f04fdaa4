"""The verdict: how often it is right, how sure that is, and whether it was worth it, beside its rivals."""

from typing import Any

import streamlit as st
from components import drawn, glossary, looks, session, work
from components.answered import Answered
from components.drawn import Spec
from components.layout import card
from components.wording import count, plain

from sft_core.evaluation.enlarging import enlarged
from sft_core.evaluation.standing import standing
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import percent, together


def show(answered: Answered) -> None:
    """A card with the sentence, the bars, and what to keep in mind."""
    report, key = answered.report, answered.key
    found = verdict(report, answered.words)
    with card(key=f"verdict_{key}"):
        said = " · ".join([found.detail, *(bar["title"] for bar in _standing(answered))])
        st.markdown(f"### {plain(found.headline)}", anchors=False)
        st.markdown(plain(found.detail), help=glossary.said_in(said, "likely"))
        if found.useless:
            _what_to_do(answered, found.advice)
        bars(answered)
        _remarks(report.get("warnings") or [], key)


def bars(answered: Answered, enlarge: float = 1.0) -> None:
    """This model and its rivals, each with its interval; for a projector larger, and without a table to open."""
    found = _standing(answered)
    if found:
        spec, large = _bars(found), enlarge != 1.0
        shown = enlarged(spec, enlarge) if large else spec
        drawn.show(shown, f"intervals_{answered.key}", _described(found), written=large)


def _standing(answered: Answered) -> list[dict[str, Any]]:
    return standing(answered.report, None if answered.own else work.report(answered.run.job.folder))


def _what_to_do(answered: Answered, advice: str) -> None:
    """Of no use like this: the way back to the data takes the place of the way on."""
    dataset = answered.run.dataset
    st.warning(plain(advice), icon=":material/do_not_disturb_on:")
    if (
        answered.own
        and any(info.id == dataset for info in work.datasets().list())
        and st.button("Look at Prepare", type="primary", icon=":material/rule:", key=f"to_prepare_{answered.key}")
    ):
        session.go("prepare.py", dataset=dataset)


def _bars(bars: list[dict[str, Any]]) -> Spec:
    return _drawn(tuple(tuple(row.items()) for row in bars), looks.theme())


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawn(bars: tuple[tuple[tuple[str, Any], ...], ...], theme: Any) -> Spec:
    from sft_core import charts

    return charts.intervals([dict(row) for row in bars], theme=theme).to_dict()


def _described(bars: list[dict[str, Any]]) -> str:
    values = [row["value"] for row in bars]
    ends = [together(row["low"], row["high"]) for row in bars]
    parts = [
        f"{row['title']} {percent(row['value'], *values)}, likely {low}% to {high}%"
        for row, (low, high) in zip(bars, ends, strict=True)
    ]
    return "Share right: " + "; ".join(parts)


def _remarks(warnings: list[str], key: str) -> None:
    if not warnings:
        return
    with st.expander(count(len(warnings), "thing", "things") + " to keep in mind", type="compact", key=f"keep_{key}"):
        for warning in warnings:
            st.markdown(f"- {plain(warning)}", help=glossary.said_in(warning))
