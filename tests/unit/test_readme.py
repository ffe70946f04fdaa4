"""What the README says is true."""

import subprocess
import sys
from pathlib import Path

from sft_core.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tree_is_that_of_today() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "tree.py", "--check"], check=False)
    assert done.returncode == 0, "run `make tree`"


def test_every_command_is_named() -> None:
    assert len(COMMANDS) == 10
    for name in COMMANDS:
        assert f"python -m sft_core {name}" in README or f"| {name} " in f"{README} ".replace("\n", " "), name


def test_every_picture_is_there() -> None:
    pictures = [part.split(")")[0] for part in README.split("](") if part.startswith("docs/pictures/")]
    assert len(pictures) >= 6
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
