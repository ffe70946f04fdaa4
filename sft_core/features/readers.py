"""How each kind of input becomes what an engine reads, with its cache. A new kind needs a module and a line here."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine

READERS = {"text": "sft_core.features.tokens:READER", "image": "sft_core.features.pixels:READER"}


class Reader(Protocol):
    """One kind of input. `inputs` are texts, or paths of pictures; `pairs` the second texts."""

    def rows(
        self,
        engine: Engine,
        encoder: Any,
        inputs: Sequence[str],
        pairs: Sequence[str] | None,
        max_length: int | None,
        *,
        cache: Path,
        learnt: bool,
        should_stop: Callable[[], bool],
        on_progress: Callable[[float], None],
    ) -> Rows:
        """The rows, from `cache` where they were made before; `learnt` where a training takes steps on them."""
        ...

    def lengths(
        self, engine: Engine, encoder: Any, inputs: Sequence[str], pairs: Sequence[str] | None
    ) -> NDArray[np.int32]:
        """Uncut lengths of the inputs, or of an even sample of them where there are many."""
        ...

    def warning(self, inputs: Sequence[str], model: str) -> str | None:
        """One sentence where a base model (as it was asked for) does not fit these inputs."""
        ...

    def pinned(
        self, engine: Engine, encoder: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int | None
    ) -> Rows | None:
        """What the user typed to be followed, as rows; None where such inputs cannot be typed."""
        ...


def get_reader(kind: str) -> Reader:
    """The reader of a kind of input."""
    module, name = READERS[kind].split(":")
    reader: Reader = getattr(import_module(module), name)
    return reader
