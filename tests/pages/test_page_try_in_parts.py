"""Try it: many questions are answered part by part, with how far it is and a Stop."""

from collections.abc import Callable
from types import ModuleType

import pytest
from pages_words import words_of
from run_material import finished_run, labels_of
from streamlit.testing.v1 import AppTest

from sft_core.errors import ResourceError
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]


class Clerk:
    """Answers everything with the first class; breaks off at a text with "break" in it."""

    def __init__(self, labels: list[str]) -> None:
        self.labels, self.asked = labels, []

    def __call__(self, workspace: Workspace) -> "Clerk":
        return self

    def warm(self, run_folder: object) -> bool:
        return True

    def is_alive(self) -> bool:
        return True

    def predict(
        self, run_folder: object, texts: list[str], pairs: object = None, *, compare_base: bool = False
    ) -> dict:
        if any("break" in text for text in texts):
            raise ResourceError("The model breaks off.", "Free some memory.")
        self.asked.append(len(texts))
        shares = [[0.9] + [0.1 / (len(self.labels) - 1)] * (len(self.labels) - 1)] * len(texts)
        told = {"cut": [False] * len(texts), "strange": [None] * len(texts), "learnt": ["English"]}
        base = {"base": shares, "base_message": "", "seconds": 0.1}
        return {"labels": self.labels, "probabilities": shares, "known": [0.5] * len(texts), **told, **base}


@pytest.fixture
def clerk(workspace: Workspace, dataset: str) -> Clerk:
    RunFolder(finished_run(workspace, dataset).folder).model.mkdir()
    return Clerk(labels_of(workspace, dataset))


@pytest.fixture
def ask(
    open_page: Open, component: Callable[[str], ModuleType], clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str]], AppTest]:
    """Asks these texts at once; the first part is answered then."""

    def ask_(texts: list[str]) -> AppTest:
        monkeypatch.setattr(component("try_asking"), "InferenceClient", clerk)
        app = open_page("try_it.py")
        app.button_group[0].set_value("many").run()
        app.text_area(key="try_lines").set_value("\n".join(texts))
        return next(button for button in app.button if button.label == "Ask").click().run()

    return ask_


def test_many_are_answered_part_by_part(ask: Callable[[list[str]], AppTest], clerk: Clerk) -> None:
    app = ask([f"text {n}" for n in range(80)])
    assert not app.exception and clerk.asked == [32] and app.button(key="try_stop")
    app.run()
    assert clerk.asked == [32, 32] and "answered" not in words_of(app).lower().split("###")[-1]
    app.run()
    assert clerk.asked == [32, 32, 16]
    assert "80 rows answered" in words_of(app) or "80 messages answered" in words_of(app)
    assert not [button for button in app.button if button.key == "try_stop"]
    assert len(app.dataframe[0].value) == 80


def test_a_stop_keeps_what_was_answered(ask: Callable[[list[str]], AppTest], clerk: Clerk) -> None:
    app = ask([f"text {n}" for n in range(80)])
    app.button(key="try_stop").click().run()
    assert clerk.asked == [32] and len(app.dataframe[0].value) == 32


def test_a_model_that_breaks_off_is_asked_no_more(ask: Callable[[list[str]], AppTest], clerk: Clerk) -> None:
    app = ask([f"text {n}" for n in range(40)] + ["break"])
    app.run()
    assert [error.proto.title for error in app.error] == ["The model breaks off\\."]
    app.run()
    assert clerk.asked == [32] and not app.error
