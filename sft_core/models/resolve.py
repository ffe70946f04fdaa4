"""From the name that a user gives to a folder on this disk: "bundled", a hub id that was downloaded, or a folder."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sft_core.errors import ModelError
from sft_core.models import bundled, bundled_image
from sft_core.models.hashing import sha256_of_files
from sft_core.models.safety import check_folder, weight_files
from sft_core.records import read_json
from sft_core.workspace import MODELS

BUNDLED = "bundled"
HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")
# Position 0 of these is the first after the padding id, so that their table of positions is longer than their input.
OFFSET_POSITIONS = ("camembert", "mpnet", "roberta", "xlm-roberta")


@dataclass(frozen=True)
class ModelFacts:
    """What a model folder says about itself; None where it does not say.

    `max_length` is in tokens, 0 where it reads no texts; `image_size` in pixels a side, where it reads pictures.
    """

    model_type: str
    layers: int | None
    hidden: int | None
    max_length: int
    weight_bytes: int
    image_size: int | None = None


@dataclass(frozen=True)
class BaseModel:
    """A pre-trained model on this disk, checked: `folder` is absolute, `sha256` is that of its weights.

    `name` goes into reports and model cards: of a folder only the last part, never the path.
    """

    name: str
    folder: Path
    revision: str | None
    sha256: str
    facts: ModelFacts


def resolve(name: str, *, cache: Path | None = None, reads: str = "text") -> BaseModel:
    """The base model that `name` means: "bundled", a downloaded hub id (under `cache`), or a folder.

    `reads` is the kind of input that it is for: another model is bundled for each, and one of another kind is refused.
    Nothing is downloaded here (`models.download` does that, as a job). Raises ModelError.
    """
    if name == BUNDLED:
        model, folder = BUNDLED_MODELS[reads](cache)
        return _described(model, folder, None, reads)
    if HUB_ID.match(name) and not Path(name).is_dir():
        return _downloaded(name, cache, reads)
    folder = Path(name).expanduser()
    if HUB_ID.match(name):  # a folder beside us must not replace a model of the hub without a word
        raise ModelError(
            f"{name!r} is a folder here and could also be a model of the hub.",
            f"Write ./{name} or the whole path for the folder.",
        )
    if not folder.is_dir():
        raise ModelError(
            f"There is no model {name!r}.", 'Name a folder, a model of the hub such as "owner/name", or "bundled".'
        )
    return _described(folder.resolve().name, folder.resolve(), None, reads)


def _bundled_text(cache: Path | None) -> tuple[str, Path]:  # noqa: ARG001
    return bundled.NAME, bundled.bundled_folder()


def _bundled_image(cache: Path | None) -> tuple[str, Path]:
    if cache is None:
        raise ModelError("The bundled picture model needs a workspace to be written to.", "Name a workspace.")
    return bundled_image.NAME, bundled_image.bundled_image_folder(cache)


BUNDLED_MODELS = {"text": _bundled_text, "image": _bundled_image}
BUNDLED_NAMES = (bundled.NAME, bundled_image.NAME)


def download_folder(cache: Path, name: str) -> Path:
    """Where the downloaded model `name` lies: one folder a revision inside, `current.json` names the one in use."""
    if not HUB_ID.match(name) or ".." in name:
        raise ModelError(f"{name!r} is not the name of a model of the hub.", 'Such a name looks like "owner/name".')
    return cache / MODELS / name.replace("/", "--")


def is_present(name: str, cache: Path | None = None) -> bool:
    """Whether `name` could be used without a download; a look at the disk, no checksums."""
    if name == BUNDLED:
        return True
    if cache is not None and HUB_ID.match(name):
        return (download_folder(cache, name) / "current.json").is_file()
    return (Path(name).expanduser() / "config.json").is_file()


def longest_input(config: dict[str, Any], tokenizer_config: dict[str, Any]) -> int:
    """How many tokens the model can read at once, special tokens included."""
    positions = int(config.get("max_position_embeddings") or 512)
    if config.get("model_type") in OFFSET_POSITIONS:
        positions -= int(config.get("pad_token_id") or 0) + 1
    limit = tokenizer_config.get("model_max_length") or positions
    return max(8, int(min(positions, limit)))


def _downloaded(name: str, cache: Path | None, reads: str) -> BaseModel:
    place = download_folder(cache, name) if cache is not None else None
    if place is None or not (place / "current.json").is_file():
        raise ModelError(
            f"The model {name} is not on this machine yet.", "Download it on the Model page, or use the bundled one."
        )
    revision = str(read_json(place / "current.json")["revision"])
    return _described(name, (place / revision).resolve(), revision, reads)


def _described(name: str, folder: Path, revision: str | None, reads: str) -> BaseModel:
    config = check_folder(folder, reads)
    weights = weight_files(folder)
    tokenizer = folder / "tokenizer_config.json"
    facts = ModelFacts(
        model_type=str(config["model_type"]),
        layers=config.get("num_hidden_layers") or config.get("n_layers"),
        hidden=config.get("hidden_size") or config.get("dim"),
        max_length=longest_input(config, read_json(tokenizer) if tokenizer.is_file() else {}) if reads == "text" else 0,
        weight_bytes=sum(path.stat().st_size for path in weights),
        image_size=_image_size(config) if reads == "image" else None,
    )
    return BaseModel(name, folder, revision, sha256_of_files(weights), facts)


def _image_size(config: dict[str, Any]) -> int | None:
    size = config.get("image_size")
    return int(max(size)) if isinstance(size, list) and size else int(size) if isinstance(size, int) else None
