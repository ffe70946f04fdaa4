"""A file that was brought but is not a dataset yet: kept on the disk with what was chosen so far, so that a refresh,
a second tab or a restart loses nothing. Its id stands in the address (`?upload=…`)."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import streamlit as st
from components import session

from sft_core.config import ReadOptions, Roles, Split
from sft_core.errors import InputError, SFTError
from sft_core.records import SCHEMA_VERSION, read_json, write_json
from sft_core.web.arrived import Arrived
from sft_core.workspace import checked_id, new_id

_UPLOAD = "current_upload"
_FILE = "draft.json"
_CHUNK = 1 << 20

Content = Arrived | IO[bytes]


@dataclass(frozen=True)
class Draft:
    """What was brought and chosen. `files` maps a split to a file name; `roles` None means as guessed.

    `like` is the dataset whose changes are to be made on this file as well.
    """

    id: str
    name: str
    files: dict[Split, str]
    read: ReadOptions = field(default_factory=ReadOptions)
    roles: Roles | None = None
    job: str | None = None
    dataset: str | None = None
    like: str | None = None

    @property
    def folder(self) -> Path:
        return session.workspace().uploads / checked_id(self.id)

    def path(self, split: Split = "train") -> Path:
        """Where the file of a split lies."""
        return self.folder / split / self.files[split]

    def read_as(self, read: ReadOptions, *, same_columns: bool) -> None:
        """Read it in another way; what was guessed from the old way is guessed again."""
        save(replace(self, read=read, roles=self.roles if same_columns else None))

    def paths(self) -> dict[Split, Path]:
        """All files that were brought."""
        return {split: self.path(split) for split in self.files}


def begin(name: str, content: Content) -> Draft:
    """Put what was brought into a place of its own and make it the current draft."""
    draft = Draft(new_id(), Path(safe_name(name)).stem, {})
    return add_file(draft, "train", name, content)


def begin_from(path: Path) -> Draft:
    """The same for a file on this machine, which the caller has checked."""
    with path.open("rb") as content:
        return begin(path.name, content)


def add_file(draft: Draft, split: Split, name: str, content: Content) -> Draft:
    """Put a file in place for one split; it replaces an earlier one."""
    folder = draft.folder / split
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    put(content, folder / safe_name(name))
    return save(replace(draft, files={**draft.files, split: safe_name(name)}))


def put(content: Content, target: Path) -> None:
    """Move there what has arrived, or copy what can be read."""
    if isinstance(content, Arrived):
        content.move_to(target)
        return
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, _CHUNK)


def drop_file(draft: Draft, split: Split) -> Draft:
    """Leave a validation or test file out again."""
    shutil.rmtree(draft.folder / split, ignore_errors=True)
    return save(replace(draft, files={name: file for name, file in draft.files.items() if name != split}))


def save(draft: Draft) -> Draft:
    """Write the draft down and make it the current one."""
    value = {**draft.__dict__, "read": draft.read.model_dump(), "roles": draft.roles and draft.roles.model_dump()}
    write_json(draft.folder / _FILE, {"schema_version": SCHEMA_VERSION, **value})
    st.session_state[_UPLOAD] = draft.id
    st.query_params["upload"] = draft.id
    return draft


def current() -> Draft | None:
    """The draft of the address or the session; None where there is none or it was removed."""
    chosen = st.query_params.get("upload") or st.session_state.get(_UPLOAD)
    draft = load(chosen) if chosen else None
    if draft is None:
        leave()
        if chosen:  # used in another window: its rows are shown rather than a field for more
            st.query_params.pop("new", None)
        return None
    st.session_state[_UPLOAD] = st.query_params["upload"] = draft.id
    return draft


def load(draft_id: str) -> Draft | None:
    """The draft with this id, None where it is not there."""
    try:
        value = read_json(session.workspace().uploads / checked_id(draft_id) / _FILE)
        return Draft(
            id=value["id"],
            name=value["name"],
            files=value["files"],
            read=ReadOptions(**value["read"]),
            roles=Roles(**value["roles"]) if value["roles"] else None,
            job=value["job"],
            dataset=value["dataset"],
            like=value.get("like"),
        )
    except (OSError, SFTError, KeyError, TypeError, ValueError):
        return None


def unfinished() -> list[Draft]:
    """Drafts that were begun and left, the newest first."""
    folders = sorted(session.workspace().uploads.iterdir(), reverse=True)
    found = [load(folder.name) for folder in folders if (folder / _FILE).is_file()]
    return [draft for draft in found if draft is not None and "train" in draft.files]


def leave() -> None:
    """Forget the current draft, but keep its files."""
    st.session_state.pop(_UPLOAD, None)
    if "upload" in st.query_params:
        del st.query_params["upload"]


def remove(draft: Draft) -> None:
    """Delete a draft with its files."""
    leave()
    shutil.rmtree(draft.folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """The file's own name without folders and control characters, at most 120 characters. Raises InputError."""
    bare = re.sub(r"[^\w .()+,=@#&'-]", "_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not bare:
        raise InputError("This file has no name.", "Rename the file and bring it again.")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:19]}" if dot else bare[:120]
