"""The base models that can be chosen, as the Model page lists them: what is here, and what a download brings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from components import session, work
from components.wording import size

from sft_core.errors import ModelError, SFTError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.models.catalogue import ANY, CATALOGUES, UNKNOWN, Card, find_card
from sft_core.models.download import TOKENIZER_FILES
from sft_core.models.language import NAMES
from sft_core.models.resolve import BUNDLED, download_folder, is_present, longest_input
from sft_core.models.safety import KNOWN, check_folder, weight_files
from sft_core.workspace import MODELS

FOLDERS = "model_folders"  # in the settings: folders that were named once
KIND = "download"
# What must lie beside the weights, by what a model reads: one of these files, else what is said.
_BESIDE = {
    "text": (TOKENIZER_FILES, "This model came without its word list.", "Put tokenizer.json beside its weights."),
    "image": (
        ("preprocessor_config.json", "processor_config.json"),
        "This model came without the size and colours that it wants pictures in.",
        "Put preprocessor_config.json beside its weights.",
    ),
}
_UNSAID = {"text": "language as its publisher says", "image": ""}


@dataclass(frozen=True)
class Choice:
    """One base model. `name` is what a run is asked for; `folder` is None where it is not on this machine."""

    name: str
    card: Card | None
    folder: Path | None
    present: bool
    reads: str = "text"

    @property
    def title(self) -> str:
        """How it is called: in the catalogue, by its hub id, or by its folder."""
        if self.card is not None:
            return self.card.title
        return self.name if self.folder is None or "--" in self.folder.parent.name else self.folder.name

    @property
    def good_at(self) -> str:
        """What it is good for."""
        return self.card.good_at if self.card else "A model that you brought: what it is good at, its publisher says."

    @property
    def languages(self) -> str:
        """In which languages it has learnt; "" where it reads none."""
        if self.card is None:
            return _UNSAID[self.reads]
        known = [NAMES.get(code, code) for code in self.card.languages]
        return "about 100 languages" if ANY in self.card.languages else " and ".join(known)

    def facts(self) -> dict[str, tuple[str, str]]:
        """Each fact in words with where it is from."""
        found = _facts_of(self.folder / "config.json") if self.folder and self.name != BUNDLED else {}
        return {"Size": self._size(found), **self._input(found), "Licence": self._license(found)}

    def _size(self, found: dict[str, Any]) -> tuple[str, str]:
        told, rough = (self.card.parameters, f"{self.card.size} · ") if self.card else (None, "")
        if told is not None:
            return f"{rough}{told.value / 1e6:.0f} million weights", told.source
        if found:
            return f"{rough}{size(found['bytes'])} on the disk", "the files on this machine"
        return (self.card.size if self.card else UNKNOWN), ""

    def _input(self, found: dict[str, Any]) -> dict[str, tuple[str, str]]:
        if self.languages:
            return {"Reads at once": self._length(found)}
        told = self.card.image_size if self.card else None
        if told is not None:
            return {"Looks at": (f"{told.value} × {told.value} pixels", told.source)}
        side = found.get("image_size")
        return {"Looks at": (f"{side} × {side} pixels", "its configuration") if side else (UNKNOWN, "")}

    def _length(self, found: dict[str, Any]) -> tuple[str, str]:
        told = self.card.max_length if self.card else None
        if told is not None:
            return f"{told.value:,} word pieces", told.source
        return (f"{found['max_length']:,} word pieces", "its configuration") if found else (UNKNOWN, "")

    def _license(self, found: dict[str, Any]) -> tuple[str, str]:
        told = self.card.license if self.card else None
        if told is not None:
            return told.value, told.source
        if found.get("license"):
            return str(found["license"]), "the hub, at the download"
        return ("not named by its publisher", "") if found else (UNKNOWN, "")


def here(chosen: str, reads: str = "text") -> list[Choice]:
    """What can be used at once for this kind of input: the bundled model, what was downloaded, folders that were named.

    The chosen one is always among them, where it is on this machine.
    """
    names = [BUNDLED, *(name for name in (*_downloaded(), *_folders()) if reads in _read_by(name, reads))]
    if chosen not in names and is_present(chosen, session.workspace().cache):
        names.append(chosen)
    return [_present(name, reads) for name in names]


def to_download(reads: str = "text") -> list[Choice]:
    """The rest of the catalogue for this kind of input."""
    cache = session.workspace().cache
    cards = CATALOGUES[reads]
    return [Choice(card.name, card, None, False, reads) for card in cards if not is_present(card.name, cache)]


def _read_by(name: str, usual: str) -> list[str]:
    """The kinds of input that a model on this machine may be for; the usual one where its configuration is strange."""
    folder = _folder_of(name)
    model_type = (work.read_if_there(folder / "config.json") or {}).get("model_type") if folder else None
    return [kind for kind, known in KNOWN.items() if model_type in known] or [usual]


def add_folder(text: str, reads: str = "text") -> str:
    """Check a folder that was named and keep it; its whole path. Raises ModelError in one sentence."""
    if not text.strip():
        raise ModelError("No folder was named.", "Type the whole path of a folder in the Hugging Face format.")
    folder = Path(text.strip()).expanduser().resolve()
    if not folder.is_dir():
        raise ModelError("There is no such folder on this machine.", "Type the whole path of the model's folder.")
    try:
        check_folder(folder, reads)
        names, lacks, hint = _BESIDE[reads]
        whole = any((folder / name).is_file() for name in names)
    except OSError as error:
        raise ModelError("This folder cannot be read.", "Choose one that you may open.") from error
    if not whole:
        raise ModelError(lacks, hint)
    place = session.workspace()
    place.save_settings(**{FOLDERS: sorted({*_folders(), str(folder)})})
    return str(folder)


def was_named(name: str) -> bool:
    """Whether it is a folder that was named here, which `forget_folder` takes off the list."""
    return name in _folders()


def forget_folder(name: str) -> None:
    """List a folder no longer; nothing on the disk changes."""
    session.workspace().save_settings(**{FOLDERS: [folder for folder in _folders() if folder != name]})


def download(name: str) -> Job:
    """Have a model downloaded; one that is on its way is not asked for twice. Raises ModelError for a strange name."""
    place = session.workspace()
    download_folder(place.cache, name)
    for job in downloads():
        if asked(job) == name and job.active:
            return job
        if asked(job) == name:
            return _begun(store.resume(place, job.id)) if job.state != "finished" else _ordered(name)
    return _ordered(name)


def downloads() -> list[Job]:
    """All downloads, the newest first."""
    return list(reversed(store.list_jobs(session.workspace(), kinds=[KIND])))


def asked(job: Job) -> str:
    """Which model a download brings."""
    try:
        return str(read_order(job.folder).request.get("model") or "")
    except SFTError:
        return ""


def _ordered(name: str) -> Job:
    place = session.workspace()
    request = {"model": name, "cache": str(place.cache)}
    return _begun(store.submit(place, KIND, request, title=f"Downloading {name}"))


def _begun(job: Job) -> Job:
    store.ensure_supervisor(session.workspace())
    return job


def _present(name: str, reads: str) -> Choice:
    return Choice(name, find_card(name, reads), _folder_of(name), True, reads)


def _folder_of(name: str) -> Path | None:
    if name == BUNDLED:
        return None
    if Path(name).is_absolute():
        return Path(name)
    place = download_folder(session.workspace().cache, name)
    return place / str((work.read_if_there(place / "current.json") or {}).get("revision") or "")


def _downloaded() -> list[str]:
    found = (session.workspace().cache / MODELS).glob("*/current.json")
    names = [str((work.read_if_there(path) or {}).get("name") or "") for path in sorted(found)]
    return [name for name in names if name]


def _folders() -> list[str]:
    known = session.workspace().settings().get(FOLDERS) or []
    return [str(folder) for folder in known if Path(str(folder)).is_dir()]


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def _facts_of(configuration: Path) -> dict[str, Any]:
    place = configuration.parent
    try:
        config = check_folder(place, None)
        tokenizer = work.read_if_there(place / "tokenizer_config.json") or {}
        weights = sum(path.stat().st_size for path in weight_files(place))
    except (SFTError, OSError):
        return {}
    license_name = (work.read_if_there(place / "tuneboard.json") or {}).get("license")
    side = config.get("image_size")
    return {
        "bytes": weights,
        "max_length": longest_input(config, tokenizer),
        "image_size": side if isinstance(side, int) else None,
        "license": license_name,
    }
