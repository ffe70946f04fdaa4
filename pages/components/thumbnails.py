"""Pictures on a page: small ones, made when the data was read, and the stored one when somebody wants it large.

They go to the browser as data URIs, as they lie on the disk: the server opens no picture.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st
from components import looks, session
from components.wording import number, plain

from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.pictures.small import small_path
from sft_core.evaluation.shades import PALETTES
from sft_core.evaluation.wording import visible

_ADDRESS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.(jpg|png|webp)")  # as `keeping` gives them; from a table, so checked
_KINDS = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_GONE = ":material/broken_image: The picture is not there any more."
_FRAME = "border-radius:6px;object-fit:contain;background:rgba(127,127,127,.12);display:block"
_WORDS = "font-size:.8rem;line-height:1.3;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"


@dataclass(frozen=True)
class Thumb:
    """One small picture: its address, what a screen reader says, and one or two lines below it."""

    file: str
    alt: str
    words: str = ""
    more: str = ""


def of_dataset(dataset_id: str) -> Path:
    """The folder in which the pictures of a dataset lie."""
    return session.workspace().dataset(dataset_id) / PICTURES


def data_uri(pictures: Path | None, file: str) -> str | None:
    """A small picture as a data URI; None where it is not there."""
    if pictures is None or not _ADDRESS.fullmatch(file):
        return None
    return _uri(small_path(pictures, file))


@lru_cache(maxsize=4096)
def _uri(path: Path) -> str | None:
    try:
        return f"data:{_KINDS[path.suffix]};base64," + base64.b64encode(path.read_bytes()).decode()
    except FileNotFoundError:
        return None


def show(pictures: Path | None, file: str, alt: str, width: int | str = "stretch") -> None:
    """A small picture, or a word where it is not there."""
    uri = data_uri(pictures, file)
    if uri:
        st.image(uri, width=width, alt=plain(alt, 80))
    else:
        st.caption(_GONE)


def large(pictures: Path, file: str, alt: str) -> None:
    """The stored picture as wide as there is room, and never higher than the window."""
    uri = _uri(pictures / file) if _ADDRESS.fullmatch(file) else None
    if uri:
        fits = "width:100%;max-height:64vh;object-fit:contain;border-radius:10px;background:rgba(127,127,127,.12)"
        st.html(f'<img src="{uri}" alt="{escape(alt)}" style="{fits};display:block">')
    else:
        st.caption(_GONE)


def wall(pictures: Path | None, shown: Sequence[Thumb], side: int = 96) -> None:
    """Small pictures beside each other, each with its words below."""
    figures = "".join(_figure(pictures, thumb) for thumb in shown)
    st.html(f'<div style="{_filling(side)};gap:12px">{figures}</div>')


def rows(pictures: Path | None, shown: Sequence[tuple[str, int, Sequence[Thumb]]], most: int, side: int = 60) -> None:
    """A line for each class: its name, how many there are of it, and as many small pictures as there is room for.

    `most` is how many the largest class has: its bar is the longest.
    """
    lines = "".join(_line(pictures, name, (many, most), thumbs, side) for name, many, thumbs in shown)
    grid = "display:grid;grid-template-columns:minmax(5.5rem,max-content) minmax(0,1fr);gap:8px 16px;align-items:center"
    st.html(f'<div style="{grid}">{lines}</div>')


def groups(pictures: Path | None, shown: Sequence[Sequence[Thumb]], side: int = 110) -> None:
    """Pictures that belong together, side by side, each group in a frame of its own."""
    frame = "display:flex;flex-wrap:wrap;gap:10px;padding:10px;border:1px solid rgba(127,127,127,.3);border-radius:10px"
    boxes = "".join(
        f'<div style="{frame}">{"".join(_figure(pictures, thumb, side) for thumb in group)}</div>' for group in shown
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:12px">{boxes}</div>')


def _filling(side: int) -> str:
    """The style of a grid of pictures `side` pixels wide or a little more, so that no room is left at its end."""
    return f"display:grid;grid-template-columns:repeat(auto-fill,minmax({side}px,1fr))"


def _figure(pictures: Path | None, thumb: Thumb, side: int | None = None) -> str:
    """`side` in pixels; None: as wide as its place."""
    words = "".join(f'<div style="{_WORDS}">{escape(said)}</div>' for said in (thumb.words, thumb.more) if said)
    title = escape(" · ".join(part for part in (thumb.alt, thumb.words, thumb.more) if part))
    return (
        f'<figure style="margin:0;min-width:0;width:{f"{side}px" if side else "auto"}" title="{title}">'
        f"{_image(pictures, thumb)}"
        f'<figcaption style="padding-top:3px">{words}</figcaption></figure>'
    )


def _line(pictures: Path | None, name: str, many: tuple[int, int], thumbs: Sequence[Thumb], side: int) -> str:
    images = "".join(_image(pictures, thumb) for thumb in thumbs)
    one_line = f"{_filling(side)};grid-template-rows:auto;grid-auto-rows:0;column-gap:6px;overflow:hidden"
    bold = "font-weight:600;overflow-wrap:anywhere"
    return (
        f'<div style="max-width:11rem"><div style="{bold}">{escape(visible(name))}</div>'
        f'<div style="display:flex;align-items:center;gap:6px;font-size:.8rem;opacity:.85">{_bar(*many)}</div></div>'
        f'<div style="{one_line}">{images}</div>'
    )


def _bar(many: int, most: int) -> str:
    length = f"flex:none;height:6px;width:{max(0.2, 3.2 * many / max(1, most)):.2f}rem"
    colour = PALETTES[looks.theme()].right
    return f'<span style="{length};border-radius:0 3px 3px 0;background:{colour}"></span>{number(many)}'


def _image(pictures: Path | None, thumb: Thumb) -> str:
    uri, size = data_uri(pictures, thumb.file), "width:100%;aspect-ratio:1"
    if uri is None:
        return f'<div style="{size};{_FRAME}" role="img" aria-label="{escape(thumb.alt)}: not there any more"></div>'
    return f'<img src="{uri}" alt="{escape(thumb.alt)}" loading="lazy" style="{size};{_FRAME}">'
