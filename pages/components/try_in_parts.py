"""Many questions at once go to the model part by part: with how far it is, and a Stop that keeps what was answered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from components.kinds.ready import SAID, Said
from components.kinds.registry import asking_of
from components.trouble import caught
from components.try_runs import Asked
from components.wording import number

PART = 32  # questions that are answered together: long texts take a second or two
_ASKING = "try_asking_in_parts"
_BY_ROW = ("probabilities", "known", "cut", "strange", "base")

Ask = Callable[[Asked, Any, str], Said]


@dataclass(frozen=True)
class _Asking:
    """What is still to be asked, and what was said so far."""

    run: str
    mode: str
    left: tuple[Any, ...]
    all: int
    said: Said | None = None


def begin(asked: Asked, wish: Any, mode: str) -> bool:
    """Ask in parts where it is much; whether it is."""
    parts = asking_of(asked.roles).parts(asked, wish, PART)
    if len(parts) < 2:
        return False
    st.session_state[_ASKING] = _Asking(asked.run.id, mode, tuple(parts), len(parts))
    st.session_state.pop(SAID, None)
    return True


def at_work(asked: Asked) -> bool:
    """Whether questions to this run are still to be put."""
    now = st.session_state.get(_ASKING)
    return now is not None and now.run == asked.run.id


@st.fragment(run_every=0.2)
@caught()
def follow(asked: Asked, ask: Ask) -> None:
    """One part at each look, until all are answered or somebody stops it; then the whole page is drawn again."""
    now: _Asking | None = st.session_state.get(_ASKING)
    if now is None or now.run != asked.run.id:
        st.rerun()
    row = st.container(horizontal=True, vertical_alignment="center")
    bar = row.empty()
    _show(bar, asked, now)
    if row.button("Stop", key="try_stop", icon=":material/stop:"):
        st.toast("Stopped. What was answered by then is kept.")
        _end(now)
    try:
        now = _with(now, ask(asked, now.left[0], now.mode))
    except Exception:
        st.session_state.pop(_ASKING, None)  # else it would be asked again and again
        raise
    if not now.left:
        _end(now)
    st.session_state[_ASKING] = now
    _show(bar, asked, now)


def _show(bar: Any, asked: Asked, now: _Asking) -> None:
    answered = number(len(now.said.rows) if now.said else 0)
    bar.progress(1 - len(now.left) / now.all, text=f"Asking the model: {answered} {asked.words[1]} answered")


def _end(now: _Asking) -> None:
    st.session_state.pop(_ASKING, None)
    if now.said is not None:
        st.session_state[SAID] = now.said
    st.rerun()


def _with(now: _Asking, part: Said) -> _Asking:
    before = now.said
    if before is None:
        return replace(now, left=now.left[1:], said=part)
    told = dict(part.answer)
    for name in _BY_ROW:
        if isinstance(told.get(name), list) and isinstance(before.answer.get(name), list):
            told[name] = [*before.answer[name], *told[name]]
        elif name in told:
            told[name] = None  # not known of all
    told["seconds"] = before.answer.get("seconds", 0.0) + told.get("seconds", 0.0)
    said = replace(
        part,
        rows=before.rows + part.rows,
        answer=told,
        shown=before.shown + part.shown,
        left_out=before.left_out + part.left_out,
    )
    return replace(now, left=now.left[1:], said=said)
