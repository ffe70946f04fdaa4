"""Files read without the child that reads them otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest

from sft_core.data import importing, reading_apart


def read_here(patch: pytest.MonkeyPatch) -> None:
    """Have files read by the child's own function in this process: a child takes half a second to start.

    The child itself is proven by the tests of the sandbox, and with a page by those that ask for `in_a_child`.
    """

    def called(name: str, arguments: dict[str, Any], _limits: Any, folder: Path, *_told: Any) -> Any:
        folder.mkdir(parents=True, exist_ok=True)
        return json.loads(json.dumps(getattr(reading_apart, name)(**json.loads(json.dumps(arguments)))))

    patch.setattr(importing, "_call", called)
