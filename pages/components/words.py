"""Words: the whole glossary with a search, opened from the sidebar of every page."""

import streamlit as st
from components import glossary
from components.trouble import caught


def button() -> None:
    """The button in the sidebar that opens it."""
    if st.button("Words", icon=":material/menu_book:", type="tertiary", key="words", help="What the words here mean."):
        _open()


@st.dialog("Words", position="right", icon=":material/menu_book:")
@caught()
def _open() -> None:
    search = st.text_input(
        "Search", placeholder="A word that you met", key="words_search", icon=":material/search:", live=True
    )
    entries = glossary.found(search or "")
    if not entries:
        st.caption("No such word is here. Try a shorter one.")
    for entry in entries:
        st.markdown(f"**{entry.term}**  \n{entry.what}  \n:gray[For example: {entry.example}]")
