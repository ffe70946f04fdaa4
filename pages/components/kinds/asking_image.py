"""Asking with pictures: chosen, dropped or taken with the camera, one or several; asked as soon as they are there.

What was brought is decoded in the sandbox, in a private folder that is gone after the answer; a small copy of each
picture stays in the session, to be shown beside its answer. A folder that an end of the process left is swept with the
leftovers of uploads.
"""

import base64
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from components import answers_bars, picture_wall, session, try_answers, try_runs
from components.kinds.ready import FIELDS, MANY, ONE, SAID, Ready, Said
from components.picture_wall import Tile
from components.trouble import caught
from components.try_runs import Asked
from components.wording import count, number, percent, plain

from sft_core.data.pictures.shown import Shown, read_shown
from sft_core.errors import InputError, SFTError
from sft_core.evaluation.wording import visible
from sft_core.workspace import new_id

MOST, LARGEST_MB = 100, 25
ENDINGS = ("jpg", "jpeg", "png", "webp", "bmp")
_FILES, _CAMERA = "files", "camera"
_WAYS = {_FILES: ":material/image: Pictures", _CAMERA: ":material/photo_camera: Camera"}
_WHOLE = "Answer a zip or a folder"
_LAST = "try_pictures_asked"  # which pictures were asked last: a redraw of the page asks nothing
_TOLD = 5  # of what could not be read, so many by name


@dataclass(frozen=True)
class Brought:
    """A picture to ask about: its bytes as they came, or the path of one that is stored here already."""

    name: str
    content: bytes | None
    path: str = ""


@dataclass(frozen=True)
class Wish:
    """The pictures that are asked about; `mark` tells them from others, so that the same are not asked again."""

    pictures: tuple[Brought, ...]
    mark: tuple[str, tuple[str, ...]]


def field(asked: Asked) -> tuple[Wish, str] | None:
    """Draw the fields; the pictures when there are other ones than at the last look."""
    files, camera = _brought(asked, f"try_{{}}_{st.session_state.get(FIELDS, 0)}", several=True)
    st.caption("The answer comes at once, to one or to several. They are not kept.")
    try_runs.offer_whole_file(asked, _WHOLE)
    return _news(asked, files, camera)


def one(asked: Asked) -> tuple[Wish, str] | None:
    """Only the field for one picture, brought or taken; it when there is another one than at the last look."""
    files, camera = _brought(asked, "present_{}", several=False)
    return _news(asked, files, camera)


def needs_whole_width() -> bool:
    """Pictures lie beside their answers."""
    return False


def take(asked: Asked, given: tuple[str, ...]) -> tuple[Wish, str]:
    """A stored picture (name, path) that another page put down."""
    name, path = given
    return Wish((Brought(name, None, path),), (asked.run.id, ())), ONE


def parts(_asked: Asked, wish: Wish, _most: int) -> list[Wish]:
    """All at once: they are few, and what cannot be read is told of all of them together."""
    return [wish]


@contextmanager
def ready(asked: Asked, wish: Wish) -> Iterator[Ready]:
    """The pictures stored for the time of the question. Raises InputError where none of them can be read."""
    pictures = wish.pictures
    folder = session.workspace().uploads / f".asked-{new_id()}"
    try:
        if len(pictures) > MOST:
            hint = f"Bring them as a zip: “{_WHOLE}”."
            raise InputError(f"These are {number(len(pictures))} {asked.words[1]}; {MOST} go at once.", hint)
        found = _stored(pictures, folder)
        good = [(one, shown) for one, shown in zip(pictures, found, strict=True) if not shown.reason]
        left_out = tuple((one.name, shown.reason) for one, shown in zip(pictures, found, strict=True) if shown.reason)
        if not good:
            raise InputError(_lost(left_out), "Choose another picture: JPEG, PNG, WebP or BMP.")
        yield Ready(
            tuple((one.name,) for one, _ in good),
            [shown.path for _, shown in good],
            shown=tuple(_uri(shown) for _, shown in good),
            left_out=left_out,
        )
        st.session_state[_LAST] = wish.mark  # not before: a question that a redraw cut off is put again
    except SFTError:
        st.session_state[_LAST] = wish.mark
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def above(said: Said, *, picture: int = 200) -> Any:
    """The picture that was answered, so many pixels wide; the place for the verdict beside it."""
    _tell_left_out(said)
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    name = said.rows[0][0]
    with row.container(width=picture):
        st.image(said.shown[0], width="stretch", alt=plain(name, 80))
    return row.container(gap="xsmall", width="stretch")


