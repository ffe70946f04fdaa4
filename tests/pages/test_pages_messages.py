"""Every message: in plain words, what happened, and what to do about it."""

import ast
import re

import core_messages
import pytest
from jargon import FORBIDDEN, jargon_in

# Modules whose strings are read by no user of a page outside of its details, and why.
ELSEWHERE = {
    "sft_core/config.py": "the knobs of a training, which stand under “All settings”",
    "sft_core/data/pictures/facts.py": "a question to the table",
    "sft_core/data/profile.py": "a question to the table",
    "sft_core/data/query.py": "a question to the table",
    "sft_core/export/model_card.py": "for those who use the model without Tuneboard",
    "sft_core/export/report_repeat.py": "commands and fingerprints, for those who repeat an evaluation",
    "sft_core/features/device.py": "how libraries say that memory ran out",
    "sft_core/jobs/rows.py": "changes of the register",
    "sft_core/sandbox.py": "how libraries say that memory ran out",
    "sft_core/training/presets.py": "names of what stands under “All settings”",
    "sft_core/web/downloads.py": "a header for the browser",
    "sft_core/workspace.py": "tables of the register",
    "pages/components/run_details.py": "all of it is details",
    "pages/components/start_form.py": "the same as a file or a command",
    "pages/components/viewport.py": "a script for the browser",
}
DOING = set(
    re.findall(
        r"\w+",
        "add ask bring call change check choose close connect copy count delete download drop evaluate export free "
        "give go goes import install keep leave look lower make mend merge move name open pack pass pin put reload "
        "remove rename repair restore resume save say set shorten split start stop swap take test train try type undo "
        "unpack use wait write",
    )
)


@pytest.mark.parametrize("words", FORBIDDEN)
def test_each_forbidden_word_is_seen_in_a_sentence(words: str) -> None:
    example = {"counting words": "TF-IDF", "parameters": "million parameters", "statistics": "p-value"}
    example |= {"regularisation": "dropout", "programming": "an integer", "process": "the sandbox", "chips": "GPU"}
    example |= {"storage": "cache", "network": "localhost", "code": "pickle", "cluster": "worker", "table": "delimiter"}
    example |= {"calibration": "calibrated", "convergence": "converged"}
    assert jargon_in(f"It needs {example.get(words, words)} here.")


def test_names_and_marks_are_no_jargon() -> None:
    assert jargon_in("Put tokenizer.json beside it :material/token: None of these. The Vision Transformer.") == []


def test_no_sentence_in_the_source_speaks_jargon() -> None:
    said = [one for path in core_messages.sources() for one in core_messages.sentences(path)]
    assert len(said) > 1500
    found = [
        (one.place, word, one.text[:120])
        for one in said
        if one.place.split(":")[0] not in ELSEWHERE
        for word in jargon_in(one.text)
    ]
    assert not found, "\n".join(map(str, found))


def test_what_is_left_out_of_the_search_is_still_there() -> None:
    assert [name for name in ELSEWHERE if not (core_messages.ROOT / name).is_file()] == []


def test_no_error_is_without_a_hint() -> None:
    errors = [one for path in core_messages.sources() for one in core_messages.raised(path)]
    assert len(errors) > 150
    without = [(one.place, one.what) for one in errors if one.hint is None or core_messages.written(one.hint) == ""]
    assert not without, "\n".join(map(str, without))


def test_every_hint_says_what_to_do() -> None:
    hints = [(one.place, core_messages.written(one.hint)) for one in _errors() if one.hint is not None]
    known = [(place, text) for place, text in hints if text and " " in text]
    assert len(known) > 120
    idle = [(place, text) for place, text in known if not set(text.lower().replace(",", "").split()) & DOING]
    assert not idle, "\n".join(map(str, idle))


def _errors() -> list[core_messages.Raised]:
    return [one for path in core_messages.sources() for one in core_messages.raised(path)]


def test_a_sentence_of_the_log_is_not_taken_for_one_on_a_screen() -> None:
    call = ast.parse('_log.error("the supervisor is gone")').body[0].value
    assert core_messages._is_silent(call)
