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


def test_it_says_what_is_done_and_what_is_missing(open_page, dataset, workspace):
    def ticked(**address):
        return [title for title, (done, _) in strip(open_page("home.py", **address)).items() if done]

    assert ticked() == []
    assert strip(open_page("home.py"))["Train"][1] == "Bring data first."
    assert ticked(dataset=dataset) == ["Data"]
    find_problems(DatasetStore(workspace), dataset, 0)  # as the import does
    waiting = submit_run(workspace, dataset, "running")
    assert ticked(dataset=dataset, run=waiting.id) == ["Data", "Model"], "what was noticed is still there"
    apply_step(DatasetStore(workspace), dataset, step("drop_duplicates"))
    assert ticked(dataset=dataset, run=waiting.id) == ["Data", "Prepare", "Model"]
    run = finished_run(workspace, dataset)
    assert ticked(dataset=dataset, run=run.id) == ["Data", "Prepare", "Model", "Train", "Evaluate"]
