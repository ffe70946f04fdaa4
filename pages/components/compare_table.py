"""Two runs side by side: the sentence, the scores with their intervals, and the rows that one fixes and breaks."""

from typing import Any

import streamlit as st
from components import compare_rows, drawn, glossary, layout, looks
from components.compare_choice import Side
from components.drawn import Spec
from components.layout import card
from components.wording import count, in_100, likely, number, plain

from sft_core.errors import StateError
from sft_core.evaluation.comparison import Comparison, compare
from sft_core.evaluation.judging import Judged
from sft_core.evaluation.verdict import SURE
from sft_core.evaluation.wording import chance, percent, points

_METRICS = {
    "accuracy": "Right answers",
    "macro_f1": "Every class alike (macro-F1)",
    "weighted_f1": "Classes by their size (weighted F1)",
    "log_loss": "How far off its probabilities are, less is better (log loss)",
}

_SIDES = {Side: lambda side: (side.answered.key, side.name)}  # what tells sides apart: a run may be renamed


def show(a: Side, b: Side) -> None:
    """The whole comparison, or why there cannot be one."""
    key = f"{a.answered.key}_{b.answered.key}"
    try:
        found = _compared(a, b)
    except StateError as error:
        layout.empty_state(":material/compare_arrows:", plain(error.message), plain(error.hint))
        return
    words = a.answered.words
    with card(key="compare_verdict"):
        st.markdown(f"### {headline(found, a.name, b.name)}", anchors=False)
        st.markdown(test_sentence(found, a.name, b.name, words), help=glossary.about("p"))
        drawn.show(_bars(a, b, looks.theme()), f"compare_{key}", _described(found, a, b))
        st.caption(_which_rows(found, words))
    _scores(found, a, b)
    compare_rows.show(found, a, b, key)


def headline(found: Comparison, a: str, b: str) -> str:
    """Which is better, as far as that can be told."""
    if found.versus.p >= SURE:
        return "No proven difference"
    better, worse = (a, b) if found.difference < 0 else (b, a)
    return f"{plain(better, 60)} is better than {plain(worse, 60)}"


def test_sentence(found: Comparison, a: str, b: str, words: tuple[str, str]) -> str:
    """The exact McNemar test in plain words: only the rows on which the two differ can tell which is better."""
    only_a, only_b = found.versus.broken, found.versus.fixed
    if not only_a and not only_b:
        return "Both are right and wrong on the same rows."
    said = (
        f"They differ on {count(only_a + only_b, *words)}: on {number(only_a)} only {plain(a, 60)} is right, on "
        f"{number(only_b)} only {plain(b, 60)}."
    )
    odds = chance(found.versus.p)
    if found.versus.p >= SURE:
        return f"{said} Two equally good models would often differ as much as that by luck: it is not proven ({odds})."
    return f"{said} Two equally good models would hardly ever differ so much by luck ({odds})."


@st.cache_resource(max_entries=8, show_spinner="Comparing row by row", hash_funcs=_SIDES)
def _compared(a: Side, b: Side) -> Comparison:
    return compare(a.predictions, b.predictions)


def _which_rows(found: Comparison, words: tuple[str, str]) -> str:
    said = f"Compared on the {count(found.rows, *words)} that both were tested on."
    left_out = found.only_a + found.only_b
    return f"{said} {count(left_out, *words)} that only one was tested on are left out." if left_out else said


def _scores(found: Comparison, a: Side, b: Side) -> None:
    with card("Scores on these rows", about=glossary.about("accuracy", "macro-f1", "weighted f1", "far off", "likely")):
        table: dict[str, list[str]] = {" ": [], plain(a.name, 60): [], plain(b.name, 60): []}
        titles, firsts, seconds = table.values()
        for name, title in _METRICS.items():
            titles.append(title)
            firsts.append(_value(found.a, found.b, name))
            seconds.append(_value(found.b, found.a, name))
        st.table(table, border="horizontal", hide_index=True)
        said = f"{plain(b.name, 60)} fixes {number(found.versus.fixed)} mistakes of {plain(a.name, 60)} and breaks "
        said += f"{number(found.versus.broken)} of its right answers"
        if found.interval is not None:
            low, high = found.interval
            said += f": {_more(found.difference)} in 100, likely between {_more(low)} and {_more(high)}"
        st.caption(f"{said}.")


def _more(difference: float) -> str:
    """A difference of two shares in words: "3.1 more", "0.4 less"."""
    return f"{abs(100 * difference):.1f} {'less' if difference < 0 else 'more'}"


def _value(side: Judged, against: Judged, name: str) -> str:
    value, other, span = side.values()[name], against.values()[name], side.intervals().get(name)
    if value is None:
        return "–"
    if name == "log_loss":
        return f"{value:.3f}"
    said = in_100(value, other) if name == "accuracy" else points(value, other)
    return f"{said}, {likely(span)}" if span else said


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_SIDES)
def _bars(a: Side, b: Side, theme: Any) -> Spec:
    from sft_core import charts

    found, rows = _compared(a, b), []
    for name, side, other in ((a.name, found.a, found.b), (b.name, found.b, found.a)):
        value, span = side.values()["accuracy"], side.intervals()["accuracy"]
        assert value is not None, "compared without rows"
        low, high = span or (value, value)
        better = value >= (other.values()["accuracy"] or 0.0)
        rows.append({"title": name, "value": value, "low": low, "high": high, "ours": better})
    return charts.intervals(rows, theme=theme).to_dict()


def _described(found: Comparison, a: Side, b: Side) -> str:
    first, second = (side.values()["accuracy"] or 0.0 for side in (found.a, found.b))
    return f"Share right: {a.name} {percent(first, second)}; {b.name} {percent(second, first)}"
