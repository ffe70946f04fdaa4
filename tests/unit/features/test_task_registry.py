"""Which task data is for, by what its columns are for."""

from dataclasses import replace

import pytest

from sft_core.config import DEFAULT_TASK, Roles
from sft_core.errors import InputError
from sft_core.tasks import registry
from sft_core.tasks.registry import get_task, task_for
from sft_core.tasks.text_classification.spec import SPEC


def test_the_usual_task_exists():
    assert get_task(DEFAULT_TASK).name == DEFAULT_TASK
    with pytest.raises(InputError, match="There is no task 'poetry' yet"):
        get_task("poetry")


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        (Roles(text=("message",), label="topic"), DEFAULT_TASK),
        (Roles(text=("question",), text_pair="answer", label="topic"), "pairs"),
        (Roles(), "pairs"),  # nothing is known yet: the first of all
    ],
)
def test_the_task_of_data_is_the_first_that_finds_what_it_needs(monkeypatch, roles, name):
    pairs = replace(SPEC, name="pairs", roles_needed=("text", "text_pair", "label"))
    specs = {"pairs": pairs, DEFAULT_TASK: SPEC}
    monkeypatch.setattr(registry, "TASKS", specs)
    monkeypatch.setattr(registry, "_attribute", lambda spec: spec)
    assert task_for(roles).name == name
