"""How many texts a model cannot read to their end: counted with its own tokenizer, not guessed from their letters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sft_core.config import Roles
from sft_core.data import examples, profile
from sft_core.models.lengths import PERCENTILE, usual_length
from sft_core.models.resolve import BaseModel

LOOKED_AT = 1_000  # rows that are tokenised at most: half a second
LETTERS_A_TOKEN = 4.0  # of usual prose; told anew from the rows wherever some are long
_LONGEST = 50_000  # letters of a text that are tokenised; what is longer is cut in any model
# One letter may become several tokens (an emoji in a byte-level vocabulary), never more than this.
_TOKENS_A_LETTER = 4
_MARGIN = 3  # the longest in letters hold the longest in tokens if they are three times as many


@dataclass(frozen=True)
class Cut:
    """`rows` texts are longer than `limit` tokens; an estimate unless `exact`. `letters`: where the cut lies in these
    texts, on average."""

    limit: int
    rows: int
    exact: bool
    letters: int


def find_cut(rows: Path, roles: Roles, base: BaseModel) -> Cut | None:
    """What `base` cuts off the texts of a rows.parquet; None where its tokenizer cannot be looked into."""
    tokenizer = _tokenizer(base)
    if tokenizer is None or not roles.text:
        return None
    limit = base.facts.max_length

    def look(*, mixed: bool) -> tuple[list[int], float, int]:
        table, n = profile.longer_than(rows, roles, limit // _TOKENS_A_LETTER, LOOKED_AT, mixed=mixed)
        lengths, letters = _measured(tokenizer, table, roles)
        return lengths, limit * letters, n

    lengths, letters, n = look(mixed=False)
    if not n:
        return Cut(limit, 0, True, round(limit * LETTERS_A_TOKEN))
    found = sum(length > limit for length in lengths)
    if n == len(lengths) or not any(length > limit for length in lengths[-LOOKED_AT // 10 :]):
        return Cut(limit, found, n == len(lengths), round(letters))
    lengths, letters, n = look(mixed=True)  # even the shortest of the longest are cut: a draw says how many
    return Cut(limit, round(n * sum(length > limit for length in lengths) / len(lengths)), False, round(letters))


def find_cut_of_run(rows: Path, roles: Roles, base: BaseModel, wished: int | None = None) -> Cut | None:
    """What a run cuts off: at the length that is `wished`, else at the usual one, which is not that of the model.

    The usual length is found over all rows; that of a run is of the rows which it learns from, and may differ a little.
    """
    tokenizer = _tokenizer(base)
    if tokenizer is None or not roles.text:
        return None
    table, n = profile.longer_than(rows, roles, -1, LOOKED_AT)
    mixed = n > len(table) and wished is None and n * (100 - PERCENTILE) / 100 > len(table) / _MARGIN
    if mixed:  # the longest alone do not reach down to the percentile
        table, n = profile.longer_than(rows, roles, -1, LOOKED_AT, mixed=True)
    lengths, letters = _measured(tokenizer, table, roles)
    if not lengths:
        return None
    limit = min(wished or base.facts.max_length, base.facts.max_length)
    if wished is None:
        all_of_them = np.zeros(len(lengths) if mixed else n)
        all_of_them[: len(lengths)] = lengths
        limit = usual_length(int(np.ceil(np.percentile(all_of_them, PERCENTILE))), limit)
    if limit == base.facts.max_length:
        return find_cut(rows, roles, base)
    share = n / len(lengths) if mixed else 1
    longer = sum(length > limit for length in lengths)
    return Cut(limit, round(share * longer), not mixed and longer < len(lengths), round(limit * letters))


def _tokenizer(base: BaseModel) -> Any:
    """The model's own tokenizer, None where it cannot be looked into."""
    from tokenizers import Tokenizer

    path = base.folder / "tokenizer.json"
    if not path.is_file():
        return None
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _measured(tokenizer: Any, table: pd.DataFrame, roles: Roles) -> tuple[list[int], float]:
    """Tokens of each text, and letters a token in all of them."""
    texts = [text[:_LONGEST] for text in _whole(table, roles)] if len(table) else []
    lengths = [len(tokens) for tokens in tokenizer.encode_batch_fast(texts)]
    return lengths, sum(map(len, texts)) / max(1, sum(lengths))


def _whole(table: pd.DataFrame, roles: Roles) -> list[str]:
    texts, pairs = examples.texts(table, roles)
    return texts if pairs is None else [f"{first} {second}" for first, second in zip(texts, pairs, strict=True)]
