from collections.abc import Callable
from types import ModuleType

import pytest
from pages_words import words_of
from run_material import finish_run, finished_run, submit_run, tell_progress, write_config
from streamlit.testing.v1 import AppTest

from sft_core.jobs import store
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]


def two_runs(workspace: Workspace, dataset: str) -> tuple[str, str]:
    """A good run and a bad one on the same rows."""
    good = finished_run(workspace, dataset)
    bad = submit_run(workspace, dataset, "running", name="<b>Bad</b>")
    write_config(workspace, bad, dataset)
    tell_progress(workspace, bad, dataset)
    finish_run(workspace, bad, dataset, right=0.1)
    return good.id, bad.id


def test_one_run_alone_cannot_be_compared(open_page: Open, workspace: Workspace, dataset: str) -> None:
    finished_run(workspace, dataset)
    app = open_page("compare.py")
    assert not app.exception
    assert "two finished runs" in words_of(app)


def test_the_better_one_is_named_with_the_exact_test_in_plain_words(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    good, bad = two_runs(workspace, dataset)
    app = open_page("compare.py", first=bad, second=good)
    said = words_of(app)
    assert not app.exception
    assert not app.error
    assert "Messages · quick is better than" in said
    assert "by luck (p < 0.001)" in said
    assert "Only Messages · quick is right" in said


def test_names_show_exactly_their_characters(open_page: Open, workspace: Workspace, dataset: str) -> None:
    good, bad = two_runs(workspace, dataset)
    said = words_of(open_page("compare.py", first=good, second=bad))
    assert r"\<b\>Bad\<\/b\>" in said
    assert "<b>Bad" not in said


def test_the_current_run_is_compared_with_the_other_one(open_page: Open, workspace: Workspace, dataset: str) -> None:
    good, bad = two_runs(workspace, dataset)
    app = open_page("compare.py", run=good)
    assert [one.value for one in app.selectbox][:2] == [good, bad]


def test_runs_with_other_classes_are_refused_politely(open_page: Open, workspace: Workspace, dataset: str) -> None:
    good, bad = two_runs(workspace, dataset)
    folder = RunFolder(store.get(workspace, bad).folder)
    folder.predictions.unlink()
    write_json(folder.report, {**read_json(folder.report), "labels": ["x"]})
    app = open_page("compare.py", first=good, second=bad)
    assert not app.exception
    assert "row by row" in app.error[0].value + words_of(app) + "".join(str(e.proto) for e in app.error)


@pytest.mark.parametrize(
    ("fixed", "broken", "p", "says"),
    [(0, 0, 1.0, "same rows"), (3, 2, 1.0, "often differ"), (40, 2, 0.0001, "hardly ever differ")],
)
def test_mcnemar_is_said_in_plain_words(
    component: Callable[[str], ModuleType], fixed: int, broken: int, p: float, says: str
) -> None:
    from types import SimpleNamespace

    found = SimpleNamespace(versus=SimpleNamespace(fixed=fixed, broken=broken, p=p), difference=0.1)
    table = component("compare_table")
    assert says in table.test_sentence(found, "A", "B", ("row", "rows"))
    assert ("No proven difference" in table.headline(found, "A", "B")) == (p > 0.05)
