"""How sure a score is: intervals for shares and for macro-F1, and whether a difference is more than luck."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sft_core.scoring.metrics import Counts, Floats, rates_of

Interval = tuple[float, float]

FEWEST_ROWS = 5  # a class with fewer rows makes a bootstrap of its F1 meaningless
REPEATS = 2000


class Versus(NamedTuple):
    """One set of answers against another on the same rows: `fixed` and `broken` are seen from the first."""

    p: float
    fixed: int
    broken: int


class F1Intervals(NamedTuple):
    """Intervals of the macro-F1 and of each class' F1; None where the rows do not allow one, with the reason."""

    macro: Interval | None
    classes: list[Interval | None]
    reason: str


def wilson(hits: int, rows: int, confidence: float = 0.95) -> Interval | None:
    """Where the true share likely lies after `hits` of `rows` (Wilson 1927); None without rows."""
    if not rows:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / rows
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * float(np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == rows else min(1.0, middle + half)
    return low, high


def f1_intervals(counts: Counts, *, seed: int = 0, confidence: float = 0.95) -> F1Intervals:
    """Percentile bootstrap of F1: `REPEATS` multinomial draws over the filled cells of a table from `metrics.count`.

    None for the macro mean where a class has fewer than `FEWEST_ROWS` rows, or where no mistake was seen: a bootstrap
    would then claim certainty.
    """
    support = counts.sum(axis=1)[:-1]
    reason = _no_bootstrap(counts, support)
    if not counts.sum():
        return F1Intervals(None, [None] * len(support), reason)
    drawn = _draw_f1(counts, seed)
    low, high = (1 - confidence) / 2, (1 + confidence) / 2
    bounds = np.quantile(drawn, [low, high], axis=0)
    classes = [
        (float(bounds[0, i]), float(bounds[1, i])) if _can_vary(counts, i) else None for i in range(len(support))
    ]
    if reason:
        return F1Intervals(None, classes, reason)
    macro = np.quantile(drawn.mean(axis=1), [low, high])
    return F1Intervals((float(macro[0]), float(macro[1])), classes, "")


def _no_bootstrap(counts: Counts, support: Counts) -> str:
    if not counts.sum():
        return "There are no rows."
    few = int((support < FEWEST_ROWS).sum())
    if few:
        classes = "one class has" if few == 1 else f"{few} classes have"
        return f"No interval: {classes} fewer than {FEWEST_ROWS} rows, too few to say how sure this is."
    if np.trace(counts[:-1, :-1]) == counts.sum():
        return "No interval: there was no mistake, so the rows cannot show how far this may be off."
    return ""


def _can_vary(counts: Counts, place: int) -> bool:
    """Whether a bootstrap of this class' F1 means something: enough rows, and both hits and mistakes."""
    support, said, hits = int(counts[place].sum()), int(counts[:, place].sum()), int(counts[place, place])
    return support >= FEWEST_ROWS and hits > 0 and 2 * hits < support + said


def _draw_f1(counts: Counts, seed: int) -> Floats:
    """F1 (repeats, k) of bootstrap draws. Only filled cells are drawn: 150 classes have 22,500 cells, most empty."""
    real, said = np.nonzero(counts)
    weights = counts[real, said] / counts.sum()
    classes = len(counts) - 1
    by_real = _indicator(real, classes)
    by_said = _indicator(said, classes)
    by_hit = by_real * (real == said)[:, None]
    dice = np.random.default_rng(seed)
    parts = []
    for _ in range(4):  # in parts, to keep the memory of long label lists small
        draws = dice.multinomial(int(counts.sum()), weights, size=REPEATS // 4).astype(np.float64)
        parts.append(rates_of(draws @ by_hit, draws @ by_said, draws @ by_real)[2])
    return np.concatenate(parts)


def _indicator(places: NDArray[Any], classes: int) -> Floats:
    """(cells, k): 1 where a cell belongs to a class; the row of unknown labels belongs to none."""
    belongs: Floats = (places[:, None] == np.arange(classes)[None, :]).astype(np.float64)
    return belongs


def mcnemar(ours: Sequence[bool] | NDArray[Any], theirs: Sequence[bool] | NDArray[Any]) -> Versus:
    """Exact McNemar test (1947) of right and wrong answers on the same rows; p = 1 where they never differ."""
    first, second = np.asarray(ours, dtype=bool), np.asarray(theirs, dtype=bool)
    fixed, broken = int((first & ~second).sum()), int((~first & second).sum())
    # scipy.stats costs more than a second to import, and pages that only draw an interval come through here
    from scipy.stats import binomtest

    p = float(binomtest(fixed, fixed + broken, 0.5).pvalue) if fixed + broken else 1.0
    return Versus(min(p, 1.0), fixed, broken)


def two_shares(hits_a: int, rows_a: int, hits_b: int, rows_b: int) -> float | None:
    """p that two shares of different rows differ by luck (Fisher's exact test); None where one side has no rows."""
    if not rows_a or not rows_b:
        return None
    table = [[hits_a, rows_a - hits_a], [hits_b, rows_b - hits_b]]
    from scipy.stats import fisher_exact  # as above

    return min(float(fisher_exact(table).pvalue), 1.0)


def paired_difference(
    ours: NDArray[Any], theirs: NDArray[Any], *, seed: int = 0, confidence: float = 0.95
) -> Interval | None:
    """Where the true difference of two accuracies on the same rows likely lies (bootstrap over fixed, broken, same)."""
    if not len(ours):
        return None
    gains = np.asarray(ours, dtype=np.int64) - np.asarray(theirs, dtype=np.int64)
    shares = np.array([(gains == 1).mean(), (gains == -1).mean(), (gains == 0).mean()])
    if shares[2] == 1:
        return None
    draws = np.random.default_rng(seed).multinomial(len(gains), shares, size=REPEATS)
    low, high = np.quantile((draws[:, 0] - draws[:, 1]) / len(gains), [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
