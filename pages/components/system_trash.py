"""The trash: bring things back one by one, or empty it for good."""

import streamlit as st
from components import session, system_sizes, trash
from components.trouble import caught
from components.wording import count, size


def show() -> None:
    """How much lies there, the list, and one button that empties it."""
    thrown = [path for path in session.workspace().trash.iterdir() if path.is_dir()]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Trash", anchor=False, width="content")
        if thrown and st.button("Empty the trash", icon=":material/delete_forever:", key="empty_trash"):
            _ask(len(thrown))
    if not thrown:
        st.caption("Empty.")
        return
    room = sum(system_sizes.of(str(path)) for path in thrown)
    st.caption(
        f"{count(len(thrown), 'thing', 'things')}, {size(room)}. They can be brought back until the trash is emptied."
    )
    trash.show()


@st.dialog("Empty the trash?", icon=":material/delete_forever:")
@caught()
def _ask(things: int) -> None:
    st.markdown(f"{count(things, 'thing', 'things')} cannot be brought back after this.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep them", key="empty_trash_no"):
            st.rerun()
        if st.button("Delete for good", key="empty_trash_yes", type="primary"):
            empty()
            st.rerun()


def empty() -> None:
    """Delete all that lies in the trash, for good."""
    with st.spinner("Deleting it"):
        session.workspace().empty_trash()
    system_sizes.count_again()
