"""Names that come from data are shown as their characters on every page: no pictures, links or marks of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from arriving import arrive
from google.protobuf.message import Message
from once_imported import Importer
from run_material import finish_run, guesses, labels_of, submit_run, tell_progress, write_config
from streamlit.testing.v1 import AppTest

from sft_core.config import Roles
from sft_core.data.store import DatasetStore
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import write_predictions
from sft_core.evaluation.test_file import evaluate_on
from sft_core.evaluation.tuned_run import load_tuned_run
from sft_core.jobs import store
from sft_core.records import write_json
from sft_core.workspace import RunFolder, Workspace

pytestmark = pytest.mark.usefixtures("nobody_works")
Open = Callable[..., AppTest]
Component = Callable[[str], ModuleType]

EVIL = "![x](y) <b>"
TEXT, MORE, LABEL, GROUP = (f"{name} {EVIL}" for name in ("said", "also", "topic", "person"))
CLASSES = [f"{name} {EVIL}" for name in ("Billing", "Delivery", "Praise")]
_BARE = re.compile(r"(?<!\\)(!\[|<b>)")  # `plain` puts a backslash before each mark

# What a browser shows letter by letter, or not at all: keys, addresses, texts of fields, tables, charts.
_LETTERS = {
    "id", "form_id", "key", "options", "placeholder", "default", "raw_values", "set_value", "value", "spec",
    "code_text", "url", "query_string", "alt", "columns", "raw_value", "json_args", "json_data", "string_value",
    "string_trigger_value", "page", "url_pathname", "data", "element_id", "fragment_id", "column_order",
}  # fmt: skip


def markdown_of(app: AppTest) -> Iterator[str]:
    """Every string of the page that a browser reads as Markdown, or as HTML."""
    waiting: list[Any] = [app._tree]
    while waiting:
        node = waiting.pop()
        waiting += list(getattr(node, "children", {}).values())
        proto = getattr(node, "proto", None)
        if getattr(node, "type", None) == "html":  # no Markdown is read there: a bare tag alone would do harm
            yield proto.body.replace("![", "")
        elif isinstance(proto, Message):
            yield from _strings(proto, letters=node.type in ("selectbox", "multiselect"))


def _strings(proto: Message, letters: bool) -> Iterator[str]:
    """`letters` where the options of a field are shown letter by letter; elsewhere they are Markdown."""
    for about, value in proto.ListFields():
        if about.name in _LETTERS and (about.name != "options" or letters):
            continue
        for one in value if about.is_repeated and about.type != about.TYPE_BYTES else [value]:
            if isinstance(one, Message):
                yield from _strings(one, letters)
            elif isinstance(one, str):
                yield one


def assert_harmless(app: AppTest, where: str) -> None:
    assert not app.exception, where
    read = list(markdown_of(app))
    assert any("x" in text for text in read), f"{where} was not walked"
    bare = [text for text in read if _BARE.search(text)]
    assert not bare, f"{where}: {bare}"


def write_rows(folder: Path) -> Path:
    rows = [
        {TEXT: f"a {kind} number {n} {EVIL}", MORE: f"more {n}", LABEL: kind, GROUP: f"someone {n}"}
        for n in range(12)
        for kind in CLASSES
    ]
    rows += [rows[0], {**rows[1], TEXT: "again <p>", LABEL: CLASSES[0].lower()}, {**rows[2], LABEL: f" {CLASSES[2]}"}]
    path = folder / f"file {EVIL.replace('/', '')}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture
def hostile(workspace: Workspace, tmp_path: Path, import_once: Importer) -> str:
    """A dataset whose file, columns, classes, texts, name and notes all hold marks."""
    roles = Roles(text=(TEXT, MORE), label=LABEL, group=GROUP)
    dataset = import_once(workspace, f"Data {EVIL}", write_rows(tmp_path), roles=roles)
    DatasetStore(workspace).set_notes(dataset, f"note {EVIL}")
    return dataset


@pytest.fixture
def runs(workspace: Workspace, hostile: str) -> tuple[str, str]:
    """Two finished runs of it with such names; their models are there."""
    found = []
    for right in (0.8, 0.3):
        job = submit_run(workspace, hostile, "running", name=f"Run {EVIL} {right}")
        write_config(workspace, job, hostile)
        tell_progress(workspace, job, hostile)
        finish_run(workspace, job, hostile, right)
        store.set_notes(workspace, job.id, f"note {EVIL}")
        RunFolder(job.folder).model.mkdir()
        found.append(job.id)
    return found[0], found[1]


def later_test(workspace: Workspace, run: str, dataset: str) -> str:
    """A finished test on a later file with such a name and a class that the model does not know."""
    folder, labels = store.get(workspace, run).folder, labels_of(workspace, dataset)
    job = store.submit(
        workspace, "evaluate", {"run": str(folder), "name": f"later {EVIL}.csv"}, title=f"later {EVIL}.csv", parent=run
    )
    kinds = [*CLASSES, f"Returns {EVIL}"] * 5
    table = pd.DataFrame({TEXT: "a question", MORE: "more", LABEL: kinds, "_source": "test", "_row": range(len(kinds))})
    shares = guesses([kind if kind in labels else labels[0] for kind in kinds], labels, 0.6, 3)
    roles = DatasetStore(workspace).get(dataset).roles
    report = evaluate_on(load_tuned_run(RunFolder(folder)), table, roles, {}, frozenset(), shares)
    report["test_file"]["columns"] = {name: name for name in (TEXT, MORE, LABEL)}
    write_predictions(job.folder / "predictions.parquet", Answers(table, kinds, shares), labels)
    write_json(job.folder / "report.json", report)
    with workspace.writing() as connection:
        connection.execute("UPDATE jobs SET state = 'finished' WHERE id = ?", (job.id,))
    return job.id


def test_the_navigation_and_the_pages_of_the_data(
    open_page: Open, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, navigation = [], st.navigation
    monkeypatch.setattr(st, "navigation", lambda pages: told.extend(pages) or navigation(pages))
    for page in ("home.py", "data.py", "prepare.py", "model.py", "training.py"):
        app = open_page(page, dataset=hostile)
        assert_harmless(app, page)
    sections = [name for name in told if "x" in name]  # their names are Markdown too, and in no tree of AppTest
    assert sections and not [name for name in sections if _BARE.search(name)]


def test_the_pages_of_a_run(open_page: Open, hostile: str, runs: tuple[str, str], workspace: Workspace) -> None:
    first, second = runs
    later = later_test(workspace, first, hostile)
    going = submit_run(workspace, hostile, "running", name=f"Going {EVIL}")
    write_config(workspace, going, hostile)
    tell_progress(workspace, going, hostile)
    walked: dict[str, dict[str, str]] = {
        "home.py": {},
        "evaluation.py": {"run": first},
        "compare.py": {"first": first, "second": second},
        "try_it.py": {"run": first},
        "system.py": {},
        "training.py": {"run": going.id},
    }
    for page, address in walked.items():
        assert_harmless(open_page(page, **address), page)
    assert_harmless(open_page("evaluation.py", run=first, answers=later), "a later file")
    assert_harmless(open_page("training.py", run=first), "a finished run")
    assert_harmless(open_page("training.py", dataset=hostile, new="run", settings_from=first), "settings of a run")


def test_two_texts_at_a_time(open_page: Open, hostile: str, workspace: Workspace) -> None:
    keep = DatasetStore(workspace)
    keep.set_roles(hostile, Roles(text=(TEXT,), text_pair=MORE, label=LABEL))
    app = open_page("training.py", dataset=hostile)
    assert_harmless(app, "sentences to watch")
    assert [one.label.replace("\\", "") for one in app.text_input if "pin_" in str(one.key)] == [TEXT, MORE]


def press(app: AppTest, start: str) -> AppTest:
    """Click the first button whose key begins so."""
    return next(one for one in app.button if str(one.key).startswith(start)).click().run()


def test_a_file_that_is_brought(open_page: Open, hostile: str, tmp_path: Path) -> None:
    path = tmp_path / f"file {EVIL}.csv"
    app = arrive(open_page("data.py", new="data"), "upload_train", path.name, path.read_bytes())
    assert_harmless(app, "a file that was brought")
    assert "x" in app.title[0].value


def test_what_opens_on_a_click_in_the_data(open_page: Open, hostile: str) -> None:
    app = open_page("prepare.py", dataset=hostile)
    for start in [str(one.key) for one in app.button if str(one.key).startswith("look_")]:
        assert_harmless(press(app, start), start)
    assert_harmless(press(open_page("prepare.py", dataset=hostile), "fix_"), "a mended finding")
    app = open_page("prepare.py", dataset=hostile)
    app.session_state["find_and_edit"] = True
    assert_harmless(app.run(), "find and edit")
    assert_harmless(press(app, "make_split"), "the split")


def test_what_opens_on_a_click_in_an_evaluation(open_page: Open, hostile: str, runs: tuple[str, str]) -> None:
    app = open_page("evaluation.py", run=runs[1])
    assert_harmless(press(app, "wrong_"), "a wrong label")
    assert_harmless(press(app, "row_correct"), "a corrected label")
    app = open_page("evaluation.py", run=runs[0], test_file="new")
    table = pd.DataFrame({f"words {EVIL}": ["a", "b"], LABEL: [CLASSES[0].upper(), f"Returns {EVIL}"]})
    arrive(app, "later_file", f"later {EVIL}.csv", table.to_csv(index=False).encode())
    assert_harmless(app, "the columns and classes of a later file")
    assert [one for one in app.selectbox if str(one.key).startswith("label_")]


def test_what_a_model_answers(
    open_page: Open, component: Component, runs: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Oracle:
        def __init__(self, _workspace: Workspace) -> None: ...

        def warm(self, _run: Path) -> bool:
            return True

        def is_alive(self) -> bool:
            return True

        def predict(self, _run: Path, texts: list[str], *_: object, **__: object) -> dict[str, Any]:
            n = len(texts)
            shares = [[0.6, 0.3, 0.1]] * n
            told = {"known": [0.001] * n, "cut": [True] * n, "strange": [None] * n, "learnt": ["English"]}
            return {"labels": CLASSES, "probabilities": shares, "base": shares, "base_message": EVIL, **told}

    monkeypatch.setattr(component("try_asking"), "InferenceClient", Oracle)
    app = open_page("try_it.py", run=runs[0])
    app.text_area[0].set_value(f"a text {EVIL}")
    assert_harmless(next(one for one in app.button if one.label == "Ask").click().run(), "an answer")
    app.button_group[0].set_value("many").run()
    app.text_area[0].set_value(f"a text {EVIL} | another\nb | c")
    assert_harmless(next(one for one in app.button if one.label == "Ask").click().run(), "many answers")


def test_what_is_folded_on_home(open_page: Open, hostile: str, runs: tuple[str, str], workspace: Workspace) -> None:
    store.delete(workspace, runs[1])
    app = open_page("home.py")
    app.session_state["trash"] = app.session_state[f"runs_of_{hostile}"] = True
    assert_harmless(app.run(), "all runs and the trash")
    assert_harmless(press(app, "remove_"), "the question before deleting")
