import io
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pandas as pd
import pytest
from pages_words import words_of
from run_material import finished_run, labels_of, submit_run
from streamlit.testing.v1 import AppTest

from sft_core.errors import ResourceError
from sft_core.jobs import inference_client, store
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
Component = Callable[[str], ModuleType]


class Oracle:
    """Answers by the first word that names a class; unsure of anything else. Stands in for the other process."""

    labels: ClassVar[Sequence[str]] = ()
    asked: ClassVar[list[list[str]]] = []
    second: ClassVar[list[list[str]]] = []
    broken = False

    def __init__(self, workspace: Workspace) -> None:
        assert workspace.root.is_dir()

    def warm(self, run_folder: Path) -> bool:
        return run_folder.is_dir()

    def is_alive(self) -> bool:
        return True

    def predict(
        self, run_folder: Path, texts: Sequence[str], pairs: Sequence[str] | None = None, *, compare_base: bool = False
    ) -> dict[str, Any]:
        assert run_folder.is_dir()
        assert compare_base
        if Oracle.broken:
            raise ResourceError("The model breaks off whenever it is asked.", "Free some memory.")
        Oracle.asked.append(list(texts))
        if pairs is not None:
            Oracle.second.append(list(pairs))
        both = [f"{text} {pair}" for text, pair in zip(texts, pairs or [""] * len(texts), strict=True)]
        shares = [_shares(text, list(Oracle.labels)) for text in both]
        even = [1 / len(Oracle.labels)] * len(Oracle.labels)
        return {
            "labels": list(Oracle.labels),
            "probabilities": shares,
            "known": [0.5] * len(texts),
            "cut": [len(text) > 1000 for text in texts],
            "strange": ["German" if "nicht" in text else None for text in texts],
            "learnt": ["English"],
            "seconds": 0.01,
            "base": [even] * len(texts),
            "base_message": "",
        }


def _shares(text: str, labels: list[str]) -> list[float]:
    rest = 0.03 / (len(labels) - 1)
    named = [label for label in labels if label.lower() in text.lower()]
    return [0.97 if named and label == named[0] else rest if named else 1 / len(labels) for label in labels]


