"""Numbers, times and data values as people read them; every value that comes from data passes through `plain`."""

import re
import time
from datetime import datetime

from sft_core.evaluation import wording
from sft_core.evaluation.wording import visible
from sft_core.training import durations

_JOINER = "\u2060"  # invisible, no width, no line break: parts what Markdown would make a link, an icon or an arrow of
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_AFTER_PARSING = (
    (re.compile(r"(https?):", re.IGNORECASE), rf"\1{_JOINER}:"),
    (re.compile(r"(www)\.", re.IGNORECASE), rf"\1{_JOINER}."),
    (re.compile(r"@"), f"{_JOINER}@"),
    (re.compile(r":(?=[\w+-]+(?::|/))"), f":{_JOINER}"),
    (re.compile(r"(?<=[<>=~-])(?=[<>=~-])"), _JOINER),
)


def plain(value: object, limit: int = 0) -> str:
    """A value from data as Markdown that shows exactly its characters: no links, icons, colours, formulas or HTML.

    Line breaks become spaces; with a `limit` the text is cut after that many characters.
    """
    text = " ".join(str(value).split())
    if limit and len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    for pattern, parted in _AFTER_PARSING:
        text = pattern.sub(parted, text)
    return _PUNCTUATION.sub(r"\\\1", text)


def named(label: str, limit: int = 0) -> str:
    """A class as `plain` Markdown; spaces around it, which one would not see, are shown as dots in quotation marks."""
    return plain(visible(label), limit)


def number(value: float) -> str:
    """12345 as "12,345"."""
    return f"{value:,.0f}"


def count(value: int, word: str, words: str = "") -> str:
    """ "1 row", "2,391 rows", "no rows"."""
    many = words or f"{word}s"
    return f"{number(value) if value else 'no'} {word if value == 1 else many}"


def in_100(share: float, *beside: float | None) -> str:
    """0.913 as "91 in 100", 0.994 as "99.4 in 100"; apart from what it stands beside."""
    return f"{wording.in_100(share, *beside)} in 100"


def percent(share: float) -> str:
    """How sure a model is: "91%", "99.4%", "over 99.9%"; it is never certain."""
    return wording.sure(share)


def likely(interval: tuple[float, float] | list[float]) -> str:
    """(0.883, 0.934) as "likely 88–93"."""
    return f"likely {wording.span(interval)}"


def duration(seconds: float) -> str:
    """About how long: "20 s", "2 min", "1 h 20 min"."""
    return durations.duration(seconds, short=True)


def size(n_bytes: float) -> str:
    """ "120 KB", "1.4 GB"."""
    for unit in ("bytes", "KB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} GB"


def when(stamp: float | None, now: float | None = None) -> str:
    """A moment in the past: "just now", "20 min ago", "today 14:02", "yesterday", "3 March 2026"."""
    if stamp is None:
        return ""
    now = time.time() if now is None else now
    if now - stamp < 60:
        return "just now"
    if now - stamp < 3600:
        return f"{round((now - stamp) / 60)} min ago"
    then, today = datetime.fromtimestamp(stamp), datetime.fromtimestamp(now)
    days = (today.date() - then.date()).days
    if days == 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return "yesterday"
    return f"{then.day} {then:%B}" if then.year == today.year else f"{then.day} {then:%B %Y}"


def listing(items: list[str], most: int = 5) -> str:
    """ "a, b and c"; "a, b and 7 more" where there are too many."""
    if len(items) > most:
        items = [*items[: most - 1], f"{number(len(items) - most + 1)} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
