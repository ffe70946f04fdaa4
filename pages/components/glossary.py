"""The glossary: each term that the screens use, in one plain sentence with one example.

An entry opens where its term stands (`help=glossary.about("recall")`), and all of them under “Words” in the sidebar.
"""

import re
from dataclasses import dataclass


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
        return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) for form in self.forms)


ENTRIES: dict[str, Entry] = {
    "accuracy": Entry(
        "Right answers (accuracy)",
        "How many of 100 answers are right.",
        "184 of 200 test messages answered rightly are 92 in 100.",
        ("right answers", "right in 100", "times in 100", "accuracy"),
        hard=False,
    ),
    "commonest": Entry(
        "Always the commonest class",
        "The laziest way to answer, the same for every row, which any useful model must beat.",
        "If 70 of 100 messages are about billing, always saying “billing” is right 70 times in 100.",
        ("commonest class",),
        hard=False,
    ),
    "base model": Entry(
        "Base model",
        "The model that training starts from, which has read many texts or seen many pictures before yours.",
        "One that has read much English knows already that “invoice” and “bill” mean nearly the same.",
        ("base model", "start from", "starts from"),
    ),
    "class": Entry(
        "Class",
        "One of the answers that the model can give.",
        "“Billing”, “Delivery” and “Praise” are three classes.",
        ("class", "classes"),
        hard=False,
    ),
    "contradiction": Entry(
        "Contradiction",
        "Rows with the same text or picture that bear different labels.",
        "“Where is it?” stands once under “Delivery” and once under “Billing”.",
        ("contradictions", "contradict", "another class"),
        hard=False,
    ),
    "duplicate": Entry(
        "Duplicate",
        "A row that stands in the data more than once, without any difference.",
        "The same message was saved twice by the mail program.",
        ("duplicate", "duplicates", "repeats an earlier row", "letter by letter", "stands there twice"),
    ),
    "effort": Entry(
        "Effort (preset)",
        "A ready choice of all settings, which says how long the model may learn.",
        "“Quick” shows in minutes what the data can give, “Best” takes longer and is often a little better.",
        ("how much effort", "preset"),
    ),
    "f1": Entry(
        "Both in one number (F1)",
        "One number from 0 to 1 that is high only where many of a class are found and few others are taken for it.",
        "Found 0.9 and right when said 0.5 give 0.64.",
        ("f1",),
    ),
    "far off": Entry(
        "How far off (loss)",
        "How far the answers are from the right ones, where a sure mistake counts more than an unsure one.",
        "Saying “billing, 99% sure” and being wrong costs far more than being wrong at 51%.",
        ("loss", "log loss", "how far off its"),
    ),
    "graphics card": Entry(
        "Graphics card",
        "A part that some computers have and with which training goes much faster.",
        "What takes an hour on the processor may take two minutes on a graphics card.",
        ("graphics card",),
        hard=False,
    ),
    "group": Entry(
        "Rows that belong together (group)",
        "Rows of one person, document or place, which are all learnt from or all tested, never some here and some there.",
        "All visits of one patient stand on the same side.",
        ("belong together", "group", "groups"),
        hard=False,
    ),
    "hub": Entry(
        "Hugging Face hub",
        "A public place on the internet from which models can be downloaded.",
        "The model “BGE small” comes from there, once, and then stays on this machine.",
        ("hugging face", "hub"),
        hard=False,
    ),
    "label": Entry(
        "Label",
        "The right answer to a row, as a person gave it.",
        "The message “Where is my parcel?” has the label “Delivery”.",
        ("label", "labels"),
        hard=False,
    ),
    "letters": Entry(
        "Character set (UTF-8 and others)",
        "The way in which a file stores its letters, of which the program that wrote it has chosen one.",
        "With the wrong one “café” looks like “cafÃ©”.",
        ("character set", "utf-8", "utf-16", "unicode"),
    ),
    "learning by heart": Entry(
        "Learning by heart",
        "Remembering the rows themselves in place of what they have in common, which does not help with new ones.",
        "It is right 99 times in 100 on what it learns from, but 80 times on the rest.",
        ("by heart",),
    ),
    "likely": Entry(
        "Likely (interval)",
        "The range in which the true rate very probably lies, for a test has only so many rows and luck plays a part.",
        "“91, likely 88–93”: on very many rows of this kind it would be between 88 and 93 in 100.",
        ("likely",),
        hard=False,
    ),
    "macro-f1": Entry(
        "Every class alike (macro-F1)",
        "A mark out of 100 in which a rare class counts as much as a common one.",
        "Finding all of 95 harmless messages and none of 5 urgent ones is right 95 times in 100, but a mark of 49 here.",
        ("every class alike", "macro-f1"),
    ),
    "matrix": Entry(
        "What it mixes up (confusion matrix)",
        "A table of what the rows really were and what the model said, in which every mistake is seen.",
        "A 7 beside “Delivery” and under “Billing” are seven messages on deliveries that were taken for billing.",
        ("confusion matrix", "what was it really"),
    ),
    "near copy": Entry(
        "Near copy",
        "A row that differs from another one in little things only.",
        "Two messages are the same but for the order number.",
        ("near copy", "near copies", "nearly the same", "nearly alike"),
    ),
    "p": Entry(
        "Luck (p)",
        "How easily luck alone makes a difference as large as this one.",
        "“p < 0.01” means less than once in 100 tests, so it was hardly luck.",
        ("p < 0.001", "p < 0.01", "p =", "p <"),
    ),
    "pass": Entry(
        "Pass over the data",
        "One round in which the model learns from every row once.",
        "With 3 passes it sees each message three times.",
        ("pass over the data", "passes", "a pass ago"),
    ),
    "precision": Entry(
        "Right when said (precision)",
        "Of 100 rows that the model put into a class, how many really belong there.",
        "It called 60 messages urgent and 45 of them were, which is 75 in 100.",
        ("right when said", "precision"),
    ),
    "probe": Entry(
        "Without training (probe)",
        "The base model as it came, with only a small last part taught to tell your classes apart.",
        "If it is right 85 times in 100 and the trained model 91 times, training was worth those six.",
        ("without training", "probe"),
    ),
    "recall": Entry(
        "Found (recall)",
        "Of 100 rows that really are of a class, how many the model found.",
        "It called 45 of 50 urgent messages urgent, which is 90 in 100.",
        ("found (recall)", "recall"),
    ),
    "reliable": Entry(
        "Whether its sureness is true (reliability)",
        "Whether the model is right as often as it says that it is sure.",
        "Of 100 answers at 80% sure, about 80 should be right.",
        ("when it says how sure it is", "points on average"),
    ),
    "row": Entry(
        "Row",
        "One example, which is a text or a picture with its label.",
        "One message of a customer and the department that answered it.",
        ("row", "rows"),
        hard=False,
    ),
    "run": Entry(
        "Run",
        "One training, with its settings and what came of it.",
        "“Messages · quick” and “Messages · best” are two runs on the same data.",
        ("run", "runs"),
        hard=False,
    ),
    "seed": Entry(
        "Seed",
        "The number that decides how the dice fall, so that the same number gives the same result again.",
        "With 7 today and 7 next week the same messages are kept back for the test.",
        ("seed",),
    ),
    "simple method": Entry(
        "Simple method (baseline)",
        "A quick way to answer without a base model, which shows whether training was worth the effort.",
        "If counting words is right 90 times in 100 and the model 91 times, little was won.",
        ("simple method", "simple methods"),
    ),
    "split": Entry(
        "Split",
        "How the rows are dealt out to learning, checking and the test.",
        "Of 100 messages, 72 are learnt from, 8 are for checking and 20 are for the test.",
        ("split", "on each side", "two sides"),
    ),
    "step": Entry(
        "Step",
        "One small change of the model, after it has looked at a handful of rows.",
        "With 32 rows in a step, 320 rows make 10 steps.",
        ("step", "steps"),
        hard=False,
    ),
    "sure": Entry(
        "How sure it is (confidence)",
        "How much of 100% the model itself gives to its answer.",
        "“Billing, 97% sure”: the other classes share the last 3%.",
        ("sure", "how sure"),
        hard=False,
    ),
    "test": Entry(
        "Test rows",
        "Rows that are put away until the end, so that the score is about rows that the model has never seen.",
        "They are like questions of an examination that nobody could practise.",
        ("test rows", "the test", "for the test"),
        hard=False,
    ),
    "threshold": Entry(
        "At least so sure (threshold)",
        "How sure the model must be to answer, while all else is left to a person.",
        "At 90% it may answer 80 of 100 messages and leave 20 to you.",
        ("at least so sure", "threshold", "below this it says"),
    ),
    "training": Entry(
        "Training",
        "Showing the model your rows with their labels until its answers become like your labels.",
        "After some passes it calls “Where is my parcel?” a matter of delivery.",
        ("training", "train", "trained"),
        hard=False,
    ),
    "validation": Entry(
        "Rows kept for checking (validation)",
        "Rows that the model does not learn from, and by which the best state of it is found while it learns.",
        "After each pass it answers 80 such messages, and the state with the most right answers is kept.",
        ("validation", "kept for checking", "for checking"),
    ),
    "version": Entry(
        "Version",
        "The rows of your data after a change, while all earlier ones stay.",
        "After “Drop duplicates” there is a new version, and Undo goes back to the one before.",
        ("version", "versions"),
        hard=False,
    ),
    "weighted f1": Entry(
        "Classes by their size (weighted F1)",
        "The mark of each class counted by how many rows it has, so that large classes decide.",
        "A class with 90 of 100 rows counts nine times as much as one with 10.",
        ("weighted f1", "classes by their size"),
    ),
    "weights": Entry(
        "Weights",
        "The numbers inside a model that change while it learns, and the more there are, the slower it is.",
        "A small model has 23 million of them.",
        ("weights",),
        hard=False,
    ),
}


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
