"""The sentences that the user pinned: kept beside the run, changed while it goes on, read anew at each look.

A page writes `pinned.json` into the run's folder at once; the worker only ever reads it. What is pinned is answered and
told, nothing else: it changes no step of the training.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import Field, field_validator

from sft_core.config import MOST_PINNED, Frozen, validated
from sft_core.errors import DataError, SFTError, StateError
from sft_core.records import SCHEMA_VERSION, read_json, write_json
from sft_core.tasks.encoded import Rows
from sft_core.workspace import RunFolder

PAIR_MARK = "\t"  # between the two texts of a pair
LONGEST = 10_000  # characters of one sentence
_MOST_BYTES = 1 << 20


class PinnedFile(Frozen):
    """What stands in `pinned.json`."""

    schema_version: int = SCHEMA_VERSION
    sentences: tuple[str, ...] = Field((), max_length=MOST_PINNED)

    @field_validator("sentences")
    @classmethod
    def _are_texts(cls, sentences: tuple[str, ...]) -> tuple[str, ...]:
        for sentence in sentences:
            if not sentence.strip() or len(sentence) > LONGEST:
                raise ValueError(f"a pinned sentence has between 1 and {LONGEST:,} characters")
            if any("\ud800" <= letter <= "\udfff" for letter in sentence):
                raise ValueError("a pinned sentence holds letters that do not exist")
        return sentences


def read_pinned(run: RunFolder) -> tuple[str, ...] | None:
    """What is pinned now; None where nothing was changed since the start. Raises SFTError where the file is bad."""
    try:
        if run.pinned.stat().st_size > _MOST_BYTES:
            raise DataError("The file pinned.json is too large.", "Pin the sentences anew.")
        content = read_json(run.pinned)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError("The file pinned.json cannot be read.", "Pin the sentences anew.") from error
    if not isinstance(content, dict):
        raise DataError("The file pinned.json holds no list of sentences.", "Pin the sentences anew.")
    return validated(PinnedFile, content).sentences


def write_pinned(run: RunFolder, sentences: Sequence[str]) -> None:
    """Pin these from the next look on.

    Raises ConfigError where they are too many, too long or empty, StateError where the run was deleted meanwhile.
    """
    if not run.root.is_dir():  # writing would make a folder again that only looks like a run
        raise StateError("This training is not here any more.", "Go back to Home: it may have been deleted elsewhere.")
    write_json(run.pinned, validated(PinnedFile, {"sentences": tuple(sentences)}).model_dump(mode="json"))


def as_pair(sentence: str) -> tuple[str, str]:
    """The two texts of a pinned pair."""
    first, _, second = sentence.partition(PAIR_MARK)
    return first, second


@dataclass
class PinnedSentences:
    """What the training loop asks at each look. Bad content is told once and what was good before stays.

    `encode` gives None where inputs of the run's kind cannot be typed: nothing is followed then.
    """

    run: RunFolder
    sentences: tuple[str, ...]
    encode: Callable[[Sequence[str]], Rows | None]
    warn: Callable[[str, str], None]
    _encoded: Rows | None = field(default=None, init=False)
    _told: str = field(default="", init=False)

    def now(self) -> tuple[tuple[str, ...], Rows] | None:
        """The sentences with their tokens, None where nothing is pinned."""
        self._read_on()
        if not self.sentences:
            return None
        if self._encoded is None:
            self._encoded = self.encode(self.sentences)
        return None if self._encoded is None else (self.sentences, self._encoded)

    def _read_on(self) -> None:
        try:
            found = read_pinned(self.run)
        except SFTError as error:
            if error.message != self._told:
                self._told = error.message
                self.warn(f"What was pinned cannot be read and was left out: {error.message}", error.hint)
            return
        if found is not None and found != self.sentences:
            self.sentences, self._encoded = found, None
