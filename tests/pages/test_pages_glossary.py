"""The glossary itself: short, plain, with an example each; and the place in which all of it is searched."""

import re

import pytest
from jargon import jargon_in


@pytest.fixture
def glossary(component):
    return component("glossary")


def test_every_entry_is_one_sentence_and_one_example_without_jargon(glossary) -> None:
    assert len(glossary.ENTRIES) >= 30
    for name, entry in glossary.ENTRIES.items():
        for text in (entry.what, entry.example):
            assert re.fullmatch(r"[A-Z“0-9][^\n]*[^.!?\n][.]", text), (name, text)
            inner = re.sub(r"“[^”]*”|\d\.\d", "", text[:-1])
            assert not re.search(r"[.!?] ", inner), (name, "is more than one sentence", text)
        assert jargon_in(f"{entry.term} {entry.what} {entry.example}") == [], name
        assert len(entry.what) < 125 and len(entry.example) < 125, name


def test_the_term_of_an_entry_is_among_its_forms(glossary) -> None:
    for name, entry in glossary.ENTRIES.items():
        assert entry.forms and entry.stands_in(" ".join(entry.forms)), name


def test_a_sentence_brings_the_hard_words_that_stand_in_it(glossary) -> None:
    said = glossary.said_in("The simple method (words) gets 80: the difference is real, p < 0.001.")
    assert said == glossary.about("p", "simple method")
    assert glossary.said_in("Two rows of one class.") is None
    assert glossary.said_in("Two rows.", "likely") == glossary.about("likely")


def test_a_search_finds_words_in_terms_and_sentences(glossary) -> None:
    assert glossary.found("recall")[0].term.startswith("Found")
    assert glossary.found("macro")[0].term == "Every class alike (macro-F1)"
    assert len(glossary.found("")) == len(glossary.ENTRIES)
    assert glossary.found("zebra") == []


def test_words_opens_on_every_page_and_can_be_searched(open_page) -> None:
    app = open_page("system.py")
    app.button(key="words").click().run()
    assert not app.exception
    assert "**Found (recall)**" in _bold(app)
    next(box for box in app.text_input if box.key == "words_search").set_value("dice")
    app.button(key="words").click().run()  # or AppTest closes the dialog
    assert _bold(app) == ["**Seed**"]
    next(box for box in app.text_input if box.key == "words_search").set_value("zebra")
    app.button(key="words").click().run()
    assert _bold(app) == [] and any("No such word" in one.value for one in app.caption)


def _bold(app) -> list[str]:
    """The terms in the drawer."""
    return [one.value.split("  \n")[0] for one in app.markdown if "For example:" in one.value]
