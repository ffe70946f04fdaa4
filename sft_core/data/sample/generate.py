"""Writes the sample: messages of the customers of an invented shop, with the flaws that real files have.

`python -m sft_core.data.sample.generate [FOLDER]` writes `messages.csv` and `next_month.csv`, always the same ones.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

PHRASES: dict[str, Any] = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
SLOTS: dict[str, list[str]] = PHRASES["slots"]
TOPICS: dict[str, list[str]] = PHRASES["topics"]
REQUESTS: dict[str, list[str]] = PHRASES["requests"]
ASIDES: dict[str, list[str]] = PHRASES["asides"]
NEW_TOPICS: dict[str, list[str]] = PHRASES["new_topics"]

SEED = 20
COLUMNS = ("received", "message", "category")

SIZES = {"Billing": 540, "Delivery": 530, "Technical": 455, "Cancellation": 360, "Complaint": 335, "Praise": 52}
NEXT_SIZES = {"Billing": 78, "Delivery": 142, "Technical": 88, "Cancellation": 36, "Complaint": 62, "Praise": 14}
NEW_SHARE = 0.35
# shares of the messages with a remark, some background, a mood; ALONE: of those whose one phrase says it all
ASIDE, BACKGROUND, MOOD, TWO_WANTS = 0.16, 0.12, 0.12, 0.65
ALONE = {"Cancellation": 0.38, "Complaint": 0.38, "Praise": 0.6}
RETURNED, SEEN_AGAIN = 38, 45

TWICE, ALMOST_TWICE, CONTRADICTED, WRONG = 64, 30, 8, 30
HTML, MOJIBAKE, CONTROL, NO_TEXT, NO_LABEL = 46, 24, 12, 14, 9

SPELLINGS = ("billing", "Billing ", "Biling", "billing", "Billing ")
RESPELLED = 34

_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aei])")


@dataclass(frozen=True)
class Row:
    """One row of the file. `template` is the phrase that decides its class, for the test of variety."""

    received: str
    message: str
    category: str
    template: str = ""

    def cells(self) -> tuple[str, str, str]:
        return self.received, self.message, self.category


class Deck:
    """Phrases dealt like cards: each comes once before any comes again."""

    def __init__(self, phrases: Iterable[str], dice: Random) -> None:
        self._phrases, self._dice = tuple(phrases), dice
        self._left: list[str] = []

    def draw(self) -> str:
        if not self._left:
            self._left = list(self._phrases)
            self._dice.shuffle(self._left)
        return self._left.pop()


@dataclass(frozen=True)
class Core:
    """The sentences that decide a class. `about` are the classes that they speak of, `template` is the chief one."""

    template: str
    sentences: tuple[str, ...]
    about: frozenset[str]


class Writer:
    """Writes messages of one month. All chance comes from the dice.

    Troubles (`TOPICS`) may stand in a complaint, a cancellation or a praise as well; requests may not, since they
    say what the writer wants.
    """

    def __init__(self, dice: Random, topics: dict[str, list[str]], first_day: date) -> None:
        self.dice, self._first_day = dice, first_day
        self._topics = _decks(topics, dice)
        self._troubles, self._asides = _decks(TOPICS, dice), _decks(ASIDES, dice)
        self._wants, self._alone = _decks(PHRASES["wants"], dice), _decks(PHRASES["alone"], dice)

    def row(self, label: str) -> Row:
        """One message of this class."""
        return self._dress(label, self._core(label))

    def plain(self, label: str, phrase: str) -> Row:
        """One message around a given phrase."""
        return self._dress(label, Core(phrase, (phrase,), frozenset({label})))

    def _core(self, label: str) -> Core:
        own = frozenset({label})
        if label in self._topics:
            topic = self._topics[label].draw()
            wants = () if topic in REQUESTS[label] else (self._wants[label].draw(),)
            return Core(topic, (topic, *wants), own)
        if self.dice.random() < ALONE[label]:
            alone = self._alone[label].draw()
            return Core(alone, (alone,), own)
        want = self._wants[label].draw()
        if label != "Praise" and self.dice.random() < TWO_WANTS:
            return Core(want, (want, self._wants[label].draw()), own)
        return self._around_a_trouble(label, want)

    def _around_a_trouble(self, label: str, want: str) -> Core:
        theme = self.dice.choice(list(self._troubles))
        trouble = self._troubles[theme].draw()
        first = label != "Praise" and self.dice.random() < 0.3
        more = () if label == "Praise" else (self._wants[label].draw(),)
        return Core(want, ((want, trouble) if first else (trouble, want)) + more, frozenset({label, theme}))

    def _aside(self, about: frozenset[str]) -> str:
        """A remark in the words of a class that the message is not about, so that it never contradicts it."""
        return self._asides[self.dice.choice([theme for theme in ASIDES if theme not in about])].draw()

    def _dress(self, label: str, core: Core) -> Row:
        dice, sentences = self.dice, list(core.sentences)
        if dice.random() < BACKGROUND:
            sentences.insert(0, dice.choice(PHRASES["background"]))
        if dice.random() < ASIDE:
            sentences.append(self._aside(core.about))
        if dice.random() < MOOD and label != "Praise":
            sentences.append(dice.choice(PHRASES["moods"]))
        if dice.random() < 0.45:
            sentences.insert(0, dice.choice(PHRASES["openings"]))
        if dice.random() < 0.35:
            sentences.append(dice.choice(PHRASES["closings"]))
        text = sloppy(dice, " ".join(fill(dice, sentence) for sentence in sentences if sentence))
        day = self._first_day + timedelta(days=dice.randrange(28))
        return Row(day.isoformat(), text, label, core.template)


def _decks(phrases: dict[str, list[str]], dice: Random) -> dict[str, Deck]:
    return {label: Deck(some, dice) for label, some in phrases.items()}


def fill(dice: Random, phrase: str) -> str:
    """The phrase with a choice made for each `(a|b)` and each `{slot}`."""
    while "(" in phrase:
        phrase = _CHOICE.sub(lambda found: dice.choice(found.group(1).split("|")), phrase, count=1)
    while "{" in phrase:
        phrase = _SLOT.sub(lambda found: dice.choice(SLOTS[found.group(1)]), phrase, count=1)
    phrase = _ARTICLE.sub(r"\1n ", phrase)
    return phrase[:1].upper() + phrase[1:]


def sloppy(dice: Random, text: str) -> str:
    """The text as a person in a hurry types it; two in three take their time."""
    if dice.random() < 0.65:
        return text
    for change in dice.sample(_HABITS, dice.choice((1, 1, 2, 3))):
        text = change(dice, text)
    return text


def _lower(_dice: Random, text: str) -> str:
    return text.lower()


def _loud(dice: Random, text: str) -> str:
    return (
        text.upper() if dice.random() < 0.15 else text.rstrip(".?! ") + dice.choice(("!!", "!!!", "??", "...", " :("))
    )


def _no_marks(_dice: Random, text: str) -> str:
    return re.sub(r"[,.'](?!\d)", "", text)


def _short(_dice: Random, text: str) -> str:
    for word, short in (("Please", "Pls"), ("please", "pls"), (" you ", " u "), ("because", "bc"), (" and ", " & ")):
        text = text.replace(word, short)
    return text


def _typo(dice: Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(dice.choice((1, 2, 3))):
        at = dice.randrange(len(words))
        words[at] = _mistyped(dice, words[at])
    return " ".join(words)


def _mistyped(dice: Random, word: str) -> str:
    if len(word) < 5 or not word.isalpha():
        return word
    i = dice.randrange(1, len(word) - 2)
    kind = dice.randrange(3)
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return (word[:i] + word[i + 1 :], swapped, word[:i] + word[i] + word[i:])[kind]


_HABITS: tuple[Callable[[Random, str], str], ...] = (_lower, _loud, _no_marks, _short, _typo, _typo)


def write_messages(seed: int = SEED) -> list[Row]:
    """The rows of `messages.csv`: 6 classes, and the flaws that the README lists."""
    dice = Random(seed)
    writer = Writer(dice, _all_topics(), date(2025, 3, 1))
    rows = [writer.row(label) for label, n in SIZES.items() for _ in range(n)]
    dice.shuffle(rows)
    rows = _mislabel(dice, rows)
    rows = _respell(dice, rows)
    rows = _dirty(dice, rows)
    rows += dice.sample(rows, TWICE)
    rows += [_again(dice, row) for row in dice.sample(rows, ALMOST_TWICE)]
    rows += [replace(row, category=_other(dice, row.category)) for row in dice.sample(rows, CONTRADICTED)]
    rows += [replace(row, message=dice.choice(("", "", " ")), template="") for row in dice.sample(rows, NO_TEXT)]
    rows += [replace(writer.row(dice.choice(list(SIZES))), category="") for _ in range(NO_LABEL)]
    rows += [Row(f"2025-03-{day:02}", text, label) for day, text, label in ODD_ROWS]
    return _by_day(dice, rows)


def write_next_month(seed: int = SEED) -> list[Row]:
    """The rows of `next_month.csv`: other shares, new topics, an unknown class, some rows of last month again."""
    dice = Random(seed + 1)
    writer = Writer(dice, _all_topics(), date(2025, 4, 1))
    news = Writer(dice, NEW_TOPICS, date(2025, 4, 1))
    rows = []
    for label, n in NEXT_SIZES.items():
        rows += [_next(dice, writer, news, label) for _ in range(n)]
    returns = Deck(PHRASES["returns"], dice)
    rows += [writer.plain("Return", returns.draw()) for _ in range(RETURNED)]
    whole = [row for row in write_messages(seed) if row.message.strip() and row.category in SIZES]
    rows += dice.sample(whole, SEEN_AGAIN)
    return _by_day(dice, rows)


def _all_topics() -> dict[str, list[str]]:
    return {label: troubles + REQUESTS[label] for label, troubles in TOPICS.items()}


def _next(dice: Random, writer: Writer, news: Writer, label: str) -> Row:
    new = label in NEW_TOPICS and dice.random() < NEW_SHARE
    return (news if new else writer).row(label)


def _mislabel(dice: Random, rows: list[Row]) -> list[Row]:
    """Give some rows a wrong class, as a tired clerk does."""
    return _change(dice, rows, WRONG, lambda row: replace(row, category=_other(dice, row.category)))


def _respell(dice: Random, rows: list[Row]) -> list[Row]:
    billing = [i for i, row in enumerate(rows) if row.category == "Billing"]
    for n, i in enumerate(dice.sample(billing, RESPELLED)):
        rows[i] = replace(rows[i], category=SPELLINGS[n % len(SPELLINGS)])
    return rows


def _dirty(dice: Random, rows: list[Row]) -> list[Row]:
    rows = _change(dice, rows, HTML, lambda row: replace(row, message=_tagged(dice, row.message)))
    rows = _change(dice, rows, MOJIBAKE, lambda row: replace(row, message=_misread(dice, row.message)))
    return _change(dice, rows, CONTROL, lambda row: replace(row, message=row.message.replace(" ", "\u0007 ", 2)))


def _change(dice: Random, rows: list[Row], n: int, change: Callable[[Row], Row]) -> list[Row]:
    for i in dice.sample(range(len(rows)), n):
        rows[i] = change(rows[i])
    return rows


def _tagged(dice: Random, text: str) -> str:
    first = text.find(". ") + 1
    broken = f"{text[:first]}<br />{text[first:].lstrip()}" if first else f"{text}<br>"
    return dice.choice(
        (broken, f"<p>{text}</p>", f"{text}&nbsp;", f'<div class="msg">{broken}</div>', broken.replace("'", "&#39;"))
    )


def _misread(dice: Random, text: str) -> str:
    """The text after UTF-8 was taken for Windows' Western encoding."""
    name = dice.choice(("Zoë", "Frau Müller", "José", "Renée", "Jürgen"))
    fancy = text.replace("'", "’") + f" – {name}"
    return fancy.encode("utf-8").decode("cp1252", "replace").replace("\ufffd", "")


