"""Small real base models, made once for all tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_base import write_base


@pytest.fixture(scope="session")
def make_base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A base model folder of the architecture named."""
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            made[kind] = write_base(tmp_path_factory.mktemp(f"base-{kind}"), kind)
        return made[kind]

    return make