def show_many(asked: Asked, said: Said, threshold: float) -> None:
    """A wall with the answer under each picture; a click shows all its bars."""
    _tell_left_out(said)
    tiles = [_tile(said, place, threshold) for place in range(len(said.rows))]
    picked = picture_wall.pick(tiles, f"try_wall_{asked.run.id}_{len(tiles)}_{hash(said.rows)}")
    st.caption("Click a picture to see all that it might be.")
    if picked is not None:
        _look(said, picked)


def _brought(asked: Asked, key: str, *, several: bool) -> tuple[list[Any], bool]:
    """Draw where pictures come from and the field for them; what is there, and whether the camera took it."""
    way = st.segmented_control(
        "Where from",
        list(_WAYS),
        default=_FILES,
        required=True,
        format_func=_WAYS.__getitem__,
        key=key.format("way"),
        label_visibility="collapsed",
    )
    if way == _CAMERA:
        taken = st.camera_input("Take a picture", key=key.format("camera"), label_visibility="collapsed")
        return [taken] if taken is not None else [], True
    files = st.file_uploader(
        f"Your {asked.words[1 if several else 0]}",
        type=list(ENDINGS),
        accept_multiple_files=several,
        key=key.format("pictures"),
        max_upload_size=LARGEST_MB,
        label_visibility="collapsed",
    )
    return files if several else [files] if files else [], False


def _news(asked: Asked, files: Sequence[Any], camera: bool) -> tuple[Wish, str] | None:
    """The pictures where they are others than those that were asked last; without any the old answer goes."""
    mark = (asked.run.id, tuple(str(file.file_id) for file in files))
    last = st.session_state.get(_LAST, (asked.run.id, ()))
    if mark == last:
        return None
    if not files:
        st.session_state[_LAST] = mark
        if last[1]:
            st.session_state.pop(SAID, None)
        return None
    names = ["your photo" if camera else file.name for file in files]
    pictures = tuple(Brought(name, file.getvalue()) for name, file in zip(names, files, strict=True))
    return Wish(pictures, mark), ONE if len(files) == 1 else MANY


def _stored(pictures: Sequence[Brought], folder: Path) -> list[Shown]:
    """All of them in their order, those that were brought by way of the sandbox."""
    brought = [one.content for one in pictures if one.content is not None]
    read = iter(read_shown(brought, folder) if brought else [])
    return [next(read) if one.content is not None else _known(one) for one in pictures]


def _known(one: Brought) -> Shown:
    from sft_core.data.pictures.small import small_path  # brings Pillow, which only pictures are worth

    path = Path(one.path)
    small = small_path(path.parent, path.name)
    if not path.is_file() or not small.is_file():
        return Shown("", "", "is not there any more")
    return Shown(str(path), str(small), "")


def _uri(shown: Shown) -> str:
    """The small copy as a data URI: the server decodes no picture, not even this one."""
    return "data:image/jpeg;base64," + base64.b64encode(Path(shown.small).read_bytes()).decode()


def _lost(left_out: Sequence[tuple[str, str]]) -> str:
    """ "“a.jpg” is damaged, “b.jpg” is not a picture, and 3 more could not be read."."""
    told = [f"“{name}” {reason}" for name, reason in left_out[:_TOLD]]
    if len(left_out) > _TOLD:
        told.append(f"and {number(len(left_out) - _TOLD)} more could not be read")
    return ", ".join(told) + "."


def _tell_left_out(said: Said) -> None:
    if said.left_out:
        could = f"{count(len(said.left_out), 'picture')} could not be read."
        st.warning(plain(_lost(said.left_out)), title=could, icon=":material/broken_image:")


def _tile(said: Said, place: int, threshold: float) -> Tile:
    labels, shares = said.answer["labels"], said.answer["probabilities"][place]
    share = max(shares)
    words = visible(labels[shares.index(share)]) if try_answers.sure_enough(share, threshold) else try_answers.NONE
    sure, name = f"{percent(share)} sure", said.rows[place][0]
    return Tile(said.shown[place], words, sure, f"{name}: {words}, {sure}")


def _look(said: Said, place: int) -> None:
    """One of several: the picture and all bars."""
    answer, name = said.answer, said.rows[place][0]

    @st.dialog("A closer look", width="medium", icon=":material/image:")
    @caught()
    def dialog() -> None:
        st.image(said.shown[place], width=256, alt=plain(name, 80))
        st.caption(plain(name, 120))
        base = dict(zip(answer["labels"], answer["base"][place], strict=True)) if answer.get("base") else None
        shares = answers_bars.sorted_shares(answer["labels"], answer["probabilities"][place])
        answers_bars.show(shares, base, f"try_look_{place}")

    dialog()
