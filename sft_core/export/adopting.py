"""A zip from somewhere else becomes a run to test: nothing in it is believed before it was checked."""

import hashlib
import json
import os
import re
import shutil
import stat
import time
import zipfile
from pathlib import Path
from typing import Any

from sft_core.errors import InputError, ResourceError
from sft_core.export.bundle import chunks
from sft_core.export.contents import MANIFEST, NEEDED, may_be_in
from sft_core.export.shapes import Config, KnownScale, ModelConfig, Report, Shape, TokenizerConfig, parsed
from sft_core.models.safety import check_folder
from sft_core.records import JOB, SCHEMA_VERSION, Outcome, publish, write_json, write_outcome
from sft_core.tasks.registry import get_task
from sft_core.workspace import checked_id

MOST_FILES = 64
MOST_BYTES = 16 * 1024**3
MOST_TEXT = 64 * 1024**2  # of a file that is read into memory: manifest, report, configuration
HIGHEST_RATIO = 200  # unpacked to packed; texts of ours have about 10

PERHAPS: dict[str, type[Shape]] = {"model/known.json": KnownScale, "model/tokenizer_config.json": TokenizerConfig}
HASHES = re.compile(rb"([0-9a-f]{2,64}\n)*")

NOT_OURS = "Choose a zip that Tuneboard made with Export."


def adopt(path: Path, target: Path, *, name: str = "", most_bytes: int = MOST_BYTES) -> Path:
    """Unpack an exported zip into the new run folder `target`, complete or not at all; the folder.

    It becomes a finished run: model, report, hashes, `job.json` and `result.json`; register it with the jobs' store.
    Raises InputError where the zip is not ours, was changed or is too large, ResourceError where the disk is full.
    """
    if target.exists():
        raise InputError("There is already a run of this name.", "Choose another name.")
    checked_id(target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        aside.mkdir(mode=0o700)
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, aside, most_bytes)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError("This file is not a zip that can be read.", NOT_OURS) from error
        _write_job(aside, target.name, name or path.stem)
        publish(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _unpack(archive: zipfile.ZipFile, folder: Path, most_bytes: int) -> None:
    entries = _checked_entries(archive, most_bytes)
    manifest = _manifest(archive, entries)
    room = shutil.disk_usage(folder).free
    needed = sum(entry.file_size for entry in entries.values())
    if needed > room:
        raise ResourceError(
            f"The model needs {needed >> 20:,} MB, the disk has {room >> 20:,} MB left.", "Make room and try again."
        )
    (folder / "model").mkdir()
    for entry_name, facts in manifest.items():
        _copy(archive, entries[entry_name], folder / entry_name, facts)
    _check_content(folder)


def _checked_entries(archive: zipfile.ZipFile, most_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, after names, kinds, number and sizes were looked at. Raises InputError."""
    entries = [entry for entry in archive.infolist() if entry.filename != "model/"]
    by_name = {entry.filename: entry for entry in entries}
    if len(entries) > MOST_FILES or len(by_name) != len(entries):
        raise InputError("This zip has too many files, or one twice.", NOT_OURS)
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not may_be_in(entry.filename) or kind not in (0, stat.S_IFREG) or entry.flag_bits & 0x1:
            raise InputError("This zip holds a file that does not belong into a model.", NOT_OURS)
        if entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1024):
            raise InputError("This zip would unpack to far more than it is.", NOT_OURS)
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise InputError(f"This model is larger than {most_bytes >> 20:,} MB.", "Use a smaller model.")
    missing = [name for name in (MANIFEST, *NEEDED) if name not in by_name]
    if missing:
        raise InputError(f"This zip has no {missing[0]}.", NOT_OURS)
    return by_name


def _manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, dict[str, Any]]:
    """What the zip says it holds: exactly its files. Raises InputError."""
    if entries[MANIFEST].file_size > MOST_TEXT:
        raise InputError("The list of files in this zip is too long.", NOT_OURS)
    try:
        files = json.loads(archive.read(MANIFEST))["files"]
        complete = set(files) == set(entries) - {MANIFEST} and all(
            isinstance(facts["size"], int) and isinstance(facts["sha256"], str) for facts in files.values()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("The list of files in this zip is damaged.", NOT_OURS) from error
    if not complete:
        raise InputError("This zip does not hold the files that it lists.", NOT_OURS)
    return dict(files)


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, facts: dict[str, Any]) -> None:
    """One file, never more bytes than it declares. Raises InputError where its checksum differs."""
    found, size = hashlib.sha256(), 0
    with archive.open(entry) as source, target.open("xb") as file:
        for chunk in chunks(source):
            size += len(chunk)
            if size > facts["size"]:
                break
            found.update(chunk)
            file.write(chunk)
    if size != facts["size"] or found.hexdigest() != facts["sha256"]:
        raise InputError(f"The file {entry.filename} in this zip was changed or is damaged.", "Export the model again.")


def _check_content(folder: Path) -> None:
    """What is read later is looked at now: the JSON files as the pages read them, the model as the engine loads it."""
    report = parsed(Report, _content(folder, "report.json"), "report.json")
    config = parsed(Config, _content(folder, "config.json"), "config.json")
    check_folder(folder / "model", get_task(config.task).input_kind)
    model = parsed(ModelConfig, _content(folder, "model/config.json"), "model/config.json")
    for name, shape in PERHAPS.items():
        if (folder / name).is_file():
            parsed(shape, _content(folder, name), name)
    if config.task != report.task or not report.labels == config.labels == model.labels():
        raise InputError("The files of this zip do not belong to one model.", NOT_OURS)
    if (folder / "row_hashes.txt").is_file() and not HASHES.fullmatch(_content(folder, "row_hashes.txt")):
        raise InputError("The file row_hashes.txt in this zip is damaged.", "Export the model again.")


def _content(folder: Path, name: str) -> bytes:
    if (folder / name).stat().st_size > MOST_TEXT:
        raise InputError(f"The file {name} in this zip is too large.", NOT_OURS)
    return (folder / name).read_bytes()


def _write_job(folder: Path, run_id: str, name: str) -> None:
    """The marks of a finished run, so that the register of jobs can be rebuilt from the folder."""
    now = time.time()
    order = {"id": run_id, "kind": "train", "request": {"adopted": name}, "title": name, "attempt": 1, "submitted": now}
    write_json(folder / JOB, {"schema_version": SCHEMA_VERSION, "idem": None, "parent": None, **order})
    write_json(folder / "about.json", {"schema_version": SCHEMA_VERSION, "name": name, "notes": "", "created": now})
    write_outcome(folder, Outcome(attempt=1, state="finished", ended=now))
