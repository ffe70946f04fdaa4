"""Numbers as people say them: "91 times in 100", "likely 88–93", "about 2 minutes"."""

import re
from collections.abc import Sequence

# How a baseline is called inside a sentence (see `spoken`), and beside a bar.
SPOKEN = {
    "majority": "always saying the commonest class",
    "tfidf_logreg": "the simple method (words)",
    "pixels": "the simple method (pixels)",
    "probe": "the model without training (probe)",
    "rival": "the present answer",
}
TITLES = {
    "majority": "Always the commonest class",
    "tfidf_logreg": "Simple method (words)",
    "pixels": "Simple method (pixels)",
    "probe": "Without training (probe)",
    "rival": "The present answer",
}

# What macro-F1 is to a lay person.
MACRO_F1 = (
    "A mark out of 100 in which a rare class counts as much as a common one: it is high only where each class is "
    "found and few others are taken for it. The standard word is macro-F1, which runs from 0 to 1."
)


def spoken(method: str) -> str:
    """How a baseline is called inside a sentence."""
    return SPOKEN.get(method, method)


# Where a whole number of 100 would hide what errors are left: 99.4 makes half the mistakes of 98.6.
_NEAR_CERTAIN, _RARE = 98.5, 1.0
_WHOLE, _MOST_DECIMALS = 1e-7, 2


def in_100(share: float, *beside: float | None) -> str:
    """A share as a number out of 100: "91"; near 0 and 100 with a decimal, so that a rare error does not vanish.

    What it stands `beside` and would read alike, though it differs, brings decimals too: "84.4" beside "83.6". Only
    what is exactly 0 or 1 is called 0 or 100.
    """
    decimals = _decimals(share)
    others = [other for other in beside if other is not None and abs(other - share) > _WHOLE]
    while decimals < _MOST_DECIMALS and any(_written(o, decimals) == _written(share, decimals) for o in others):
        decimals += 1
    return _written(share, decimals)


def span(interval: Sequence[float]) -> str:
    """An interval out of 100, both ends alike: "88–93", "99.0–99.7"."""
    return "–".join(together(*interval[:2]))


def together(*shares: float) -> tuple[str, ...]:
    """Shares out of 100 with as many decimals as the one that needs most: ("99.0", "99.7")."""
    decimals = max(_decimals(share) for share in shares)
    while decimals < _MOST_DECIMALS and _read_alike(shares, decimals):
        decimals += 1
    return tuple(_written(share, decimals) for share in shares)


def _read_alike(shares: Sequence[float], decimals: int) -> bool:
    """Whether two that differ would be written the same."""
    kinds = {round(share / _WHOLE) for share in shares}
    return len({_written(share, decimals) for share in shares}) < len(kinds)


def _decimals(share: float) -> int:
    value = 100 * share
    if abs(value - round(value)) < 100 * _WHOLE:
        return 0
    return int(value < _RARE or value >= _NEAR_CERTAIN)


def _written(share: float, decimals: int) -> str:
    if share < _WHOLE or share > 1 - _WHOLE:
        return f"{100 * share:.0f}"
    least = 10.0**-decimals  # a whole 0 or 100 would say that there is nothing of it, or nothing else
    return f"{min(max(100 * share, least), 100 - least):.{decimals}f}"


def percent(share: float, *beside: float | None) -> str:
    """A share in per cent: "91%", "99.4%"; see `in_100`."""
    return f"{in_100(share, *beside)}%"


def sure(confidence: float) -> str:
    """How sure a model is, in per cent. It is never certain: "99.4%", "over 99.9%", "under 0.1%"."""
    if confidence > 0.999:
        return "over 99.9%"
    if confidence < 0.001:
        return "under 0.1%"
    return percent(confidence)


def times(share: float, *beside: float | None) -> str:
    """ "91 times in 100"."""
    number = in_100(share, *beside)
    return f"{number} {'time' if number == '1' else 'times'} in 100"


def points(score: float, *beside: float | None) -> str:
    """A score between 0 and 1 that is no share of anything, such as macro-F1: "51 of 100"."""
    return f"{in_100(score, *beside)} of 100"


def fractions(*scores: float) -> tuple[str, ...]:
    """Scores between 0 and 1 with as many decimals as the one that needs most: ("0.994", "0.998")."""
    decimals = max((_decimals(score) for score in scores), default=0)
    return tuple(f"{float(text) / 100:.{decimals + 2}f}" for text in (_written(score, decimals) for score in scores))


def chance(p: float) -> str:
    """A p-value as it is read: "p < 0.001", "p = 0.14"."""
    for bound in (0.001, 0.01):
        if p < bound:
            return f"p < {bound}"
    return f"p = {p:.2f}"


def counted(n: int, words: tuple[str, str]) -> str:
    """A number with its word, `words` are (one, many): "1 message", "3,080 messages"."""
    return f"{n:,} {words[n != 1]}"


def visible(label: str) -> str:
    """A class as it is written; where it holds what one would not see, in quotation marks with a mark for each of it.

    A dot is an ordinary space at an end or beside another one, an arrow a tab, a bracket any other kind of space or an
    invisible character, and a control character has its name in small letters: names that look alike are told apart.
    """
    core = label.strip()
    inside = marked(core.replace("\n", "␊")).replace("  ", "··")
    if inside == label:
        return label
    before = len(label) - len(label.lstrip())
    after = before + len(core)
    return f"“{_marks(label[:before])}{inside}{_marks(label[after:])}”"


def marked(text: str) -> str:
    """The same text with a mark for each character, but for line breaks, that would not be seen or would move a cursor.

    So a name from data changes no terminal, and text that runs from right to left hides nothing behind it.
    """
    return _UNSEEN.sub(_mark, text)


_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # what a terminal obeys
    "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f"  # spaces; the wide one of Chinese and Japanese is seen
    "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"  # nothing to see, or a change of direction
)


def _mark(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 9:
        return "→"
    if code < 32:
        return chr(0x2400 + code)
    return "␡" if code == 127 else "⍽"


def _marks(spaces: str) -> str:
    return "".join({" ": "·", "\t": "→"}.get(space, "⍽") for space in spaces)


def named(names: Sequence[str], most: int = 5) -> str:
    """A few classes for a sentence: "A, B, C and 4 more"."""
    shown = ", ".join(visible(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def quoted(names: Sequence[str], most: int = 8) -> str:
    """Names for a sentence: “a”, “b” and “c”; where there are too many, how many more."""
    shown = [f"“{name}”" for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def sentence(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