@pytest.fixture
def run(workspace: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished run whose model is asked through the oracle."""
    job = finished_run(workspace, dataset)
    RunFolder(job.folder).model.mkdir()
    monkeypatch.setattr(inference_client, "InferenceClient", Oracle)
    monkeypatch.setattr(Oracle, "labels", labels_of(workspace, dataset))
    monkeypatch.setattr(Oracle, "asked", [])
    monkeypatch.setattr(Oracle, "second", [])
    monkeypatch.setattr(Oracle, "broken", False)
    return job.id


@pytest.fixture
def opened(open_page: Open, component: Component, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the page with the oracle in place of the client that it imported."""

    def open_(**address: str) -> AppTest:
        monkeypatch.setattr(component("try_asking"), "InferenceClient", Oracle)
        return open_page("try_it.py", **address)

    return open_


def write(app: AppTest, key: str, text: str) -> None:
    next(one for one in app.text_area if one.key == key).set_value(text)


def ask(app: AppTest) -> AppTest:
    return next(one for one in app.button if one.label == "Ask").click().run()


def test_without_a_model_the_page_says_what_is_missing(open_page: Open, dataset: str) -> None:
    app = open_page("try_it.py", dataset=dataset)
    assert not app.exception
    assert "No model to ask yet" in words_of(app)


def test_one_text_gets_its_class_and_how_sure_it_is(opened: Open, run: str) -> None:
    app = opened(run=run)
    assert not app.exception
    write(app, "try_text_0", "a billing question")
    said = words_of(ask(app))
    assert not app.exception
    assert "### Billing" in said
    assert "It is 97% sure" in said
    assert "the base model as it came, which learnt from your data only how to tell your classes apart" in said
    assert Oracle.asked == [["a billing question"]]


def test_a_training_of_the_address_that_cannot_be_asked_is_named(
    opened: Open, run: str, workspace: Workspace, dataset: str
) -> None:
    assert "answers." not in words_of(opened(run=run)) and "answers." not in words_of(opened(dataset=dataset))
    waiting = submit_run(workspace, dataset, "queued")
    assert "has no model yet" in words_of(opened(run=waiting.id))


def test_what_makes_an_answer_doubtful_is_said(opened: Open, run: str) -> None:
    app = opened(run=run)
    write(app, "try_text_0", "a billing question")
    assert "do not rely" not in words_of(ask(app)) and "Only its beginning" not in words_of(app)
    write(app, "try_text_0", "Das ist nicht meine billing")
    assert "It looks like German, but the model has learnt from English: do not rely" in words_of(ask(app))
    write(app, "try_text_0", "billing " * 200)
    assert "Only its beginning was read" in words_of(ask(app))


def test_below_the_threshold_it_says_none_of_these(opened: Open, run: str) -> None:
    app = opened(run=run)
    write(app, "try_text_0", "a billing question")
    ask(app)
    next(one for one in app.select_slider if str(one.key).startswith("try_threshold_")).set_value(0.98).run()
    assert "### None of these" in words_of(app)
    assert len(Oracle.asked) == 1, "moving the threshold asks nothing again"


def test_a_recommendation_near_certainty_is_not_called_certain(opened: Open, run: str, workspace: Workspace) -> None:
    report = RunFolder(store.get(workspace, run).folder).report
    write_json(report, {**read_json(report), "threshold": 0.999996})
    app = opened(run=run)
    write(app, "try_text_0", "a billing question")
    assert "Recommended: over 99.9%, from the rows kept for checking." in words_of(ask(app))


def test_an_empty_field_is_refused_in_a_sentence(opened: Open, run: str) -> None:
    app = ask(opened(run=run))
    assert not app.exception
    assert "Type or paste one first" in app.error[0].value
    assert not Oracle.asked


def test_a_text_of_another_page_is_asked_at_once(opened: Open, run: str) -> None:
    app = opened(run=run)
    app.session_state["try_it_cells"] = ("praise for <b>all</b>",)
    app.run()
    assert Oracle.asked == [["praise for <b>all</b>"]]
    assert next(one for one in app.text_area if one.key == "try_text_0").value == "praise for <b>all</b>"
    said = words_of(app)
    assert "### Praise" in said
    assert "<b>all" not in said


def test_many_lines_get_a_table(opened: Open, run: str) -> None:
    app = opened(run=run)
    app.button_group[0].set_value("many").run()
    write(app, "try_lines", "billing please\n\nwhere is the delivery\npraise")
    said = words_of(ask(app))
    assert not app.exception
    assert "3 messages answered" in said
    assert list(app.dataframe[0].value["said"]) == ["Billing", "Delivery", "Praise"]


def test_the_downloads_hold_every_probability(component: Component, run: str, workspace: Workspace) -> None:
    many, runs = component("try_many"), component("try_runs")
    job = component("work").store.get(workspace, run)
    asked = runs.asked(component("work").as_run(job))
    answer = Oracle(workspace).predict(job.folder, ["billing", "=1+1"], compare_base=True)
    content = many._file(asked, [("billing",), ("=1+1",)], answer, "csv")()
    table = pd.read_csv(io.BytesIO(content))
    assert list(table.columns[:4]) == ["message", "prediction", "confidence", "known_score"]
    assert [f"p({label})" in table.columns for label in Oracle.labels] == [True] * len(Oracle.labels)
    assert str(table["message"][1]).startswith("'=")


def test_a_dead_process_is_told_and_the_field_stays(opened: Open, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(run=run)
    monkeypatch.setattr(Oracle, "broken", True)
    write(app, "try_text_0", "billing")
    ask(app)
    assert not app.exception
    assert "Free some memory" in app.error[0].value
    assert next(one for one in app.text_area if one.key == "try_text_0").value == "billing"


def test_lines_with_several_columns_are_parted_by_tabs(component: Component) -> None:
    many = component("try_many")
    assert many.rows_of("a\tb | c\n\nd\n", 2) == [("a", "b | c"), ("d", "")]
    assert many.rows_of("a | b\n", 2) == [("a", "b")]
    assert many.rows_of("a | b\n", 1) == [("a | b",)]


@pytest.fixture
def pairs(workspace: Workspace, run: str) -> str:
    """The run as one that reads a message and the answer to it."""
    config = RunFolder(workspace.run(run)).config
    known = read_json(config)
    write_json(config, {**known, "roles": {**known["roles"], "text_pair": "reply"}})
    return run


def test_a_model_of_pairs_is_asked_in_two_fields(opened: Open, pairs: str) -> None:
    app = opened(run=pairs)
    assert [one.label for one in app.text_area] == ["message", "reply"]
    write(app, "try_text_0", "where is it")
    write(app, "try_text_1", "billing will tell")
    said = words_of(ask(app))
    assert not app.exception and not app.error
    assert Oracle.asked == [["where is it"]] and Oracle.second == [["billing will tell"]]
    assert "where is it · billing will tell" in said.replace("\\", "")


def test_half_a_pair_is_refused_in_a_sentence(opened: Open, pairs: str) -> None:
    app = opened(run=pairs)
    write(app, "try_text_0", "where is it")
    ask(app)
    assert "one is missing" in str(app.error[0].value) + str(getattr(app.error[0], "title", ""))
    assert Oracle.asked == []


def test_many_pairs_are_pasted_as_two_columns(opened: Open, pairs: str) -> None:
    app = opened(run=pairs)
    app.button_group[0].set_value("many").run()
    write(app, "try_lines", "one\tbilling\nbilling, two | praise")
    ask(app)
    assert not app.exception and not app.error
    assert (Oracle.asked, Oracle.second) == ([["one", "billing, two"]], [["billing", "praise"]])
    assert list(app.dataframe[0].value.iloc[:, 1]) == ["billing", "praise"]


def test_a_pair_of_another_page_is_asked_at_once(opened: Open, pairs: str) -> None:
    app = opened(run=pairs)
    app.session_state["try_it_cells"] = ("a · b", "reply: praise")
    app.run()
    assert (Oracle.asked, Oracle.second) == ([["a · b"]], [["reply: praise"]])


def test_many_classes_show_five_and_the_rest_on_demand(component: Component, monkeypatch: pytest.MonkeyPatch) -> None:
    bars = component("answers_bars")
    drawn: list[int] = []
    monkeypatch.setattr(bars, "_bars", lambda shares, base, key: drawn.append(len(shares)))
    bars.show([(f"class {n}", 0.1) for n in range(8)], None, "k")
    bars.show([(f"class {n}", 0.01) for n in range(77)], None, "k")
    assert drawn == [8, 5]


def test_a_question_of_another_page_that_fails_leaves_the_field(opened: Open, run: str) -> None:
    app = opened(run=run)
    Oracle.broken = True
    app.session_state["try_it_cells"] = ("billing",)
    app.run()
    assert not app.exception
    assert "Free some memory" in app.error[0].value
    assert next(one for one in app.text_area if one.key == "try_text_0").value == "billing"


def test_many_texts_may_come_as_a_file(opened: Open, run: str) -> None:
    app = opened(run=run)
    app.button_group[0].set_value("many").run()
    app.button(key="try_file").click().run()
    assert not app.exception and app.title[0].value == "Test it on a new file"
    assert "Without labels it is answered" in words_of(app)
