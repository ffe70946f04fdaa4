"""What may lie in an exported zip: known names only, and no format that can hold code."""

import re
from pathlib import PurePosixPath

MANIFEST = "manifest.json"
AT_THE_TOP = ("README.md", "config.json", "report.json", "row_hashes.txt", "probe.npz", MANIFEST)
NEEDED = ("config.json", "report.json", "model/config.json")
IN_THE_MODEL = (".json", ".txt", ".safetensors", ".md", ".model", ".spm", ".jinja")

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,120}")


def may_be_in(name: str) -> bool:
    """Whether a file of this name belongs into a zip of ours: a known one, or one level down in `model/`."""
    if name in AT_THE_TOP:
        return True
    folder, _slash, file = name.partition("/")
    if folder != "model" or not _PLAIN.fullmatch(file) or file.startswith("."):
        return False
    return PurePosixPath(file).suffix in IN_THE_MODEL
