"""The field through which files come in, chosen or dropped, of any size: streamed to the workspace, with resume.

The browser's half lies beside it (`upload_field.html`, `.css`, `.js`); the server's is `sft_core.web.uploads`.
"""

import time
from pathlib import Path
from typing import Any

import streamlit as st
from components import session

from sft_core.web import arrived
from sft_core.web.arrived import Arrived
from sft_core.web.manifests import file_cap, whole_cap
from sft_core.web.parts import left_over
from sft_core.web.uploads import upload_token

RECEIPT = "arrived"  # with the field's key before it: what has come for it
_TURN, _TOKEN = "turn", "token"
_TOKEN_SECONDS = 6 * 3600.0
_HERE = Path(__file__).resolve().parent


def ask(key: str, invitation: str = "", *, folder: bool = False) -> Arrived | None:
    """Show the field; what has arrived in it, once. `folder`: several files, too.

    The caller moves it to its place before anything else is drawn: there a click could end the run, and it were lost.
    """
    told = _component()(
        key=key,
        data={
            "field": key,
            "turn": st.session_state.get(_slot(key, _TURN), 0),
            "token": _token(key),
            "invitation": invitation or ("Drop a file or a folder here" if folder else "Drop a file here"),
            "folder": folder,
            "cap": whole_cap() if folder else file_cap(),
            "left": _left(),
        },
        on_arrived_change=lambda: None,  # in a session that the server has just forgotten none would be called
    )
    return _taken(key, st.session_state.pop(_slot(key, RECEIPT), None) or told.arrived)


def _taken(key: str, receipt: object) -> Arrived | None:
    if not receipt:
        return None
    found = arrived.of_receipt(session.workspace(), str(receipt))
    if found is not None:  # another turn, with an id of its own
        st.session_state[_slot(key, _TURN)] = st.session_state.get(_slot(key, _TURN), 0) + 1
        st.session_state.pop(_slot(key, _TOKEN), None)
    return found


def _token(key: str) -> str:
    """The same for some hours: a new one would draw the field anew."""
    token, made = st.session_state.get(_slot(key, _TOKEN), ("", 0.0))
    if time.time() - made > _TOKEN_SECONDS:
        token = upload_token(session.workspace())
        st.session_state[_slot(key, _TOKEN)] = (token, time.time())
    return token


def _left() -> list[dict[str, Any]]:
    """The newest uploads that were cut, by which the field can say that they go on."""
    return [
        {"key": part.key, "name": part.about()["name"], "received": part.received(), "total": part.about()["total"]}
        for part in left_over(session.workspace())[:3]
    ]


def _slot(key: str, what: str) -> str:
    return f"{key}_{what}"


@st.cache_resource
def _component() -> Any:
    html, css, js = ((_HERE / f"upload_field.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("tuneboard_upload", html=html, css=css, js=js)
