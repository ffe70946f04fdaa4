"""From texts to tokens to padded batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer

from sft_core.errors import ModelError
from sft_core.models.resolve import longest_input
from sft_core.models.safety import read_config
from sft_core.tasks.encoded import Encoded, concatenate, from_rows
from sft_core.tasks.engine import Indices
from sft_core.tasks.loading import DAMAGED

MOST_TOKENS = 1_000_000
CHUNK = 10_000  # rows tokenised at once: the tokenizer's Python lists are ten times larger than the tokens


def load_tokenizer(folder: Path, max_length: int | None = None) -> Any:
    """The tokenizer of a local model folder. `max_length` becomes its `model_max_length` and is saved with it."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (*DAMAGED, ImportError) as error:
        raise ModelError(
            "The word list of this model cannot be loaded.", "Download the model again or choose another."
        ) from error
    if max_length is not None:
        tokenizer.model_max_length = max_length
    elif tokenizer.model_max_length > MOST_TOKENS:  # how transformers says that the folder names no limit
        tokenizer.model_max_length = longest_input(read_config(folder), {})
    tokenizer.padding_side = "right"
    return tokenizer


def encode(tokenizer: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int) -> Encoded:
    """Texts (or pairs of texts) as tokens with the special ones, cut at `max_length` as `truncation=True` does."""
    starts = range(0, max(len(texts), 1), CHUNK)
    return concatenate([_encode_chunk(tokenizer, texts, pairs, max_length, slice(s, s + CHUNK)) for s in starts])


def _encode_chunk(
    tokenizer: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int, part: slice
) -> Encoded:
    # Segment ids are all zero for single texts, which is what models take for absent ones.
    with_segments = pairs is not None and "token_type_ids" in tokenizer.model_input_names
    columns = ["input_ids", "token_type_ids"] if with_segments else ["input_ids"]
    firsts, seconds = list(texts[part]), [""] * len(texts[part]) if pairs is None else list(pairs[part])
    rows: dict[str, list[list[int]]] = {name: [[]] * len(firsts) for name in columns}
    alone = [i for i, second in enumerate(seconds) if not second]  # as transformers reads an empty second text
    together = [i for i, second in enumerate(seconds) if second]
    for places in filter(None, (alone, together)):
        found = tokenizer(
            [firsts[i] for i in places],
            [seconds[i] for i in places] if places is together else None,
            truncation=True,
            max_length=max_length,
            return_attention_mask=False,
            return_token_type_ids=with_segments,
        )
        for name in columns:
            for i, row in zip(places, found[name], strict=True):
                rows[name][i] = row
    padding = {"input_ids": tokenizer.pad_token_id or 0, "token_type_ids": tokenizer.pad_token_type_id or 0}
    return from_rows(rows, padding)


def collate(encoded: Encoded, indices: Indices, pad_to_multiple: int = 1) -> dict[str, torch.Tensor]:
    """The rows named as int64 tensors (b, longest), padded on the right; no attention_mask where it is all ones."""
    lengths = encoded.lengths[np.asarray(indices, dtype=np.int64)]
    width = -(-int(lengths.max()) // pad_to_multiple) * pad_to_multiple
    batch = {name: _padded(encoded, name, indices, width) for name in encoded.columns}
    if int(lengths.min()) < width:
        mask = np.arange(width) < lengths[:, None]
        batch["attention_mask"] = torch.from_numpy(mask.astype(np.int64))
    return batch


def _padded(encoded: Encoded, name: str, indices: Indices, width: int) -> torch.Tensor:
    block = np.full((len(indices), width), encoded.padding[name], dtype=np.int64)
    for place, i in enumerate(indices):
        row = encoded.row(int(i), name)
        block[place, : len(row)] = row
    return torch.from_numpy(block)
