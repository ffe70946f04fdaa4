"""One answer: what it says, how sure it is, whether to believe it, and what it said before it was trained."""

from typing import Any

import streamlit as st
from components import answers_bars, glossary
from components import threshold as thresholds
from components.kinds.ready import Said
from components.kinds.registry import asking_of
from components.layout import card
from components.try_runs import Asked
from components.wording import listing, named, percent, plain

from sft_core.evaluation import sureness_words

NONE = "None of these"
_NEAR = 0.01  # a second class below it is not worth a word
_ODD = 0.01  # as odd as one validation row in a hundred


def show(asked: Asked, said: Said) -> None:
    """The answer to one input, with the threshold below it."""
    answer = said.answer
    shares = answers_bars.sorted_shares(answer["labels"], answer["probabilities"][0])
    base = dict(zip(answer["labels"], answer["base"][0], strict=True)) if answer.get("base") else None
    with card(key="try_answer"):
        head = asking_of(asked.roles).above(said)
        answers_bars.show(shares, base, f"answer_{asked.run.id}")
        _before(base, answer.get("base_message") or "")
    threshold = ask_threshold(asked)
    with head:
        _verdict(shares, threshold, answer["known"][0])
        if doubt := doubts(answer, 0):
            st.caption(f":material/warning: {doubt}")


def doubts(answer: dict[str, Any], place: int) -> str:
    """Why an answer may mean little: the text was cut off, or is in another language; "" else."""
    said = []
    if answer.get("cut") and answer["cut"][place]:
        said.append("Only its beginning was read; the rest is longer than what this model reads.")
    if strange := (answer["strange"][place] if answer.get("strange") else None):
        learnt = listing(answer["learnt"])
        said.append(f"It looks like {strange}, but the model has learnt from {learnt}: do not rely on the answer.")
    return " ".join(said)


def ask_threshold(asked: Asked) -> float:
    """The confidence below which nothing is said: as learnt from the rows kept for checking, and movable."""
    learnt, turns = asked.threshold, f"try_threshold_turns_{asked.run.id}"
    with card(key="try_threshold_card"):
        at = thresholds.slider(
            f"Below this it says “{NONE.lower()}”",
            learnt,
            f"try_threshold_{asked.run.id}_{st.session_state.get(turns, 0)}",
            first=0.0,
            persist_state="session",
            help=glossary.about("threshold", "sure", "validation"),
        )
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            kept = "No threshold was learnt in this run." if learnt is None else sureness_words.recommended(learnt)
            st.caption(kept, width="content")
            if at != (learnt or 0.0):
                st.button("As learnt", type="tertiary", on_click=_back, args=(turns,), key="try_threshold_back")
    return at


def sure_enough(share: float, threshold: float) -> bool:
    """Whether an answer is given."""
    return share >= threshold


def _back(turns: str) -> None:
    """A slider with a new key begins where it began."""
    st.session_state[turns] = st.session_state.get(turns, 0) + 1


def _verdict(shares: list[tuple[str, float]], threshold: float, known: float) -> None:
    label, share = shares[0]
    if sure_enough(share, threshold):
        st.markdown(f"### {named(label, 80)}", anchors=False)
        near = len(shares) > 1 and shares[1][1] >= _NEAR
        second = f"; next comes {named(shares[1][0], 60)} with {percent(shares[1][1])}" if near else ""
        st.markdown(f"It is {percent(share)} sure{second}.")
    else:
        st.markdown(f"### {NONE}", anchors=False)
        said, least = percent(share), sureness_words.said(threshold)
        but = (
            f"is only {said} sure; below {least} a person" if said != least else f"is not quite {least} sure: a person"
        )
        st.markdown(f"It leans to {named(label, 80)}, but {but} should decide.")
    if known < _ODD:
        st.caption(":material/help: This is unlike anything that it has learnt from; do not rely on the answer.")


def _before(base: dict[str, float] | None, message: str) -> None:
    if base is None:
        if message:
            st.caption(f"What it said before training cannot be shown: {plain(message)}")
        return
    label, share = max(base.items(), key=lambda pair: pair[1])
    st.caption(
        f"The thin line on each bar is the base model as it came, which learnt from your data only how to tell your "
        f"classes apart: {named(label, 60)} ({percent(share)}).",
        help=glossary.about("base model"),
    )
