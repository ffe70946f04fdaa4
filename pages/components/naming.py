"""Name and notes of a thing, changed in a dialog: names are labels only, so any name will do."""

from collections.abc import Callable

import streamlit as st
from components.trouble import caught


def ask_name(name: str, notes: str, save: Callable[[str, str], object]) -> None:
    """Ask for a name and notes; `save` gets both when they were confirmed."""

    @st.dialog("Name and notes", icon=":material/edit:")
    @caught()
    def question() -> None:
        with st.form("name_and_notes", border=False):
            new_name = st.text_input("Name", name, max_chars=120)
            new_notes = st.text_area("Notes", notes, max_chars=2000, placeholder="What is this for?")
            if st.form_submit_button("Save", type="primary"):
                save(new_name.strip()[:120] or name, new_notes.strip()[:2000])
                st.rerun()

    question()
