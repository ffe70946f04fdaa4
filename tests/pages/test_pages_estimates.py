"""How long it takes and whether it fits, on the Train page: known, being measured, or why not."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pages_words import words_of
from run_material import set_state, submit_run
from streamlit.testing.v1 import AppTest
from training_page import button, keys

from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.records import Outcome, read_json, write_json, write_outcome
from sft_core.tasks.registry import get_task
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


@pytest.fixture
def own(workspace: Workspace, dataset: str) -> Callable[..., None]:
    """Wishes for the next run of the dataset: settings by field name."""

    def wish(**changes: object) -> None:
        write_json(workspace.dataset(dataset) / "next_run.json", {"schema_version": 1, "changes": changes})

    return wish


@pytest.fixture
def at_once(component: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings have settled as soon as they are there."""
    monkeypatch.setattr(component("estimates"), "SETTLE", 0.0)


def measurements(workspace: Workspace) -> list[Job]:
    return store.list_jobs(workspace, kinds=["preflight"])


def states(workspace: Workspace) -> list[str]:
    return [job.state for job in measurements(workspace)]


def measured(workspace: Workspace, job: Job, **more: Any) -> None:
    """This pre-flight has ended, with these findings beside the usual ones: 3 passes over 80 rows in 60 seconds."""
    found = {"total_seconds": 60.0, "samples_per_second": 4.0, "seconds_per_evaluation": 2.0, "memory_mb": 900}
    found = {**found, "free_mb": 8000, "fits": True, "message": "About 1 minute.", "hint": "", **more}
    write_json(job.folder / "estimate.json", found)
    facts = {"rows": 80, "classes": 3, "smallest_class": 20, "mean_tokens": 8.0, "p99_tokens": 12}
    write_json(job.folder / "config.json", {"measured": facts})
    set_state(workspace, job, "finished")


def number_field(app: AppTest, name: str) -> Any:
    return next(one for one in app.number_input if str(one.key).startswith(f"setting_{name}_"))


def test_settings_that_only_change_how_often_rows_are_seen_are_answered_at_once(
    open_page: Open, workspace: Workspace, dataset: str, own: Callable[..., None], component: Open
) -> None:
    app = open_page("training.py", dataset=dataset)
    measured(workspace, measurements(workspace)[0])
    own(epochs=20, lr_body=1e-4, weight_decay=0.1, schedule="cosine", patience=0, clip_norm=2.0)
    said = words_of(app.run())
    assert "Measuring" not in said
    assert len(measurements(workspace)) == 1
    own(epochs=20)
    twenty = _seconds(component, workspace, dataset)
    own(epochs=40)
    forty = _seconds(component, workspace, dataset)
    assert forty - twenty == pytest.approx(20 * 80 / 4 + 20 * 2)
    own(epochs=40, evaluations_per_epoch=3)
    assert _seconds(component, workspace, dataset) - forty == pytest.approx(40 * 2 * 2)


def _seconds(component: Open, workspace: Workspace, dataset: str) -> float:
    """What a run with the wishes that are kept takes, by the measurement that is there."""
    recipe = component("recipe").Recipe(
        dataset, changes=read_json(workspace.dataset(dataset) / "next_run.json")["changes"]
    )
    found = component("timing").read(measurements(workspace)[0], recipe, "")
    return found.seconds("balanced")


def test_settings_that_change_speed_or_memory_are_measured_by_themselves(
    open_page: Open, workspace: Workspace, dataset: str, own: Callable[..., None], at_once: None
) -> None:
    app = open_page("training.py", dataset=dataset)
    measured(workspace, measurements(workspace)[0])
    own(batch_size=8)
    said = words_of(app.run())
    assert said.count("Measuring how long it takes here") >= 3
    first, second = measurements(workspace)
    assert (first.state, second.state) == ("finished", "queued")
    assert read_order(second.folder).request["settings"] == {"batch_size": 8}
    assert "settings_measure" not in keys(app)
    assert not button(app, "start_run").disabled  # the run measures by itself then


def test_a_number_typed_into_the_form_is_measured_without_a_button(
    open_page: Open, workspace: Workspace, dataset: str, at_once: None
) -> None:
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    app.run()
    number_field(app, "batch_size").set_value(4).run()
    assert not app.exception
    assert states(workspace) == ["stopped", "queued"]
    number_field(app, "batch_size").set_value(None).run()  # an empty field means: as the preset says
    assert states(workspace) == ["stopped", "queued"]
    assert read_order(measurements(workspace)[1].folder).request["settings"] == {}


def test_only_settings_that_have_settled_are_measured(
    open_page: Open, workspace: Workspace, dataset: str, own: Callable[..., None]
) -> None:
    app = open_page("training.py", dataset=dataset)
    for batch in (4, 8, 16):
        own(batch_size=batch)
        assert "Measuring how long it takes here" in words_of(app.run())
    assert states(workspace) == ["stopped"]  # what was being measured is not wanted any more
    app.session_state["wished_to_measure"]["bundled"] = (
        app.session_state["wished_to_measure"]["bundled"][0],
        time.monotonic() - 60,
    )
    app.run()
    assert states(workspace) == ["stopped", "queued"]
    assert read_order(measurements(workspace)[1].folder).request["settings"] == {"batch_size": 16}


def test_a_measurement_of_other_settings_makes_way_and_is_taken_up_again(
    open_page: Open, workspace: Workspace, dataset: str, own: Callable[..., None], at_once: None
) -> None:
    app = open_page("training.py", dataset=dataset)
    own(frozen_layers=2)
    app.run()
    own(frozen_layers=3)
    app.run()
    assert frozen_layers_of(workspace) == {None: "stopped", 2: "stopped", 3: "queued"}
    own(frozen_layers=2)
    app.run()
    assert frozen_layers_of(workspace) == {None: "stopped", 2: "queued", 3: "stopped"}


