"""The glossary: each term that the screens use, in one plain sentence with one example.

They lie in `glossary.toml`. An entry opens where its term stands (`help=glossary.about("recall")`), and all of them
under “Words” in the sidebar.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A term as the screens have it; `forms` are the words by which a text is known to use it.

    What is `hard` is explained on every screen on which it stands; the rest is clear enough to be looked up once.
    """

    term: str
    what: str
    example: str
    forms: tuple[str, ...]
    hard: bool = True

    def stands_in(self, text: str) -> bool:
        """Whether a text uses the term."""
        return any(re.search(rf"(?<![\w-]){re.escape(form)}(?!\w)", text, re.IGNORECASE) for form in self.forms)


def _read() -> dict[str, Entry]:
    told = tomllib.loads((Path(__file__).parent / "glossary.toml").read_text(encoding="utf-8"))
    return {name: Entry(**{**entry, "forms": tuple(entry["forms"])}) for name, entry in told.items()}


ENTRIES: dict[str, Entry] = _read()


def about(*names: str) -> str:
    """What opens at a question mark: these entries, one below the other. Raises KeyError for an unknown name."""
    return "\n\n".join(f"**{ENTRIES[name].term}**  \n{_whole(ENTRIES[name])}" for name in names)


def said_in(text: str, *more: str) -> str | None:
    """What opens beside a sentence: the hard words of it, and these; None where there are none."""
    names = [name for name, entry in ENTRIES.items() if name in more or (entry.hard and entry.stands_in(text))]
    return about(*names) or None


def found(search: str) -> list[Entry]:
    """The entries in which all words of a search stand, those first whose term begins so; all without a search."""
    words = search.casefold().split()
    fitting = [entry for entry in ENTRIES.values() if all(word in _text(entry) for word in words)]
    return sorted(fitting, key=lambda entry: (not entry.term.casefold().startswith(search.casefold()), entry.term))


def _whole(entry: Entry) -> str:
    return f"{entry.what} *For example:* {entry.example}"


def _text(entry: Entry) -> str:
    return " ".join((entry.term, entry.what, entry.example, *entry.forms)).casefold()
