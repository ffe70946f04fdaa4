"""A model to take home: one zip with the Hugging Face folder, its report and the hashes of the rows it has met."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from sft_core.errors import InputError, StateError, Stopped
from sft_core.evaluation.predictions import read_predictions
from sft_core.evaluation.tuned_run import training_counts
from sft_core.export.contents import MANIFEST, may_be_in
from sft_core.export.model_card import model_card
from sft_core.export.predictions import predictions_file
from sft_core.records import SCHEMA_VERSION, Work, fsync_path, read_json
from sft_core.workspace import RunFolder, checked_id

CHUNK = 1 << 20
PACKED = (".safetensors", ".npz")  # numbers hardly get smaller: they are stored as they are
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same run gives the same zip
PRIVATE = ("pinned", "environment")  # sentences and machines of the one who trained it stay at home
NO_MACHINE = ("python", "packages", "precision", "token_budget")  # of a report's environment: what to repeat it with
TABLES = ("csv", "xlsx", "parquet")


def export_job(work: Work) -> None:
    """The job "export": the run's zip, or its answers as csv, xlsx or parquet, into the job's folder.

    The request names `run`, `format`, and for answers perhaps the `evaluation` (a later test file of that run).
    """
    run, form = RunFolder(Path(work.request["run"])), work.request.get("format", "zip")
    if form == "zip":
        export_zip(run, work.folder / f"{run.root.name}.zip", work.progress, work.should_stop)
    elif form in TABLES:
        folder = (
            run.evaluations / checked_id(work.request["evaluation"]) if work.request.get("evaluation") else run.root
        )
        table = read_predictions(folder / "predictions.parquet").table
        predictions_file(table, work.folder / f"predictions.{form}", form)
    else:
        raise InputError(f"The format {form!r} cannot be made yet.", "Choose zip, csv, xlsx or parquet.")


def export_zip(
    run: RunFolder,
    path: Path,
    on_progress: Callable[[float, str], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Write the zip of a finished run, aside first. Raises StateError where the run has no model yet."""
    if not run.model.is_dir() or not run.report.is_file():
        raise StateError("This run has no model yet.", "Wait for its end, or resume it.")
    texts, files = _texts(run), _files(run)
    packed = _counter(sum(file.stat().st_size for file in files.values()), on_progress, should_stop)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with zipfile.ZipFile(aside, "w", compression=zipfile.ZIP_DEFLATED) as archive:
            manifest = {}
            for name, content in texts.items():
                manifest[name] = _add_text(archive, name, content)
            for name, file in files.items():
                manifest[name] = _add_file(archive, name, file, packed)
            _add_text(archive, MANIFEST, _json({"schema_version": SCHEMA_VERSION, "files": manifest}))
        fsync_path(aside)
        os.replace(aside, path)
        fsync_path(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _texts(run: RunFolder) -> dict[str, str]:
    """What is written for the zip: the two cards, report and configuration without what is private."""
    report = read_json(run.report)
    config = read_json(run.config) if run.config.is_file() else {}
    kept = {key: value for key, value in config.items() if key not in PRIVATE}
    if isinstance(kept.get("model"), dict):
        kept["model"] = {key: value for key, value in kept["model"].items() if key != "asked"}  # may be a path
    if counts := training_counts(run):  # the rows stay at home; how many of each class is asked for by a later test
        kept["data"] = {**(kept.get("data") or {}), "classes": counts}
    return {
        "README.md": model_card(report, kept, folder="model"),
        "model/README.md": model_card(report, kept, folder="."),
        "config.json": _json(kept),
        "report.json": _json({**report, "environment": _of_no_machine(report.get("environment") or {})}),
    }


def _of_no_machine(environment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: environment[name] for name in NO_MACHINE if name in environment}


def _files(run: RunFolder) -> dict[str, Path]:
    """The files of the zip by name. Only what may be read back goes in: no pickles, no code, no links."""
    found = {"row_hashes.txt": run.row_hashes, "probe.npz": run.probe}
    found.update({f"model/{file.name}": file for file in sorted(run.model.iterdir())})
    return {
        name: file
        for name, file in found.items()
        if file.is_file() and not file.is_symlink() and may_be_in(name) and name != "model/README.md"
    }


def _add_text(archive: zipfile.ZipFile, name: str, content: str) -> dict[str, Any]:
    data = content.encode("utf-8")
    archive.writestr(_entry(name), data)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _counter(
    total: int, on_progress: Callable[[float, str], None] | None, should_stop: Callable[[], bool]
) -> Callable[[int], None]:
    """What is called with the bytes of each piece: tells of each hundredth, for one file is nearly all of a model."""
    done, told = 0, 0.0

    def packed(size: int) -> None:
        nonlocal done, told
        if should_stop():
            raise Stopped("The export was stopped.")
        done += size
        if on_progress and done / total >= told + 0.01:
            told = done / total
            on_progress(told, "Packing the model")

    return packed


def _add_file(archive: zipfile.ZipFile, name: str, file: Path, packed: Callable[[int], None]) -> dict[str, Any]:
    sum_, size = hashlib.sha256(), 0
    with file.open("rb") as source, archive.open(_entry(name), "w", force_zip64=True) as target:
        for chunk in chunks(source):
            packed(len(chunk))
            sum_.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return {"size": size, "sha256": sum_.hexdigest()}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def chunks(source: BinaryIO | Any) -> Iterator[bytes]:
    """The content of an open file in pieces."""
    while chunk := source.read(CHUNK):
        yield chunk


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
