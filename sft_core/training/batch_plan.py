"""Which rows meet in which step: a pure function of (lengths, epoch, seed, batch size), so a cursor resumes it exactly.

Two levels. An *optimizer batch* holds a fixed number of rows of similar length; it decides the mathematics. Each is cut
into *micro-batches* by a token budget; they decide the memory only, so the budget may change while training.
Rows are shuffled, sorted by length within mega-batches of 50 optimizer batches, and the batches shuffled again
(as transformers' LengthGroupedSampler does). The longest batch comes first in epoch 0: memory trouble shows at step 1.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Lengths = NDArray[np.int32]

MEGA_BATCHES = 50
PLAN_VERSION = 1


@dataclass(frozen=True, eq=False)
class BatchPlan:
    """The optimizer batches of all epochs over rows of the given lengths (in tokens)."""

    lengths: Lengths
    batch_size: int
    epochs: int
    seed: int

    @property
    def steps_per_epoch(self) -> int:
        return ceil(len(self.lengths) / self.batch_size)

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * self.epochs

    def epoch(self, epoch: int) -> list[Indices]:
        """The optimizer batches of one epoch (0-based); every row is in exactly one of them."""
        dice = np.random.default_rng([self.seed, epoch])
        batches = _length_grouped(dice.permutation(len(self.lengths)), self.lengths, self.batch_size)
        order = dice.permutation(len(batches))
        batches = [batches[i] for i in order]
        return _longest_first(batches, self.lengths) if epoch == 0 else batches

    @cached_property
    def hash(self) -> str:
        """Equal for equal plans; a checkpoint of another plan cannot be continued."""
        facts = (PLAN_VERSION, MEGA_BATCHES, self.batch_size, self.epochs, self.seed, len(self.lengths))
        content = repr(facts).encode() + np.ascontiguousarray(self.lengths, dtype="<i4").tobytes()
        return hashlib.sha256(content).hexdigest()[:16]


def micro_batches(batch: Indices, lengths: Lengths, token_budget: int) -> list[Indices]:
    """A batch cut so that rows × longest row stays within the budget; a row above the budget stands alone."""
    ordered = batch[np.argsort(-lengths[batch], kind="stable")]
    cuts: list[Indices] = []
    start = 0
    while start < len(ordered):
        rows = max(1, token_budget // max(1, int(lengths[ordered[start]])))
        cuts.append(ordered[start : start + rows])
        start += rows
    return cuts


def padding_ratio(batches: Sequence[Indices], lengths: Lengths) -> float:
    """Share of computed tokens that is padding (0: none)."""
    computed = sum(len(batch) * int(lengths[batch].max()) for batch in batches)
    return 1 - int(lengths[np.concatenate(batches)].sum()) / computed if computed else 0.0


def longest_batch(batches: Sequence[Indices], lengths: Lengths) -> int:
    """Position of the batch with the most tokens after padding."""
    return int(np.argmax([len(batch) * int(lengths[batch].max()) for batch in batches]))


def _length_grouped(order: Indices, lengths: Lengths, batch_size: int) -> list[Indices]:
    batches: list[Indices] = []
    for start in range(0, len(order), batch_size * MEGA_BATCHES):
        mega = order[start : start + batch_size * MEGA_BATCHES]
        mega = mega[np.argsort(-lengths[mega], kind="stable")]
        batches.extend(mega[i : i + batch_size] for i in range(0, len(mega), batch_size))
    return batches


def _longest_first(batches: list[Indices], lengths: Lengths) -> list[Indices]:
    first = longest_batch(batches, lengths)
    return [batches[first], *batches[:first], *batches[first + 1 :]]
