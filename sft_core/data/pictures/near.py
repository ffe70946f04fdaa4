"""Which pictures are nearly the same: saved anew, made smaller, a little brighter, or cut by a hair.

Two pictures are near when three things hold: few bits of their perceptual hashes differ, so do the colours of a 4 × 4
copy of each, and one is not much lighter than the other. What was measured for the limits stands in docs/decisions.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sft_core.data.duplicates import Codes, linked

MOST_BITS, MOST_BITS_OF_WORD = 40, 16  # of 256, and of each 64 of them
MOST_COLOUR, MOST_LIGHT = 5.0, 32.0  # mean differences, of 255
_WORDS, _CELLS = 4, 48
_LENGTH = 2 * (_WORDS * 8 + _CELLS)
_BLOCK, _SPAN = 64, 4_096

Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class Looks:
    """What the hashes hold, a row for each picture: 4 words of bits, 48 colours about their mean, and that mean."""

    words: NDArray[np.uint64]
    colours: NDArray[np.float32]
    light: NDArray[np.float32]

    def take(self, rows: Pairs) -> "Looks":
        """These rows of it."""
        return Looks(self.words[rows], self.colours[rows], self.light[rows])


def near_codes(hashes: Sequence[str], own: NDArray[np.uint64]) -> Codes:
    """A number for each picture, the same where a chain of near copies, or the same key in `own`, connects them.

    A hash that is none (a picture that is not there) is near to nothing.
    """
    kinds, code = np.unique(np.asarray(hashes, dtype=object).astype(str), return_inverse=True)
    whole = np.flatnonzero(np.char.str_len(kinds) == _LENGTH)
    if not len(whole):
        return linked(np.arange(len(own)), own)
    pairs = whole[near_pairs(unpacked(kinds[whole].tolist()))]
    chain = _chains(len(kinds), pairs)[code]
    lone = np.char.str_len(kinds)[code] != _LENGTH
    chain = np.where(lone, len(kinds) + np.arange(len(code)), chain)
    return linked(chain, own)


def unpacked(hashes: Sequence[str]) -> Looks:
    """The parts of hashes as `measures.perceptual_hash` wrote them."""
    raw = np.frombuffer(bytes.fromhex("".join(hashes)), dtype=np.uint8).reshape(len(hashes), -1)
    words = np.ascontiguousarray(raw[:, : _WORDS * 8]).view(np.uint64)
    colours = raw[:, _WORDS * 8 :].astype(np.float32)
    light = colours.mean(axis=1)
    return Looks(words, colours - light[:, None], light)


def near_pairs(looks: Looks) -> Pairs:
    """(n, 2) row numbers of all pairs that are near: each picture is compared with those of about its lightness."""
    order = np.argsort(looks.light, kind="stable")
    ordered = looks.take(order)
    ends = np.searchsorted(ordered.light, ordered.light + MOST_LIGHT, side="right")
    found = [part for start in range(0, len(order), _BLOCK) for part in _of_block(ordered, start, ends)]
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    return order[pairs]


def _of_block(looks: Looks, start: int, ends: NDArray[np.int64]) -> Iterator[Pairs]:
    """The pairs of some pictures with later ones: by 64 bits first, which leaves few for the rest."""
    stop = min(start + _BLOCK, len(ends))
    block = looks.words[start:stop, 0, None]
    for begin in range(start, int(ends[stop - 1]), _SPAN):
        others = looks.words[begin : min(begin + _SPAN, int(ends[stop - 1])), 0]
        places = np.flatnonzero(np.bitwise_count(block ^ others) <= MOST_BITS_OF_WORD)
        left, right = places // len(others) + start, places % len(others) + begin
        later = right > left
        yield _checked(looks, left[later], right[later])


def _checked(looks: Looks, left: Pairs, right: Pairs) -> Pairs:
    bits = np.bitwise_count(looks.words[left] ^ looks.words[right])
    fits = (bits.sum(axis=1, dtype=np.int64) <= MOST_BITS) & (bits.max(axis=1, initial=0) <= MOST_BITS_OF_WORD)
    left, right = left[fits], right[fits]
    colour = np.abs(looks.colours[left] - looks.colours[right]).mean(axis=1)
    alike = (colour <= MOST_COLOUR) & (np.abs(looks.light[left] - looks.light[right]) <= MOST_LIGHT)
    return np.stack([left[alike], right[alike]], axis=1)


def _chains(count: int, pairs: Pairs) -> Codes:
    """A number for each of `count` rows, the same where a chain of pairs connects them."""
    from scipy.sparse import coo_array  # here: it would slow every page's first load
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)
