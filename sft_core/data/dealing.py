"""Dealing clusters of rows to training, validation and test, each class in its share.

Pure numbers: codes of clusters and classes go in, a code of a split for each row comes out. A cluster (rows that are
the same, or belong to the same person) is never divided. What it draws depends on its own name and the seed, never on
its place in the table: when a row goes, comes or gets another class, the others stay where they are, but for one or
two at the cuts.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import SPLITS

Codes = NDArray[np.int64]
Names = NDArray[np.uint64]

LEFT_OUT, TRAIN, VALIDATION, TEST = 0, 1, 2, 3
NAMES = np.array(["", *SPLITS], dtype=object)  # of each code
CODES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


@dataclass(frozen=True)
class Shares:
    """Which share of the rows goes to the test, and which share of the rest to validation."""

    test: float
    validation: float


def deal(clusters: Codes, classes: Codes, names: Names, shares: Shares, seed: int) -> Codes:
    """A split code for each row: clusters whole, classes in their shares, the same for the same names and seed.

    `names` holds a 64-bit hash of what each row is (its text, or its group); the smallest one names a cluster. A class
    with three clusters or more gets at least one of them in each wished split, where that is possible; with two it has
    one to learn from and one for the test or for validation; with one it is only learned.
    """
    if not len(clusters):
        return np.empty(0, dtype=np.int64)
    cluster = _in_drawn_order(clusters, names, seed)
    sizes = np.bincount(cluster)
    dealt = _deal_strata(sizes, _rarest_class(cluster, classes, len(sizes)), shares)
    _give_missing_classes(dealt, cluster, classes, shares)
    return dealt[cluster]


def _in_drawn_order(clusters: Codes, names: Names, seed: int) -> Codes:
    """A number for each row's cluster: its rank among the lots that the clusters draw."""
    codes = pd.factorize(clusters)[0]
    smallest = np.full(int(codes.max()) + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(smallest, codes, names)
    rank = np.empty(len(smallest), dtype=np.int64)
    rank[np.argsort(lots(smallest, seed), kind="stable")] = np.arange(len(smallest))
    return np.asarray(rank[codes], dtype=np.int64)


def lots(names: Names, seed: int) -> Names:
    """A number drawn for each name: evenly spread, the same in every process (SplitMix64 of name and seed)."""
    start = int.from_bytes(hashlib.blake2b(str(seed).encode(), digest_size=8).digest(), "little")
    mixed = names ^ np.uint64(start)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _rarest_class(cluster: Codes, classes: Codes, n_clusters: int) -> Codes:
    """The stratum of each cluster: of its classes the rarest, for the others are spread well enough anyway."""
    counts = np.bincount(classes)
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    best = np.full(n_clusters, len(counts), dtype=np.int64)
    np.minimum.at(best, cluster, rank[classes])
    return best


def _deal_strata(sizes: Codes, stratum: Codes, shares: Shares) -> Codes:
    """A split code for each cluster; they come in the order of their lots, and each stratum is cut by its shares."""
    rows = np.bincount(stratum, weights=sizes)
    clusters = np.bincount(stratum, minlength=len(rows))
    test_rows = shares.test * rows
    validation_rows = shares.validation * (rows - test_rows)
    # A cluster that is larger than half of what it should fill stays in training, and so comes last.
    bulky = sizes > np.maximum(1.0, 0.5 * np.where(shares.test > 0, test_rows, validation_rows)[stratum])
    order = np.lexsort((np.arange(len(sizes)), bulky, stratum))
    ordered, first = stratum[order], np.concatenate([[0], np.cumsum(clusters)[:-1]])
    running = np.cumsum(sizes[order])
    start_of_stratum = np.concatenate([[0.0], np.cumsum(rows)[:-1]])
    middle = running - sizes[order] / 2 - start_of_stratum[ordered]
    n_test, n_validation = _counts(
        clusters,
        np.bincount(ordered, middle < test_rows[ordered], len(rows)).astype(np.int64),
        np.bincount(ordered, middle < (test_rows + validation_rows)[ordered], len(rows)).astype(np.int64),
        np.minimum.reduceat(order, first),
        shares,
    )
    place = np.arange(len(sizes)) - first[ordered]
    dealt = np.empty(len(sizes), dtype=np.int64)
    dealt[order] = np.select(
        [place < n_test[ordered], place < (n_test + n_validation)[ordered]], [TEST, VALIDATION], TRAIN
    )
    return dealt


def _counts(
    clusters: Codes, n_test: Codes, n_upto_validation: Codes, drawn: Codes, shares: Shares
) -> tuple[Codes, Codes]:
    """How many clusters of each class go to test and validation, so that no class is missing where it need not be.

    Of the classes with two clusters the half that `drawn` the smallest numbers has one in the test.
    """
    want_test, want_validation = shares.test > 0, shares.validation > 0
    pairs = np.flatnonzero(clusters == 2)
    tested = np.zeros(len(clusters), dtype=bool)
    tested[pairs[np.argsort(drawn[pairs], kind="stable")][: len(pairs) // 2]] = True
    needs_test = want_test & ((clusters >= 3) | ((clusters == 2) & (tested | (not want_validation))))
    needs_validation = want_validation & ((clusters >= 3) | ((clusters == 2) & ~needs_test))
    n_validation = n_upto_validation - n_test
    n_test = np.clip(n_test, needs_test, np.maximum(clusters - 1 - needs_validation, 0)) * want_test
    n_validation = np.clip(n_validation, needs_validation, np.maximum(clusters - 1 - n_test, 0)) * want_validation
    return n_test, n_validation


def _give_missing_classes(dealt: Codes, cluster: Codes, classes: Codes, shares: Shares) -> None:
    """Move whole clusters to where one of their classes is missing, if that takes no class away from anywhere."""
    pairs = np.unique(classes * len(dealt) + cluster)
    members = _Members(pairs // len(dealt), pairs % len(dealt))
    has = np.zeros((int(classes.max()) + 1, TEST + 1), dtype=np.int64)
    np.add.at(has, (members.classes, dealt[members.clusters]), 1)
    wished = [split for split, share in ((TRAIN, 1.0), (VALIDATION, shares.validation), (TEST, shares.test)) if share]
    lacking = (has[:, wished] == 0).any(axis=1) & (has.sum(axis=1) >= len(wished))
    for name in np.flatnonzero(lacking):
        for split in wished:
            if not has[name, split]:
                _move_one(int(name), split, dealt, members, has)


class _Members:
    """Which clusters hold a class, and which classes a cluster holds, each found in logarithmic time."""

    def __init__(self, classes: Codes, clusters: Codes) -> None:
        self.classes, self.clusters = classes, clusters
        order = np.argsort(clusters, kind="stable")
        self._by_cluster, self._sorted_clusters = classes[order], clusters[order]

    def of_class(self, name: int) -> Codes:
        return self.clusters[slice(*np.searchsorted(self.classes, [name, name + 1]))]

    def of_cluster(self, cluster: int) -> Codes:
        return self._by_cluster[slice(*np.searchsorted(self._sorted_clusters, [cluster, cluster + 1]))]


def _move_one(name: int, split: int, dealt: Codes, members: _Members, has: Codes) -> None:
    for candidate in members.of_class(name):
        source = dealt[candidate]
        inside = members.of_cluster(candidate)
        if source != split and has[inside, source].min() >= 2:
            has[inside, source] -= 1
            has[inside, split] += 1
            dealt[candidate] = split
            return


def keep_on_one_side(dealt: Codes, clusters: Codes) -> NDArray[np.bool_]:
    """Which rows must be left out so that no cluster lies on two sides: the test keeps its rows, then validation.

    For rows whose split is given (a test file, a column, a point in time): they cannot be moved, only left out.
    """
    _kinds, cluster = np.unique(clusters, return_inverse=True)
    highest = np.zeros(cluster.max() + 1 if len(cluster) else 0, dtype=np.int64)
    np.maximum.at(highest, cluster, dealt)
    return np.asarray((dealt != LEFT_OUT) & (dealt < highest[cluster]), dtype=np.bool_)
