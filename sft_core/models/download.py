"""Download a base model: the name becomes a commit, and only what is needed and safe is fetched.

It lies in `cache/models/<owner>--<name>/<commit>/`, complete or absent; `current.json` beside it names the commit.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from sft_core.errors import InputError, ModelError, ResourceError, Stopped
from sft_core.models.hashing import sha256
from sft_core.models.hub import Hub, HuggingFaceHub, Listing
from sft_core.models.resolve import download_folder
from sft_core.models.safety import check_config, check_folder, read_config
from sft_core.records import SCHEMA_VERSION, Work, publish, write_json
from sft_core.workspace import open_workspace

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "preprocessor_config.json",
)
INDEX = "model.safetensors.index.json"
SPARE = 500_000_000  # bytes that stay free on the disk


def _silent(_done: float, _message: str) -> None:
    """Progress that nobody follows."""


def download_job(work: Work) -> None:
    """Handler of the job kind "download": request {model, revision?, cache?}."""
    name = str(work.request.get("model", ""))
    root = work.request.get("cache")
    cache = Path(str(root)) if root else _workspace_cache(work)
    folder = download(
        name,
        cache,
        HuggingFaceHub(),
        revision=work.request.get("revision"),
        on_progress=work.progress,
        should_stop=work.should_stop,
    )
    work.events.add("downloaded", model=name, revision=folder.name)


def download(
    name: str,
    cache: Path,
    hub: Hub,
    *,
    revision: str | None = None,
    on_progress: Callable[[float, str], None] = _silent,
    should_stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Fetch a model into the cache; the folder of its commit.

    Raises ModelError where it is unsafe or of an unknown kind, ResourceError where offline or the disk is full.
    """
    place = download_folder(cache, name)
    on_progress(0.0, f"Asking the hub for {name}")
    listing = hub.listing(name, revision)
    final = place / _checked_revision(listing.revision)
    if not final.is_dir():
        aside = place / f".{listing.revision}.tmp"
        shutil.rmtree(aside, ignore_errors=True)  # of a download that was killed
        aside.mkdir(parents=True)
        try:
            _fetch_all(name, listing, hub, aside, on_progress, should_stop)
            publish(aside, final)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    write_json(place / "current.json", {"schema_version": SCHEMA_VERSION, "name": name, "revision": listing.revision})
    on_progress(1.0, f"{name} is here")
    return final


def chosen_files(listing: Listing) -> list[str]:
    """The files to fetch, the configuration first. Raises ModelError where there are no safetensors."""
    names = set(listing.files)
    if "config.json" not in names:
        raise ModelError(
            "This is not a model in the Hugging Face format: config.json is missing.", "Choose another model."
        )
    if "model.safetensors" in names:
        weights = ["model.safetensors"]
    elif INDEX in names:
        weights = [INDEX, *sorted(n for n in names if n.startswith("model-") and n.endswith(".safetensors"))]
    else:
        raise ModelError(
            "This model is not published as safetensors, the form of weights that cannot run code.",
            "Choose another model, for example one of the catalogue.",
        )
    return ["config.json", *[n for n in TOKENIZER_FILES if n in names], *weights]


def _fetch_all(
    name: str,
    listing: Listing,
    hub: Hub,
    folder: Path,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> None:
    files = chosen_files(listing)
    total = max(1, sum(listing.files[file] for file in files))
    if shutil.disk_usage(folder).free < total + SPARE:
        raise ResourceError(
            f"The disk has no room for this model ({total / 1e6:.0f} MB).", "Free some space and try again."
        )
    done = 0

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        on_progress(min(done / total, 0.99), f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")
        if should_stop():
            raise Stopped("The download was stopped.")

    for file in files:
        on_bytes(0)
        hub.fetch(name, listing.revision, file, folder, on_bytes)
        if sha256(folder / file) != listing.sums.get(file, sha256(folder / file)):
            raise ModelError(f"The file {file} arrived damaged.", "Download the model again.")
        if file == "config.json":
            check_config(read_config(folder), reads=None)  # before hundreds of megabytes follow
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # the hub library's own bookkeeping
    check_folder(folder, reads=None)
    facts = {file: sha256(folder / file) for file in files}
    about = {"schema_version": SCHEMA_VERSION, "name": name, "revision": listing.revision, "license": listing.license}
    write_json(folder / "tuneboard.json", {**about, "sha256": facts})


def _checked_revision(revision: str) -> str:
    if not revision.isalnum():
        raise InputError("The hub gave an answer that cannot be used.", "Try again later.")
    return revision


def _workspace_cache(work: Work) -> Path:
    root = work.folder.resolve().parents[1]  # jobs/<id>/ lies in its workspace
    return open_workspace(root if (root / "app.db").is_file() else None).cache
