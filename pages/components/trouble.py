"""The one way in which errors reach the screen: the project's own as message and hint, all others with an id.

`pages/main.py` wraps every page in `caught`; a fragment or dialog runs on its own and wraps its body in it as well.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from components.wording import plain
from streamlit.errors import FragmentHandledException

from sft_core.errors import DiskFullError, SFTError, Stopped, is_disk_full

_log = logging.getLogger("tuneboard.pages")


@contextmanager
def caught() -> Iterator[None]:
    """Show what goes wrong inside; use as `with caught():` or as a decorator of a fragment's body."""
    try:
        yield
    except Stopped:
        st.caption("Stopped.")
    except SFTError as error:
        show(error)
    except FragmentHandledException:  # the fragment has shown it already
        pass
    except Exception as error:  # noqa: BLE001 - a bug: the user gets an id, the log the trace
        if is_disk_full(error):
            show(DiskFullError())
        else:
            _show_bug(error)


def show(error: SFTError) -> None:
    """One of the project's own errors: what happened, and what to do."""
    st.error(plain(error.hint) or "Go back to Home and try again.", title=plain(error.message), icon=":material/error:")


def _show_bug(error: Exception) -> None:
    number = secrets.token_hex(3)
    _log.error("bug %s", number, exc_info=error)
    st.error(
        f"Nothing is lost. Try again; if it happens again, the log of the dashboard has the details under {number}.",
        title="Something went wrong here that should not.",
        icon=":material/error:",
    )
