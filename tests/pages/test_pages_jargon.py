"""The words on the screens: none that a nurse does not know, and an entry in the glossary for each other term."""

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from jargon import jargon_in
from once_imported import Importer
from screen_states import Screens, walked
from screen_words import Said

Component = Callable[[str], ModuleType]
WORDS = "home, the words"
NOT_ASKED = ("cell", "button_group.content")  # data; and what can be chosen, which is explained once it is chosen
# Terms of the trade that a screen may use, as long as the glossary has them.
TECHNICAL = re.split(
    ", ",
    "accuracy, base model, baseline, class, confidence, confusion matrix, duplicate, both (f1), group, interval, "
    "label, log loss, loss, macro-f1, near copies, passes, precision, preset, probe, recall, seed, simple method, "
    "split, step, threshold, unicode, utf-8, validation, version, weights, word pieces",
)


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory, import_once: Importer) -> Screens:
    return walked(tmp_path_factory.mktemp("screens"), import_once)


def open_words(said: list[Said]) -> list[str]:
    """What stands on a screen outside of its details, the data of a table included."""
    return [one.text for one in said if not one.behind]


def test_no_screen_speaks_jargon_outside_of_its_details(screens: Screens) -> None:
    assert len(screens) > 55
    found = {
        (state, word, text[:160])
        for state, said in screens.items()
        for text in open_words(said)
        for word in jargon_in(text)
    }
    assert not found, "\n".join(map(str, sorted(found)))


def test_each_term_of_the_glossary_stands_on_a_screen(screens: Screens, component: Component) -> None:
    shown = "\n".join(
        one.text for state, said in screens.items() if state != WORDS for one in said if not _is_help(one)
    )
    unused = [name for name, entry in component("glossary").ENTRIES.items() if not entry.stands_in(shown)]
    assert unused == []


def test_a_hard_word_is_explained_on_every_screen_on_which_it_stands(screens: Screens, component: Component) -> None:
    entries = component("glossary").ENTRIES
    missing = set()
    for state, said in screens.items():
        if state.endswith(
            (", empty", ", presented")
        ):  # nothing is there yet, or somebody stands beside it and explains
            continue
        explained = "\n".join(one.text for one in said if _is_help(one))
        shown = "\n".join(one.text for one in said if not (one.behind or _is_help(one) or one.where in NOT_ASKED))
        missing |= {(state, name) for name, entry in entries.items() if entry.hard and _lacks(entry, shown, explained)}
    assert not {one for one in missing if one[0] != WORDS}, "\n".join(map(str, sorted(missing)))


def test_every_technical_term_has_its_entry(screens: Screens, component: Component) -> None:
    entries = component("glossary").ENTRIES.values()
    shown = {text for said in screens.values() for text in open_words(said)}
    for term in TECHNICAL:
        if any(re.search(rf"\b{re.escape(term)}(?!\w)", text, re.IGNORECASE) for text in shown):
            assert any(term in entry.term.casefold() or entry.stands_in(term) for entry in entries), (
                f"“{term}” stands on a screen without an entry"
            )


def test_jargon_behind_the_details_is_not_blamed() -> None:
    said = [Said("Learning rate now", "table", behind=True), Said("Right in 100", "metric.label")]
    assert open_words(said) == ["Right in 100"]


def _lacks(entry: object, shown: str, explained: str) -> bool:
    return entry.stands_in(shown) and entry.what not in explained


def _is_help(said: Said) -> bool:
    return said.where.endswith(".help")