def frozen_layers_of(workspace: Workspace) -> dict[int | None, str]:
    """The state of each measurement by the frozen layers that it is for."""
    jobs = measurements(workspace)
    return {read_order(job.folder).request["settings"].get("frozen_layers"): job.state for job in jobs}


def test_while_something_else_trains_nothing_is_measured_and_that_is_said(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    other = submit_run(workspace, dataset, "running")
    app = open_page("training.py", dataset=dataset, new="run")
    assert not app.exception
    assert "measured as soon as nothing else trains here" in words_of(app)
    assert not measurements(workspace)
    set_state(workspace, other, "finished")
    assert "Measuring how long it takes here" in words_of(app.run())
    assert states(workspace) == ["queued"]


def test_the_measurement_of_another_dataset_only_comes_first(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    store.submit(workspace, "preflight", {}, idem="preflight-another-0")
    app = open_page("training.py", dataset=dataset)
    assert "Measuring how long it takes here" in words_of(app)
    assert states(workspace) == ["queued", "queued"]


def test_settings_that_cannot_be_used_close_the_start_and_say_why(
    open_page: Open, workspace: Workspace, dataset: str, own: Callable[..., None], at_once: None
) -> None:
    own(max_length=8192)
    app = open_page("training.py", dataset=dataset)
    job = measurements(workspace)[0]
    message, hint = "The longest text can be 512 word pieces here, not 8192.", "Change these settings and try again."
    write_outcome(job.folder, Outcome(job.attempt, "failed", message, hint, exit=2))
    set_state(workspace, job, "failed", message, hint)
    app.run()
    assert button(app, "start_run").disabled
    assert "512 word pieces here" in app.error[0].proto.title.replace("\\", "")


def test_a_refusal_can_be_measured_again_when_memory_is_free(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    app = open_page("training.py", dataset=dataset)
    words = {"message": "This training needs 9.0 GB of memory; 8.0 GB are free.", "hint": "Choose a smaller model."}
    measured(workspace, measurements(workspace)[0], fits=False, samples_per_second=0.0, **words)
    app.run()
    assert button(app, "start_run").disabled
    assert words_of(app).count("Does not fit here") == 3
    assert app.error[0].value.replace("\\", "") == "Choose a smaller model."
    button(app, "measure_again").click().run()
    assert not app.exception and not app.error
    assert states(workspace) == ["finished", "queued"]
    assert not button(app, "start_run").disabled


def test_the_task_of_a_run_is_that_of_its_data(
    open_page: Open, workspace: Workspace, dataset: str, component: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = replace(get_task("text-classification"), name="image-classification", row_word=("picture", "pictures"))
    monkeypatch.setattr(component("start_form"), "task_for", lambda roles: spec)
    app = open_page("training.py", dataset=dataset)
    assert "pictures in 4 classes" in words_of(app)
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[0].folder).request
    assert request["task"] == "image-classification"


def test_whole_numbers_of_a_file_fill_fields_of_any_kind(
    open_page: Open, dataset: str, own: Callable[..., None]
) -> None:
    own(weight_decay=0, batch_size=8, optimizer="sgd", loss="no such loss")
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    app.run()
    assert not app.exception
    assert (number_field(app, "weight_decay").value, number_field(app, "batch_size").value) == (0.0, 8)


@pytest.fixture
def settings(open_page: Open, workspace: Workspace, dataset: str, at_once: None) -> AppTest:
    """The page with all settings open, and the preset's values known."""
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    measured(workspace, measurements(workspace)[0])
    return app.run()


def changes_of(workspace: Workspace, dataset: str) -> dict[str, Any]:
    path = workspace.dataset(dataset) / "next_run.json"
    return dict(read_json(path)["changes"]) if path.exists() else {}


def test_fields_show_the_values_of_the_preset_which_are_not_settings_of_ones_own(
    settings: AppTest, workspace: Workspace, dataset: str
) -> None:
    assert (number_field(settings, "epochs").value, number_field(settings, "lr_body").value) == (20, 5e-5)
    assert changes_of(workspace, dataset) == {} and not [key for key in keys(settings) if key.endswith("_back")]
    button(settings, "choose_quick").click().run()
    assert number_field(settings, "epochs").value == 12
    assert changes_of(workspace, dataset) == {}


def test_what_differs_from_the_preset_is_marked_and_has_a_way_back(
    settings: AppTest, workspace: Workspace, dataset: str
) -> None:
    field = number_field(settings, "warmup_share")
    field.increment().run()
    assert changes_of(workspace, dataset) == {"warmup_share": 0.15}
    back = button(settings, f"{field.key}_back")
    assert back.label == "Changed. Back to 0.1"
    rate = number_field(settings, "lr_body").increment().run()
    assert button(rate, "setting_lr_body_0_back").label == "Changed. Back to 0.00005"
    button(settings, "setting_lr_body_0_back").click().run()
    button(settings, "choose_best").click().run()
    assert changes_of(workspace, dataset) == {"warmup_share": 0.15}
    button(settings, f"{field.key}_back").click().run()
    assert number_field(settings, "warmup_share").value == 0.1
    assert changes_of(workspace, dataset) == {} and f"{field.key}_back" not in keys(settings)


def test_the_rates_shown_are_those_for_the_optimizer_that_was_chosen(
    settings: AppTest, workspace: Workspace, dataset: str
) -> None:
    optimizer = next(one for one in settings.selectbox if one.label == "Optimizer")
    optimizer.set_value("sgd").run()
    measured(workspace, measurements(workspace)[-1])
    settings.run()
    assert number_field(settings, "lr_body").value == 5e-3
    assert changes_of(workspace, dataset) == {"optimizer": "sgd"}
