"""A model that came as a zip: what its files need not say is missing on no page."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from run_material import finished_run, labels_of
from streamlit.testing.v1 import AppTest

from sft_core.export.adopting import adopt
from sft_core.export.bundle import export_zip
from sft_core.jobs import store
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace, new_id

Open = Callable[..., AppTest]
NO_SCORES = dict.fromkeys(("accuracy", "macro_f1", "weighted_f1", "macro_precision", "macro_recall", "log_loss"))


def bare(report: dict[str, Any]) -> dict[str, Any]:
    """The same report with nothing in it that may be missing or empty; its score stays."""
    found = copy.deepcopy(report)
    test = {**NO_SCORES, "accuracy": found["metrics"]["test"]["accuracy"]}
    nothing = {"accuracy": None, "macro_f1": None}
    spans = {"validation": nothing, "test": {**nothing, "accuracy": found["intervals"]["test"]["accuracy"]}}
    calibration = dict.fromkeys(("ece_before", "ece_after", "ece_by_chance", "temperature"))
    found.update(metrics={"validation": NO_SCORES, "test": test}, intervals={**spans, "baselines": {}})
    found.update(baselines={}, versus_baseline=None, threshold=None, audit={"duplicates_across_splits": None})
    found.update(calibration={**calibration, "bins": {"before": [], "after": []}}, warnings=[], unavailable={})
    found.update(timing={}, environment={})
    unknown = dict.fromkeys(("precision", "recall", "f1", "interval", "precision_interval", "f1_interval"))
    found["per_class"] = [{"label": entry["label"], "support": 0, **unknown} for entry in found["per_class"]]
    found["confusion"]["matrix"] = [[0] * len(found["labels"])] * len(found["labels"])
    del found["commonest"]
    return found


@pytest.fixture
def adopted(workspace: Workspace, dataset: str, tmp_path: Path) -> str:
    """The id of a run that came as such a zip."""
    run = RunFolder(finished_run(workspace, dataset).folder)
    labels, roles = labels_of(workspace, dataset), read_json(run.config)["roles"]
    write_json(run.report, bare(read_json(run.report)))
    settled = {"schema_version": 1, "name": "", "task": "text-classification", "preset": "", "seed": 0}
    parts = {"settings": {"max_length": 16}, "data": {"name": "", "hash": ""}, "roles": roles, "labels": labels}
    write_json(run.config, {**settled, **parts, "model": {"name": "x", "revision": None, "sha256": ""}})
    names = {str(place): label for place, label in enumerate(labels)}
    write_json(run.model / "config.json", {"model_type": "bert", "id2label": names})
    (run.model / "model.safetensors").write_bytes(b"0")
    export_zip(run, tmp_path / "model.zip")
    job = store.find(workspace, adopt(tmp_path / "model.zip", workspace.run(new_id()), name="From a friend"))
    assert job is not None
    return job.id


@pytest.mark.parametrize("page", ["home.py", "evaluation.py", "training.py", "compare.py", "system.py"])
def test_every_page_shows_a_model_of_which_little_is_known(open_page: Open, adopted: str, page: str) -> None:
    app = open_page(page, run=adopted)
    assert not app.exception and not any("Nothing is lost" in error.value for error in app.error)  # no bug's id
    assert app.markdown or app.title
