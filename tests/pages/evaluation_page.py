"""What the tests of the Evaluate page share: finding things on it, and files that a run is tested on later."""

from collections.abc import Callable

import numpy as np
import pages_words
import pandas as pd
from arriving import arrive
from run_material import guesses, labels_of
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import write_predictions
from sft_core.evaluation.test_file import evaluate_on
from sft_core.evaluation.tuned_run import load_tuned_run
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.records import write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]


def words_of(app: AppTest) -> str:
    """What a reader sees: without the marks that keep data from being read as Markdown."""
    return pages_words.words_of(app).replace("\\", "")


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if str(one.key).startswith(key))


def box(app: AppTest, start: str) -> object:
    """The select box whose key (or label) begins so."""
    return next(one for one in app.selectbox if str(one.key).startswith(start) or one.label == start)


def address(app: AppTest, name: str) -> str:
    """A part of the address of the page."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def later_file(workspace: Workspace, run: Job, dataset: str, *, labelled: bool) -> Job:
    """A finished test on a later file, judged by the real function, with one class that is not known."""
    order = {"run": str(run.folder), "data": "later.csv", "name": "later.csv"}
    job = store.submit(workspace, "evaluate", order, title="later.csv", parent=run.id)
    labels, roles = labels_of(workspace, dataset), DatasetStore(workspace).get(dataset).roles
    topics = ["Billing", "Delivery", "Praise", "Returns"] * 10
    table = pd.DataFrame({"message": [f"a new question {n}" for n in range(40)], "topic": topics if labelled else ""})
    table = table.assign(_source="test", _row=np.arange(40))
    known = [label if label in labels else "Billing" for label in topics]
    shares = guesses(known, labels, 0.6, 3)
    report = evaluate_on(load_tuned_run(RunFolder(run.folder)), table, roles, {}, frozenset(), shares)
    report["test_file"]["columns"] = {"message": "message", "topic": "topic"}
    write_predictions(job.folder / "predictions.parquet", Answers(table, list(table["topic"]), shares), labels)
    write_json(job.folder / "report.json", report)
    with workspace.writing() as connection:
        connection.execute("UPDATE jobs SET state = 'finished' WHERE id = ?", (job.id,))
    return job


def bring(open_page: Open, run: Job, name: str, content: bytes) -> AppTest:
    """The screen for a later file that was just brought."""
    app = open_page("evaluation.py", run=run.id, test_file="new")
    return arrive(app, "later_file", name, content)


def request_of(workspace: Workspace) -> dict:
    """What was asked of the newest test."""
    newest = max(store.list_jobs(workspace, kinds=["evaluate"]), key=lambda job: job.submitted)
    return read_order(newest.folder).request
