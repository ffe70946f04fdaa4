"""Tokenise once: the tokens of a set of texts lie in an Arrow file under a fingerprint of all that they depend on."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sft_core.errors import Stopped
from sft_core.models.catalogue import find_card
from sft_core.models.language import card_warning, language_shares
from sft_core.records import publish
from sft_core.tasks.encoded import Encoded, concatenate
from sft_core.tasks.engine import Engine

CHUNK = 10_000  # rows encoded between two looks at `should_stop`
FORMAT = 1  # raise it when the file's layout changes
FILE = "tokens.arrow"


class Texts:
    """See `readers.Reader`."""

    def rows(
        self,
        engine: Engine,
        encoder: Any,
        inputs: Sequence[str],
        pairs: Sequence[str] | None,
        max_length: int | None,
        *,
        cache: Path,
        learnt: bool,  # noqa: ARG002
        should_stop: Callable[[], bool],
        on_progress: Callable[[float], None],  # noqa: ARG002
    ) -> Encoded:
        """Tokens."""
        assert max_length is not None, "settings are resolved"
        return tokenise(engine, encoder, inputs, pairs, max_length, cache=cache, should_stop=should_stop)

    def lengths(
        self, engine: Engine, encoder: Any, inputs: Sequence[str], pairs: Sequence[str] | None
    ) -> NDArray[np.int32]:
        """In tokens."""
        return token_lengths(engine, encoder, inputs, pairs)

    def warning(self, inputs: Sequence[str], model: str) -> str | None:
        """Where the base model is known not to have learnt the language of the texts."""
        return card_warning(language_shares(inputs), find_card(model))

    def pinned(
        self, engine: Engine, encoder: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int | None
    ) -> Encoded:
        """Their tokens."""
        encoded: Encoded = engine.encode(encoder, texts, pairs, max_length)
        return encoded


READER = Texts()


def tokenise(
    engine: Engine,
    tokenizer: Any,
    texts: Sequence[str],
    pairs: Sequence[str] | None,
    max_length: int,
    *,
    cache: Path | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Encoded:
    """The texts as tokens, from `cache` where these texts were tokenised before in this way (then memory-mapped)."""
    if cache is None:
        return _encode(engine, tokenizer, texts, pairs, max_length, should_stop, on_progress)
    place = cache / fingerprint(tokenizer, texts, pairs, max_length)
    try:
        return _load(place, tokenizer)
    except FileNotFoundError:
        encoded = _encode(engine, tokenizer, texts, pairs, max_length, should_stop, on_progress)
    _store(encoded, place)
    try:
        return _load(place, tokenizer)
    except FileNotFoundError:  # the cache was emptied in this moment
        return encoded


def token_lengths(
    engine: Engine, tokenizer: Any, texts: Sequence[str], pairs: Sequence[str] | None, sample: int = 20_000
) -> NDArray[np.int32]:
    """Uncut lengths in tokens of the texts, or of an even sample of them where there are more."""
    rows = np.unique(np.linspace(0, max(len(texts) - 1, 0), min(sample, len(texts))).astype(np.int64))
    chosen = [texts[i] for i in rows]
    seconds = None if pairs is None else [pairs[i] for i in rows]
    lengths: NDArray[np.int32] = engine.encode(tokenizer, chosen, seconds, 2**20).lengths
    return lengths


def fingerprint(tokenizer: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int) -> str:
    """A name for the result: the tokenizer's rules, every text, and the length at which they are cut."""
    state = hashlib.sha256(f"{FORMAT} {max_length} {type(tokenizer).__name__}".encode())
    state.update(_rules(tokenizer))
    for column in (texts, pairs):
        state.update(b"|" if column is None else b"+")
        for text in column or ():
            raw = text.encode("utf-8", "surrogatepass")
            state.update(len(raw).to_bytes(8, "little"))
            state.update(raw)
    return f"tokens-{state.hexdigest()[:32]}"


def _rules(tokenizer: Any) -> bytes:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return repr(sorted(tokenizer.get_vocab().items())).encode()
    backend.no_truncation()  # left over from the last call; not one of the tokenizer's rules
    backend.no_padding()
    return str(backend.to_str()).encode()


def _encode(
    engine: Engine,
    tokenizer: Any,
    texts: Sequence[str],
    pairs: Sequence[str] | None,
    max_length: int,
    should_stop: Callable[[], bool] | None,
    on_progress: Callable[[float], None] | None,
) -> Encoded:
    parts = []
    for start in range(0, max(len(texts), 1), CHUNK):
        if should_stop is not None and should_stop():
            raise Stopped("Stopped while reading the texts.")
        part = slice(start, start + CHUNK)
        parts.append(engine.encode(tokenizer, texts[part], None if pairs is None else pairs[part], max_length))
        if on_progress is not None:
            on_progress(min(1.0, (start + CHUNK) / max(len(texts), 1)))
    return concatenate(parts)


def _store(encoded: Encoded, place: Path) -> None:
    # datasets costs more than a second to import; only who writes or reads this cache pays for it.
    from datasets.arrow_writer import ArrowWriter

    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    aside.mkdir(parents=True)
    try:
        with ArrowWriter(path=str(aside / FILE), schema=_schema(encoded)) as writer:
            for table in _tables(encoded):
                writer.write_table(table)
            writer.finalize()
        publish(aside, place)
    except OSError:
        if not (place / FILE).is_file():  # else another job was quicker with the same tokens
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _schema(encoded: Encoded) -> pa.Schema:
    return pa.schema([(name, pa.list_(pa.int32())) for name in encoded.columns])


def _tables(encoded: Encoded) -> Iterable[pa.Table]:
    for start in range(0, len(encoded), CHUNK):
        offsets = encoded.offsets[start : start + CHUNK + 1]
        ends = pa.array((offsets - offsets[0]).astype(np.int32))
        columns = [
            pa.ListArray.from_arrays(ends, pa.array(flat[offsets[0] : offsets[-1]]))
            for flat in encoded.columns.values()
        ]
        yield pa.Table.from_arrays(columns, schema=_schema(encoded))


def _load(place: Path, tokenizer: Any) -> Encoded:
    from datasets import Dataset

    table = Dataset.from_file(str(place / FILE)).data.table
    padding = {"input_ids": tokenizer.pad_token_id or 0, "token_type_ids": tokenizer.pad_token_type_id or 0}
    os.utime(place)  # so that a clean-up can tell what is still in use
    blocks = [_block(table, i, padding) for i in range(table.column(0).num_chunks)]
    return concatenate(blocks)


def _block(table: pa.Table, chunk: int, padding: dict[str, int]) -> Encoded:
    lists = {name: table.column(name).chunk(chunk) for name in table.column_names}
    offsets = next(iter(lists.values())).offsets.to_numpy().astype(np.int64)
    columns = {name: lists[name].flatten().to_numpy() for name in lists}
    return Encoded(columns, offsets - offsets[0], {name: padding[name] for name in lists})
