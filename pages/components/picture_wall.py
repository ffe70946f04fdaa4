"""A wall of small pictures with a line or two under each; a click (or Enter) on one of them says which.

The browser's half lies beside it (`picture_wall.css`, `.js`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Tile:
    """One picture: its data URI (None where it is not there), what stands under it in bold and in grey, and its tone.

    `said` is the whole of it in words, for those who do not see it.
    """

    image: str | None
    title: str
    note: str
    said: str
    tone: Literal["right", "wrong", ""] = ""


def pick(tiles: Sequence[Tile], key: str, *, least_width: int = 132) -> int | None:
    """Draw the wall; the place of the picture that was just clicked, once. Without `key`s of its own per set of tiles
    a click on an old wall could mean another picture, so give each set one."""
    found = _draw(tiles, key, least_width, pickable=True)
    picked = getattr(found, "picked", None)
    return int(picked) if picked is not None and 0 <= int(picked) < len(tiles) else None


def show(tiles: Sequence[Tile], key: str, *, least_width: int | str = 132) -> None:
    """Draw the wall to look at only. The least width of a picture in pixels, or as a share of the wall ("22%")."""
    _draw(tiles, key, least_width, pickable=False)


def _draw(tiles: Sequence[Tile], key: str, least_width: int | str, *, pickable: bool) -> Any:
    data = {
        "tiles": [{name: getattr(tile, name) for name in Tile.__dataclass_fields__} for tile in tiles],
        "pickable": pickable,
        "width": f"{least_width}px" if isinstance(least_width, int) else least_width,
    }
    return _component()(key=key, data=data, on_picked_change=_nothing)


def _nothing() -> None:
    """A click redraws the page, which reads what was picked from what the wall returns."""


@st.cache_resource
def _component() -> Any:
    css, js = ((_HERE / f"picture_wall.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component("tuneboard_picture_wall", html='<ul data-part="wall"></ul>', css=css, js=js)
