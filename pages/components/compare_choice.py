"""Which two runs are compared, and on which rows: their own test, or a later file that both were tested on."""

from dataclasses import dataclass, replace

import streamlit as st
from components import answered as answers
from components import layout, session, work
from components.answered import Answered
from components.wording import in_100

from sft_core.errors import StateError
from sft_core.evaluation.predictions import Predictions

_OWN = ""
_FIRST, _SECOND = "first", "second"


@dataclass(frozen=True)
class Side:
    """One of the two: its run with the answers that count."""

    name: str
    answered: Answered
    predictions: Predictions


def show() -> tuple[Side, Side] | None:
    """Title and choice; None where there are not two runs to choose from."""
    layout.page_head("Which one is better?")
    known = {run.id: run for run in work.runs() if answers.own_test(run) is not None}
    if len(known) < 2:
        return None
    first, second = _first_two(known)
    left, right, rows = st.columns(3)
    with left:
        first = _run("This run", known, first, "compare_first")
    with right:
        second = _run(
            "against this one", {key: run for key, run in known.items() if key != first}, second, "compare_second"
        )
    st.query_params[_FIRST], st.query_params[_SECOND] = first, second
    with rows:
        title = _rows(known[first], known[second])
    return _sides(_answers(known[first], title), _answers(known[second], title))


def _first_two(known: dict[str, work.Run]) -> tuple[str, str]:
    """The runs of the address; else the current run and the newest one that fits it best."""
    ids = list(known)
    first = next((one for one in (st.query_params.get(_FIRST), session.run_id()) if one in known), ids[0])
    others = sorted((one for one in ids if one != first), key=lambda one: _strangeness(known[one], known[first]))
    asked = st.query_params.get(_SECOND)
    return str(first), asked if asked in others else others[0]


def _strangeness(run: work.Run, other: work.Run) -> tuple[bool, bool]:
    """What makes two runs hard to compare: other classes, then other data."""
    classes = [set((work.report(one.job.folder) or {}).get("labels") or []) for one in (run, other)]
    return classes[0] != classes[1], run.dataset != other.dataset


def _run(label: str, known: dict[str, work.Run], chosen: str, key: str) -> str:
    ids, scores = list(known), [run.score for run in known.values()]
    place = ids.index(chosen) if chosen in ids else 0

    def line(run: str) -> str:
        score = known[run].score
        return known[run].name if score is None else f"{known[run].name} · {in_100(score, *scores)}"

    return str(st.selectbox(label, ids, index=place, format_func=line, key=f"{key}_{ids[place]}"))


def _rows(a: work.Run, b: work.Run) -> str:
    """Their own test, or the name of a later file that both were tested on."""
    both = _later(a).keys() & _later(b).keys()
    names = [_OWN, *sorted(both)]
    return str(
        st.selectbox(
            "on the rows of",
            names,
            format_func=lambda name: name or "their own test",
            key=f"compare_rows_{a.id}_{b.id}",
        )
    )


def _later(run: work.Run) -> dict[str, Answered]:
    """Later files by their name, the newest test of each."""
    return {one.title: one for one in reversed(answers.later_files(run)) if one.scored}


def _answers(run: work.Run, title: str) -> Answered:
    found = answers.own_test(run) if title == _OWN else _later(run)[title]
    assert found is not None, "offered without a report"
    return found


def _sides(a: Answered, b: Answered) -> tuple[Side, Side]:
    """Both with the rows that count: labelled, and met by neither while it learnt. Raises StateError."""
    seen = {row for one in (a, b) for row in (one.report.get("test_file") or {}).get("seen_rows") or []}
    names = _names(a.run, b.run)
    return _side(a, seen, names[0]), _side(b, seen, names[1])


def _side(answered: Answered, seen: set[int], name: str) -> Side:
    found = answered.predictions()
    if found is None:
        raise StateError(f"{name} came without its answers row by row.", "Test both on the same file, then compare.")
    table = found.table
    counts = (table[found.names.true] != "") & ~table[found.names.row].isin(seen)
    return Side(name, answered, replace(found, table=table[counts].reset_index(drop=True)))


def _names(a: work.Run, b: work.Run) -> tuple[str, str]:
    """How the two are called: by their names, and where these are the same, as the first and the second."""
    return (a.name, b.name) if a.name != b.name else (f"{a.name} (first)", f"{b.name} (second)")
