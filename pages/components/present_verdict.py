"""The first slide: how often it is right, how sure that is, and its rivals."""

import streamlit as st
from components import present_keys, verdict_card
from components.answered import Answered
from components.wording import plain

from sft_core.evaluation.honesty import doubts
from sft_core.evaluation.verdict import verdict


def show(answered: Answered) -> None:
    """The sentence, the bars, and what speaks against the score: on a screen for others it may be missed least."""
    found = verdict(answered.report, answered.words)
    title = "" if answered.own else f" · {plain(answered.title, 60)}"
    st.markdown(f":gray[{plain(answered.run.name, 60)}{title}]")
    headline = plain(found.headline)
    st.markdown(f"# :orange[{headline}]" if found.useless else f"# {headline}", anchors=False)
    st.markdown(plain(found.detail))
    for sentence in doubts(answered.report, answered.words) if answered.own else []:
        st.markdown(f":orange[:material/warning:] {plain(sentence)}")
    verdict_card.bars(answered, present_keys.enlarge())
