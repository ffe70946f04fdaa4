"""Evaluate, a later file: what is said of its classes agrees with what is suggested and with what counts."""

from collections.abc import Callable
from types import ModuleType

import pytest

from sft_core.evaluation.mapping import suggest_labels

Component = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"ham": 3, "spam": 2}, "All 2 classes of the model stand in this file by name."),
        ({"Ham": 3, "SPAM": 2, "unsure": 1}, "All 2 classes of the model stand in this file, 2 of them written in"),
        ({"Ham": 3, "spam": 2}, "All 2 classes of the model stand in this file, 1 of them written in another way."),
        ({"ham": 3, "phishing": 1}, "1 of 2 classes of the model stands in this file by name."),
        ({"unsure": 3}, "0 of 2 classes of the model stand in this file by name."),
    ],
)
def test_classes_written_with_other_capitals_are_counted_as_there(
    component: Component, theirs: dict[str, int], said: str
) -> None:
    found = component("later_mapping")._classes_found(suggest_labels(theirs, ["ham", "spam"]), 2)
    assert found.startswith(said)


def test_rows_of_unknown_classes_that_it_has_met_are_not_said_to_count(component: Component) -> None:
    found = {"unknown_labels": {"unsure": 6, "phishing": 1}, "versus_run": {"known": {"unlearnt": {"unsure": 2}}}}
    but_met = component("later_facts")._but_met
    said = ", but for 5 messages that stood in its training data and are left out"
    assert but_met(found, ("message", "messages")) == said
    found["versus_run"] = {"known": {"unlearnt": {"unsure": 6, "phishing": 1}}}
    assert but_met(found, ("message", "messages")) == ""
    assert but_met({"unknown_labels": {"unsure": 6}, "versus_run": None}, ("message", "messages")) == ""
