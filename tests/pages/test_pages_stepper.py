"""The strip of steps: on each page, with what is done and what is missing, and links there."""

import pytest
from run_material import finished_run, submit_run

from sft_core.data.findings.stored import find_problems
from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore

PAGES = ["data", "prepare", "model", "training", "evaluation", "try_it", "home", "compare", "system"]
STEPS = ["Data", "Prepare", "Model", "Train", "Evaluate", "Try it"]
DONE = ":material/check:"


def strip(app):
    """(title, whether it is ticked, what its help says) of each step, as drawn."""
    links = [one.proto for one in app.get("page_link")][: len(STEPS)]
    return {link.label.strip("*").removeprefix(":gray[").rstrip("]"): (link.icon == DONE, link.help) for link in links}


@pytest.mark.parametrize("page", PAGES)
def test_it_stands_on_each_page_and_leads_to_all_steps(open_page, dataset, page):
    app = open_page(f"{page}.py", dataset=dataset)
    assert not app.exception and list(strip(app)) == STEPS
    assert [one.proto.page for one in app.get("page_link")][:2] == ["data", "prepare"]


def ticked(app):
    return [title for title, (done, _) in strip(app).items() if done]


def test_without_data_nothing_is_done(open_page, workspace):
    assert ticked(open_page()) == [] and strip(open_page())["Train"][1] == "Bring data first."


def test_it_says_what_is_done_and_what_is_missing(open_page, dataset, workspace):
    keep = DatasetStore(workspace)
    assert ticked(open_page()) == ["Data"], "without a choice it is about the newest data"
    find_problems(keep, dataset, 0)  # as the import does
    assert "noticed in the rows" in strip(open_page(dataset=dataset))["Prepare"][1]
    keep.save_findings(dataset, 0, [])
    assert ticked(open_page(dataset=dataset)) == ["Data", "Prepare"], "there is nothing to mend"
    find_problems(keep, dataset, 0)
    before = ["Data", "Prepare", "Model"]
    waiting = submit_run(workspace, dataset, "running")
    assert ticked(open_page(dataset=dataset, run=waiting.id)) == before, "one who has gone on has left it behind"
    assert strip(open_page(dataset=dataset, run=waiting.id))["Evaluate"][1] == "First a run has to finish."


def test_rows_that_were_changed_are_prepared(open_page, dataset, workspace):
    apply_step(DatasetStore(workspace), dataset, step("drop_duplicates"))
    assert ticked(open_page(dataset=dataset)) == ["Data", "Prepare"]


def test_evaluate_is_done_once_the_result_was_looked_at(open_page, dataset, workspace):
    run, done = finished_run(workspace, dataset), ["Data", "Prepare", "Model", "Train"]
    assert ticked(open_page(dataset=dataset, run=run.id)) == done
    open_page("evaluation.py", dataset=dataset, run=run.id)
    assert ticked(open_page(dataset=dataset, run=run.id)) == [*done, "Evaluate"], "in another session as well"
    assert ticked(open_page(dataset=dataset, run=finished_run(workspace, dataset).id)) == done, "not of another run"
