"""Evaluate on a projector: slides without knobs, an address that stands for them, rows only when somebody says so."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from evaluation_page import address, button, later_file, words_of
from once_imported import Importer
from picture_pages import pictures_dataset, pictures_run, walls
from run_material import finish_run, finished_run, labels_of
from streamlit.testing.v1 import AppTest

from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
Component = Callable[[str], Any]
pytestmark = pytest.mark.usefixtures("nobody_works")


class Oracle:
    """Says the first class of each text, and how sure it is. Stands in for the other process."""

    sure = 0.999

    def __init__(self, workspace: Workspace) -> None:
        self.labels = ["Billing", "Delivery", "Praise", "billing"]
        assert workspace.root.is_dir()

    def warm(self, run_folder: Path) -> bool:
        return run_folder.is_dir()

    def is_alive(self) -> bool:
        return True

    def predict(self, run_folder: Path, texts: Sequence[str], *_: Any, compare_base: bool) -> dict[str, Any]:
        assert run_folder.is_dir() and not compare_base
        rest = (1 - self.sure) / 3
        shares = [[self.sure, rest, rest, rest]] * len(texts)
        return {"labels": self.labels, "probabilities": shares, "known": [0.5], "cut": [False], "learnt": ["English"]}


def present(open_page: Open, run: Job, **more: str) -> AppTest:
    """The slides, by their address."""
    app = open_page("evaluation.py", run=run.id, present="1", **more)
    assert not app.exception and not app.error
    return app


def keys(app: AppTest) -> list[str]:
    return [str(one.key) for one in app.main.button]


def show_rows(app: AppTest) -> AppTest:
    app = button(app, "present_show_rows").click().run()
    assert not app.exception
    return app


def test_one_button_leads_to_slides_without_knobs_and_one_leads_back(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    app = button(app, "to_present").click().run()
    assert not app.exception
    assert address(app, "present") and address(app, "run") == run.id
    said = words_of(app)
    assert "# Right " in said and "the true rate is likely" in said
    assert "messages mixed up" in said and ":green[**Green:**] right." in said
    assert keys(app) == ["leave_present", "present_show_rows"]  # no strip, no settings, no downloads
    assert not app.main.selectbox and not app.main.toggle and not app.get("download_button")
    app = button(app, "leave_present").click().run()
    assert "present" not in app.query_params
    assert "to_present" in keys(app) and address(app, "run") == run.id


def test_its_address_alone_shows_the_same_run_and_test(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    later = later_file(workspace, run, dataset, labelled=True)
    app = present(open_page, run, answers=later.id)
    said = words_of(app)
    assert "later.csv" in said and "of 40 messages mixed up" in said
    assert "10 messages are of classes that it never learnt: they stand in no square." in said
    app = button(app, "leave_present").click().run()
    assert address(app, "answers") == later.id
    assert "later.csv" in words_of(app)


def test_it_counts_as_a_look_at_the_result(open_page: Open, run: Job) -> None:
    present(open_page, run)
    assert read_json(run.folder / "journey.json")["looked_at"]


def test_rows_of_the_data_are_hidden_until_somebody_says_so_and_masked_then(open_page: Open, run: Job) -> None:
    import pyarrow.parquet as pq

    path = RunFolder(run.folder).predictions
    table = pq.read_table(path)
    texts = [f"{text} write to jane@example.com" for text in table["message"].to_pylist()]
    pq.write_table(table.set_column(table.column_names.index("message"), table.field("message"), [texts]), path)
    app = present(open_page, run)
    assert " number " not in words_of(app) and "everybody in the room" in words_of(app)
    said = words_of(show_rows(app))
    assert "## Sure, and right" in said and "## Sure, but wrong" in said
    assert said.count(" number ") >= 4 and "[e-mail]" in said and "jane" not in said
    again = present(open_page, run)  # another visit, or a reload
    assert "present_show_rows" in keys(again)


def test_leaving_hides_them_again(open_page: Open, run: Job) -> None:
    app = show_rows(present(open_page, run))
    app = button(app, "leave_present").click().run()
    app = button(app, "to_present").click().run()
    assert "present_show_rows" in keys(app)


def test_a_file_without_labels_has_no_matrix_but_sure_and_unsure_answers(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    later = later_file(workspace, run, dataset, labelled=False)
    app = present(open_page, run, answers=later.id)
    assert "mixed up" not in words_of(app)
    said = words_of(show_rows(app))
    assert "## Most sure" in said and "## Least sure" in said and "It was" not in said


def test_a_run_without_its_answers_has_no_slide_for_them(open_page: Open, run: Job) -> None:
    RunFolder(run.folder).predictions.unlink()
    app = present(open_page, run)
    assert keys(app) == ["leave_present"]


def test_what_speaks_against_the_score_stands_beside_it(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    finish_run(workspace, run, dataset, right=0.0)
    report = read_json(RunFolder(run.folder).report)
    report["baselines"]["majority"]["accuracy"] = 0.5
    write_json(RunFolder(run.folder).report, {**report, "commonest": "Billing"})
    said = words_of(present(open_page, run))
    assert "# :orange[Right " in said and "do not use it like this" in said


def test_without_a_result_the_page_says_what_is_missing(open_page: Open) -> None:
    app = open_page("evaluation.py", present="1")
    assert not app.exception
    assert "No finished run yet" in words_of(app)


@pytest.fixture
def asked(
    open_page: Open, workspace: Workspace, dataset: str, component: Component, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The slides of a run whose model can be asked."""
    job = finished_run(workspace, dataset)
    RunFolder(job.folder).model.mkdir()
    monkeypatch.setattr(component("try_asking"), "InferenceClient", Oracle)
    assert labels_of(workspace, dataset) == ["Billing", "Delivery", "Praise", "billing"]
    return present(open_page, job)


