"""Which rows are the same: letter by letter, or once case, spaces and sentence marks are ignored.

One notion of "the same text" serves cleaning, splitting, the audit and the search for rows that a model has seen.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.data.kinds.registry import kind_of

Keys = NDArray[np.uint64]
Codes = NDArray[np.int64]

# Sentence marks and quotes say nothing about the topic. Brackets, colons and symbols stay: ":(" is not ":)", and
# neither is "50 %" the same as "50".
_MARKS = ".,;!?…\"'`´‘’‚‛“”„‟«»‹›¡¿。、！？，；"
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_TABLE = {**dict.fromkeys(map(ord, _MARKS), " "), **dict.fromkeys(map(ord, _INVISIBLE), None)}
_ASCII_TABLE = bytes(
    ord(" ") if chr(code) in _MARKS or chr(code).isspace() else ord(chr(code).lower()) if code < 128 else code
    for code in range(256)
)
_PAIR = "\x1f"
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """The text without what does not tell two messages apart: case, width, runs of spaces, sentence marks.

    A text of nothing but sentence marks ("?!") keeps them, so that it does not become the empty text.
    """
    if text.isascii():  # most texts: through bytes it takes half the time
        return b" ".join(text.encode().translate(_ASCII_TABLE).split()).decode() or _only_marks(text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_TABLE).split()) or _only_marks(folded)


def _only_marks(folded: str) -> str:
    return _SPACES.sub(" ", folded).strip()


def exact_keys(texts: Sequence[str]) -> Keys:
    """A 64-bit key for each text, the same for the same letters, in every table and process."""
    return pd.util.hash_array(np.asarray(texts, dtype=object), categorize=False)


def joined(texts: Sequence[str], pairs: Sequence[str] | None) -> Sequence[str]:
    """Each text with its pair as one string, in a way that no other pair of texts gives."""
    return texts if pairs is None else [f"{text}{_PAIR}{pair}" for text, pair in zip(texts, pairs, strict=True)]


def row_hashes(texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[str]:
    """What `row_hashes.txt` holds: 32 hex digits of the normalised text, whatever its label.

    A run keeps these, so that a later test file can be searched for rows that the model has seen.
    """
    return [_digest(text) for text in normalised_rows(texts, pairs)]


def table_keys(table: pd.DataFrame, roles: Roles) -> Keys:
    """A key for each row of a table, equal where what is read is the same to a reader (see `kinds`)."""
    return kind_of(roles).alike_keys(table, roles)


def exact_table_keys(table: pd.DataFrame, roles: Roles) -> Keys:
    """A key for each row of a table, equal where what is read is the very same."""
    return kind_of(roles).exact_keys(table, roles)


def empty_inputs(table: pd.DataFrame, roles: Roles) -> NDArray[np.bool_]:
    """Which rows have nothing to read."""
    return kind_of(roles).empty(table, roles)


def table_hashes(table: pd.DataFrame, roles: Roles) -> list[str]:
    """What `row_hashes.txt` holds of the rows of a table: 32 hex digits of what is read, whatever its label."""
    return kind_of(roles).hashes(table, roles)


def is_blank(column: pd.Series) -> NDArray[np.bool_]:
    """Which cells hold nothing but white space."""
    return (column.str.strip() == "").to_numpy(dtype=bool)


def linked(first: NDArray[np.generic], second: NDArray[np.generic] | None = None) -> Codes:
    """A number for each row; rows get the same one where a chain of equal keys, of either kind, connects them."""
    codes, kinds = pd.factorize(first)
    if second is None:
        return codes.astype(np.int64)
    others, other_kinds = pd.factorize(second)
    return _components(codes, others, len(kinds), len(other_kinds))[codes]


def _components(left: NDArray[np.intp], right: NDArray[np.intp], n_left: int, n_right: int) -> Codes:
    # Imported here: only splits by group need it, and it would slow every page's first load.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = n_left + n_right
    edges = coo_array((np.ones(len(left), dtype=np.int8), (left, right + n_left)), shape=(n, n))
    _count, component = connected_components(edges, directed=False)
    return np.asarray(component, dtype=np.int64)


def normalised_rows(texts: Sequence[str], pairs: Sequence[str] | None) -> Sequence[str]:
    """Each text, and its pair, normalised and joined to one string."""
    normal = [normalise(text) for text in texts]
    return joined(normal, None if pairs is None else [normalise(pair) for pair in pairs])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
