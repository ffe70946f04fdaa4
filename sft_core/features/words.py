"""TF-IDF and logistic regression: what counting words and bits of words achieves, with no language model at all."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

if TYPE_CHECKING:  # scikit-learn takes a second to import, and only who fits needs it
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float32]

LONGEST = 2_000  # characters of a text that are looked at
MOST_WORK = 3_000_000  # rows × classes, some twenty seconds; of more rows a random sample is used
COMMON_FROM = 1_000  # rows from which on a word must stand in several texts to count
C = 10.0


@dataclass(frozen=True)
class WordsModel:
    """A fitted words baseline over `labels`; `rows_used` tells how many training rows it saw."""

    labels: tuple[str, ...]
    vectorizers: "tuple[TfidfVectorizer, ...]"
    classifier: Any  # OneVsRestClassifier, or None where there was nothing to tell apart
    shares: Floats
    rows_used: int

    def probabilities(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> Floats:
        """(n, k) fp32; class shares where no word is known."""
        result = np.tile(self.shares, (len(texts), 1))
        if self.classifier is None or not len(texts):
            return result
        x = _matrix(self.vectorizers, _joined(texts, pairs))
        found = np.zeros_like(result)
        found[:, self.classifier.classes_] = self.classifier.predict_proba(x)
        known = (np.diff(x.indptr) > 0) & np.isfinite(found).all(axis=1) & (found.sum(axis=1) > 0)
        result[known] = found[known] / found[known].sum(axis=1, keepdims=True)
        return result


def fit_words(
    texts: Sequence[str],
    y: NDArray[np.int64],
    labels: Sequence[str],
    *,
    pairs: Sequence[str] | None = None,
    seed: int = 0,
) -> WordsModel:
    """Fit on training texts and class numbers: words and pairs of words, and runs of 3 and 4 characters.

    One model a class against the rest (liblinear's dual form, which is quick where columns are many and sparse).
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    shares = (np.bincount(y, minlength=len(labels)) / max(len(y), 1)).astype(np.float32)
    rows = _sample(y, len(labels), seed)
    chosen = _joined([texts[i] for i in rows], None if pairs is None else [pairs[i] for i in rows])
    vectorizers = _fit_vectorizers(chosen)
    if not vectorizers or len(np.unique(y[rows])) < 2:
        return WordsModel(tuple(labels), vectorizers, None, shares, len(rows))
    base = LogisticRegression(C=C, solver="liblinear", dual=True, tol=0.1, random_state=seed)
    classifier = OneVsRestClassifier(base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a little less exact, and it is only a baseline
        classifier.fit(_matrix(vectorizers, chosen), y[rows])
    return WordsModel(tuple(labels), vectorizers, classifier, shares, len(rows))


def _sample(y: NDArray[np.int64], classes: int, seed: int) -> NDArray[np.int64]:
    most = max(MOST_WORK // max(classes, 1), 1_000)
    rows = np.arange(len(y))
    if len(y) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _joined(texts: Sequence[str], pairs: Sequence[str] | None) -> list[str]:
    if pairs is None:
        return [text[:LONGEST] for text in texts]
    return [f"{text[:LONGEST]}\n{pair[:LONGEST]}" for text, pair in zip(texts, pairs, strict=True)]


def _fit_vectorizers(texts: list[str]) -> "tuple[TfidfVectorizer, ...]":
    from sklearn.feature_extraction.text import TfidfVectorizer

    common = len(texts) >= COMMON_FROM
    options = {"sublinear_tf": True, "dtype": np.float32, "max_features": 50_000}
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2 if common else 1, token_pattern=r"(?u)\b\w+\b", **options)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=3 if common else 1, **options)
    return tuple(vectorizer for vectorizer in (words, pieces) if _fitted(vectorizer, texts))


def _fitted(vectorizer: "TfidfVectorizer", texts: list[str]) -> bool:
    try:
        vectorizer.fit(texts)
    except ValueError:  # how scikit-learn says that no word is left (only signs, or all too rare)
        return False
    return True


def _matrix(vectorizers: "tuple[TfidfVectorizer, ...]", texts: list[str]) -> csr_matrix:
    return hstack([vectorizer.transform(texts) for vectorizer in vectorizers]).tocsr()