def ask(app: AppTest, text: str) -> AppTest:
    next(one for one in app.text_area if one.key == "present_text_0").set_value(text)
    app = next(one for one in app.button if one.label == "Ask").click().run()
    assert not app.exception
    return app


def test_the_model_is_asked_on_the_last_slide(asked: AppTest) -> None:
    assert "Its answer is shown here" in words_of(asked)
    before = len(asked.get("vega_lite_chart"))
    said = words_of(ask(asked, "my invoice"))
    assert "# Billing" in said and "It is 99.9% sure." in said and "“my invoice”" in said
    assert len(asked.get("vega_lite_chart")) == before + 1


def test_what_was_asked_is_gone_when_somebody_begins_anew(asked: AppTest) -> None:
    app = button(ask(asked, "my invoice"), "leave_present").click().run()
    app = button(app, "to_present").click().run()
    assert "my invoice" not in words_of(app) and "Its answer is shown here" in words_of(app)


def test_nothing_to_ask_is_said_and_not_answered(asked: AppTest) -> None:
    app = next(one for one in asked.button if one.label == "Ask").click().run()
    assert not app.exception
    assert "There is no message to ask about" in app.error[0].proto.title


def test_pictures_are_shown_large(
    open_page: Open, workspace: Workspace, tmp_path: Path, import_once: Importer, component: Component
) -> None:
    component("try_asking").InferenceClient = Oracle
    run = pictures_run(workspace, pictures_dataset(workspace, tmp_path, import_once))
    app = present(open_page, run)
    assert "Nothing in a picture can be masked" in words_of(app)
    assert app.file_uploader and not walls(app)
    right, wrong = walls(show_rows(app))
    assert 1 < len(right) <= 4 and {tile["tone"] for tile in right} == {"right"}
    assert 1 < len(wrong) <= 4 and {tile["tone"] for tile in wrong} == {"wrong"}


@pytest.mark.parametrize(
    ("labels", "narrow", "most"),
    [
        ([str(digit) for digit in range(10)], False, 10),
        (["Billing", "Delivery"], False, 6),
        (["card_payment_fee_charged"], False, 5),
        (["0", "1"], True, 4),
    ],
)
def test_as_many_classes_as_can_be_read(component: Component, labels: list[str], narrow: bool, most: int) -> None:
    assert component("present_matrix").most_classes(labels, narrow=narrow) == most


def test_of_many_classes_those_that_it_mixes_up_most_are_shown_and_that_is_said(component: Component) -> None:
    labels = [f"class number {place}" for place in range(77)]
    rows = [[5 if i == j else int(j == (i + 1) % 77) * (i % 4) for j in range(77)] for i in range(77)]
    matrix = component("present_matrix")
    shown = matrix.mixed_up_most({"labels": labels, "matrix": rows}, matrix.most_classes(labels))
    said = matrix.left_out({"labels": labels, "matrix": rows}, shown)
    assert len(shown["labels"]) == 5
    assert said.startswith("Of its 77 classes these are the 5 that it mixes up most: ")
