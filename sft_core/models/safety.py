"""Is this folder a model that can be loaded without running anything that came with it?

Refused: code in the repository (`auto_map`, `trust_remote_code`), attention code by name (CVE-2026-4372), weights in
pickle form, and kinds of model that Tuneboard does not know.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sft_core.errors import ModelError

TEXT_ENCODERS = (
    "albert",
    "bert",
    "camembert",
    "deberta",
    "deberta-v2",
    "distilbert",
    "electra",
    "ernie",
    "modernbert",
    "mpnet",
    "roberta",
    "xlm-roberta",
)
PICTURE_MODELS = (
    "convnext",
    "convnextv2",
    "dinov2",
    "dinov2_with_registers",
    "efficientnet",
    "mobilenet_v1",
    "mobilenet_v2",
    "resnet",
    "swin",
    "vit",
)
KNOWN = {"text": TEXT_ENCODERS, "image": PICTURE_MODELS}  # by what they read
_READS = {"text": "texts", "image": "pictures"}
FORBIDDEN_KEYS = ("auto_map", "trust_remote_code")
FORBIDDEN_PREFIX = "_attn_implementation"
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
MAX_JSON_BYTES = 200_000_000  # tokenizer.json of large multilingual models is tens of megabytes


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of a model folder. Raises ModelError where it is missing, not JSON or not an object."""
    return _read_object(folder / "config.json", "This folder holds no model: config.json is missing.")


def check_folder(folder: Path, reads: str | None = "text") -> dict[str, Any]:
    """The configuration of a model folder that is safe to load. Raises ModelError that says what is wrong.

    `reads` is the kind of input that it is wanted for; None: any that Tuneboard knows.
    """
    config = read_config(folder)
    check_config(config, reads)
    for name in ("tokenizer_config.json", "processor_config.json", "preprocessor_config.json"):
        if (folder / name).is_file():
            _refuse_code(_read_object(folder / name, ""), name)
    check_weights(folder)
    return config


def check_config(config: dict[str, Any], reads: str | None = "text") -> None:
    """Raises ModelError where a configuration asks for code of its own, or names a kind of model that does not fit."""
    _refuse_code(config, "config.json")
    kind, wanted = config.get("model_type"), [reads] if reads else list(KNOWN)
    if any(kind in KNOWN[name] for name in wanted):
        return
    known = ", ".join(model for name in wanted for model in KNOWN[name])
    other = next((name for name, models in KNOWN.items() if kind in models), None)
    if other and reads:
        raise ModelError(
            f"This model reads {_READS[other]}, and these rows are {_READS[reads]}.",
            f"Choose a model for {_READS[reads]}, or the bundled one.",
        )
    raise ModelError(f"Tuneboard does not know this kind of model ({kind!r}).", f"Choose one of these kinds: {known}.")


def check_weights(folder: Path) -> None:
    """Raises ModelError unless the weights are there as safetensors, with every part that the index names."""
    if (folder / "model.safetensors").is_file():
        return
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        _check_parts(folder, _read_object(index, ""))
        return
    if any(path.suffix in PICKLES for path in folder.iterdir()):
        raise ModelError(
            "The weights of this model are in a format that can hold programs.",
            "Choose a model that is published as safetensors.",
        )
    raise ModelError("This folder holds no weights: model.safetensors is missing.", "Choose another model folder.")


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a checked folder."""
    single = folder / "model.safetensors"
    if single.is_file():
        return [single]
    index = _read_object(folder / "model.safetensors.index.json", "This folder holds no weights.")
    return sorted(folder / name for name in set(index["weight_map"].values()))


def _check_parts(folder: Path, index: dict[str, Any]) -> None:
    names = set((index.get("weight_map") or {}).values())
    for name in sorted(names):
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise ModelError(
                "The list of weight files names a file outside of the model.", "Choose another model folder."
            )
        if not (folder / name).is_file():
            raise ModelError(f"A part of the weights is missing: {name}.", "Download the model again.")
    if not names:
        raise ModelError("The list of weight files is empty.", "Download the model again.")


def _refuse_code(value: dict[str, Any], name: str) -> None:
    for key in _keys(value):
        if key in FORBIDDEN_KEYS or key.startswith(FORBIDDEN_PREFIX):
            raise ModelError(
                f"This model wants to run program code of its own ({key} in {name}); that is not allowed here.",
                "Choose a model that works without its own code.",
            )


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _read_object(path: Path, missing: str) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise ModelError(f"The file {path.name} of the model is too large.", "Choose another model.")
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(missing, "Choose a folder in the Hugging Face format.") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"The file {path.name} of the model is damaged.", "Download the model again.") from error
    if not isinstance(value, dict):
        raise ModelError(f"The file {path.name} of the model is damaged.", "Download the model again.")
    return value
