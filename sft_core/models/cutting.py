"""How many texts a model cannot read to their end: counted with its own tokenizer, not guessed from their letters."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sft_core.config import Roles
from sft_core.data import examples, profile
from sft_core.models.resolve import BaseModel

LOOKED_AT = 1_000  # rows that are tokenised at most: half a second
LETTERS_A_TOKEN = 4.0  # of usual prose; told anew from the rows wherever some are long
_LONGEST = 50_000  # letters of a text that are tokenised; what is longer is cut in any model
# One letter may become several tokens (an emoji in a byte-level vocabulary), never more than this.
_TOKENS_A_LETTER = 4


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
    from tokenizers import Tokenizer

    path = base.folder / "tokenizer.json"
    if not path.is_file() or not roles.text:
        return None
    limit = base.facts.max_length
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def look(*, mixed: bool) -> tuple[list[int], float, int]:
        table, n = profile.longer_than(rows, roles, limit // _TOKENS_A_LETTER, LOOKED_AT, mixed=mixed)
        texts = [text[:_LONGEST] for text in _whole(table, roles)] if n else []
        lengths = [len(tokens) for tokens in tokenizer.encode_batch_fast(texts)]
        return lengths, limit * sum(map(len, texts)) / max(1, sum(lengths)), n

    lengths, letters, n = look(mixed=False)
    if not n:
        return Cut(limit, 0, True, round(limit * LETTERS_A_TOKEN))
    found = sum(length > limit for length in lengths)
    if n == len(lengths) or not any(length > limit for length in lengths[-LOOKED_AT // 10 :]):
        return Cut(limit, found, n == len(lengths), round(letters))
    lengths, letters, n = look(mixed=True)  # even the shortest of the longest are cut: a draw says how many
    return Cut(limit, round(n * sum(length > limit for length in lengths) / len(lengths)), False, round(letters))


def _whole(table: pd.DataFrame, roles: Roles) -> list[str]:
    texts, pairs = examples.texts(table, roles)
    return texts if pairs is None else [f"{first} {second}" for first, second in zip(texts, pairs, strict=True)]
