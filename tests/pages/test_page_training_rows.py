"""Train: what is said of the rows before and after a start, where they will not do."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pages_words import words_of
from run_material import submit_run
from streamlit.testing.v1 import AppTest
from training_page import button, keys

from sft_core.config import Roles
from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.records import Outcome, write_json, write_outcome
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def brought(workspace: Workspace, tmp_path: Path, import_once: Callable[..., str], rows: list[tuple[str, str]]) -> str:
    """The id of a dataset of these rows."""
    path = tmp_path / "few.csv"
    path.write_text("message,topic\n" + "".join(f"{text},{label}\n" for text, label in rows))
    return import_once(workspace, "Few", path, Roles(text=("message",), label="topic"))


FEW = {
    "three rows": [("where is it", "a"), ("what is that", "b"), ("who are you", "a")],
    "one text": [("the very same text", "ab"[n % 2]) for n in range(100)],
}


@pytest.mark.parametrize("case", FEW)
def test_too_few_rows_are_refused_before_the_start_with_the_way_to_the_split(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str], case: str
) -> None:
    app = open_page("training.py", dataset=brought(workspace, tmp_path, import_once, FEW[case]))
    assert not app.exception and not app.error
    assert button(app, "start_run").disabled
    (warning,) = app.warning
    assert "no row left for" in warning.proto.title
    assert "a fifth" not in words_of(app)
    assert not store.list_jobs(workspace, kinds=["preflight"])
    button(app, "to_split").click().run()
    assert "What is kept back for the test" in words_of(app)


def test_a_class_that_is_missing_in_training_is_said_before_the_start(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str]
) -> None:
    train = tmp_path / "train.csv"
    sides = [("train", "a"), ("train", "b"), ("dev", "a"), ("test", "b"), ("test", "c")]
    rows = [f"message {n} of {side} {label},{label},{side}" for side, label in sides for n in range(12)]
    train.write_text("message,topic,side\n" + "\n".join(rows) + "\n")
    roles = Roles(text=("message",), label="topic", split="side")
    app = open_page("training.py", dataset=import_once(workspace, "Sides", train, roles))
    assert not app.exception and not app.error
    (warning,) = app.warning
    assert warning.proto.title == "No row to learn from is left of c: the model will not know it."
    assert "It learns from 24 and is tested on 24 that it never sees" in words_of(app)
    assert not button(app, "start_run").disabled
    assert "to_split" in keys(app)


GERMAN = [(f"Das ist nicht mein Paket und ich will es mit der Post {n}", "ab"[n % 2]) for n in range(40)]


def test_texts_in_a_language_that_the_model_has_not_learnt_are_said_before_the_start(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str]
) -> None:
    app = open_page("training.py", dataset=brought(workspace, tmp_path, import_once, GERMAN))
    assert not app.exception and not app.error
    (warning,) = app.warning
    assert "German" in warning.proto.title and "has learnt English" in warning.proto.title
    assert not button(app, "start_run").disabled
    button(app, "to_models").click().run()
    assert not app.exception and "What should it start from?" in words_of(app)


def test_no_language_is_claimed_of_a_few_texts(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str]
) -> None:
    app = open_page("training.py", dataset=brought(workspace, tmp_path, import_once, GERMAN[:18]))
    assert not app.exception and not app.warning and "to_models" not in keys(app)


UNCOUNTED = {
    "at random": (Roles(text=("message",), label="topic"), {}, "About a fifth of them is kept back"),
    "by a column": (
        Roles(text=("message",), label="topic", split="part"),
        {"splits": {"train": 30_000, "test": 30_000}},
        "The column part says which of them are kept back",
    ),
    "by a file": (
        Roles(text=("message",), label="topic"),
        {"sources": {"train": 1, "test": 1}},
        "The rows of the test file are kept back",
    ),
    "in Prepare": (Roles(text=("message",), label="topic"), {"splits": {"": 0, "test": 9}}, "Some of them are kept"),
    "by group": (Roles(text=("message",), label="topic", group="who"), {"splits": {"": 9}}, "Some of them are kept"),
    "without classes": (Roles(text=("message",)), {}, ""),
}


@pytest.mark.parametrize("case", UNCOUNTED)
def test_of_large_data_no_number_is_said_that_was_not_counted(
    component: Callable[[str], ModuleType], case: str
) -> None:
    roles, facts, said = UNCOUNTED[case]
    found = component("start_sentence").kept_back(facts, roles)
    assert (found.startswith(said) and found.endswith(".")) if said else found == ""
    assert not any(sign.isdigit() for sign in found)


def failed_over_its_data(workspace: Workspace, dataset: str) -> str:
    job = submit_run(workspace, dataset, "failed")
    write_outcome(job.folder, Outcome(job.attempt, "failed", "No row is left.", "Add rows.", exit=2))
    return job.id


def test_a_run_that_could_not_use_its_rows_leads_to_the_data_and_then_to_a_new_run(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    run = failed_over_its_data(workspace, dataset)
    home = open_page()
    assert home.button(key=f"next_{run}").label == "Change the data"
    app = open_page("training.py", dataset=dataset, run=run)
    assert "resume_run" not in keys(app)
    assert button(app, "other_data").label == "Change the data"
    button(app, "other_data").click().run()
    assert "What we noticed" in words_of(app)
    apply_step(DatasetStore(workspace), dataset, step("drop_duplicates"))
    app = open_page("training.py", dataset=dataset, run=run)
    button(app, "other_data").click().run()
    assert "start_run" in keys(app)


def test_a_run_that_failed_later_can_be_resumed(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "failed")
    write_outcome(job.folder, Outcome(job.attempt, "failed", "It broke.", "", exit=1))
    assert "resume_run" in keys(open_page("training.py", dataset=dataset, run=job.id))
    job = submit_run(workspace, dataset, "failed")  # it has its rows already, whatever else it lacks
    write_outcome(job.folder, Outcome(job.attempt, "failed", "The model is not here.", "", exit=2))
    write_json(job.folder / "data.json", {})
    assert "resume_run" in keys(open_page("training.py", dataset=dataset, run=job.id))


def test_what_was_noticed_in_the_rows_is_said_before_the_start(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    assert not app.exception and not app.error
    said = words_of(app).replace("\\", "")
    assert "things were noticed in the rows, for example: one class is written in several ways." in said
    assert not button(app, "start_run").disabled
    button(app, "to_findings").click().run()
    assert "What we noticed" in words_of(app)


def test_clean_rows_are_not_talked_about(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str]
) -> None:
    rows = [(f"a question about the order number {n} of mine", "ab"[n % 2]) for n in range(60)]
    app = open_page("training.py", dataset=brought(workspace, tmp_path, import_once, rows))
    assert not app.exception and "to_findings" not in keys(app)


def test_a_table_without_a_label_is_refused_and_leads_to_its_columns(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Callable[..., str]
) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("message,when\n" + "".join(f"a question number {n},2025-03-0{n}\n" for n in range(1, 9)))
    app = open_page("training.py", dataset=import_once(workspace, "Texts", path, Roles(text=("message",))))
    assert not app.exception and button(app, "start_run").disabled
    (warning,) = app.warning
    assert warning.proto.title == "No column is named as the label\\."
    assert "no classes" not in words_of(app) and "a fifth" not in words_of(app)
    button(app, "to_columns").click().run()
    assert not app.exception and any(one.label == "Label" for one in app.selectbox)