def _again(dice: Random, row: Row) -> Row:
    """The same message, sent once more with other capitals, marks or spaces."""
    text = row.message
    dressed = dice.choice((text.upper(), text.lower(), text + "!", text.replace(" ", "  ", 2), f" {text}"))
    return replace(row, message=dressed)


def _other(dice: Random, label: str) -> str:
    return dice.choice([other for other in list(SIZES)[:5] if other != label])


def _by_day(dice: Random, rows: Sequence[Row]) -> list[Row]:
    mixed = list(rows)
    dice.shuffle(mixed)
    return sorted(mixed, key=lambda row: row.received)


_THREAD = (
    "Hello, see below, I am forwarding the whole conversation once more. > On Monday I wrote: the hammock has not "
    "come. > On Tuesday your chat said: it is in the depot. > On Wednesday the depot said: it is on a van. > On "
    "Thursday the van drove past our house. > On Friday your mail said: it was delivered. > It was not delivered. > "
    "On Saturday I asked the neighbours. > Nobody has it. > On Sunday I waited. > On Monday I was told to write. > "
)

ODD_ROWS: tuple[tuple[int, str, str], ...] = (
    (3, "ok", "Technical"),
    (5, "?", "Billing"),
    (9, "hm", "Delivery"),
    (12, "call me", "Complaint"),
    (14, "Wo bleibt mein Paket? Ich warte schon seit drei Wochen und die Sendung ist nicht da.", "Delivery"),
    (15, "Bitte kündigen Sie mein Abo zum Ende des Monats, ich brauche es nicht mehr.", "Cancellation"),
    (
        17,
        "Die App stürzt immer ab, wenn ich auf meine Bestellungen gehe, und das Passwort ist nicht falsch.",
        "Technical",
    ),
    (20, "¿Por qué me han cobrado dos veces el pedido de la silla? No lo entiendo.", "Billing"),
    (22, "Le colis n'est pas arrivé et le livreur ne répond pas, que dois-je faire avec la commande ?", "Delivery"),
    (23, "Здравствуйте, приложение не открывается после обновления.", "Technical"),
    (19, _THREAD * 4 + "Where is the hammock?", "Delivery"),
    (26, "INVOICE COPY " + "item 1 x lamp 24.00; item 2 x bulb 3.90; " * 60 + "Please explain the total.", "Billing"),
)


def save(rows: Sequence[Row], path: Path) -> None:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row.cells() for row in rows)


def main(folder: Path) -> None:
    """Write both files of the sample."""
    save(write_messages(), folder / "messages.csv")
    save(write_next_month(), folder / "next_month.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
