import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from pages_words import words_of
from run_material import PINNED, finished_run, labels_of, set_state, submit_run, tell_progress, write_config
from streamlit.testing.v1 import AppTest

from sft_core.cli import run as run_commands
from sft_core.cli.main import exit_code
from sft_core.config import Goal, Roles, TrainingSettings, validated
from sft_core.data.findings.stored import find_problems
from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.records import EventLog, Outcome, write_json, write_outcome
from sft_core.training.pinned import read_pinned, write_pinned
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if one.key == key)


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def test_without_data_the_page_says_what_is_missing(open_page: Open) -> None:
    app = open_page("training.py")
    assert not app.exception
    assert "No data yet" in words_of(app)


def test_start_with_the_defaults_asks_for_a_balanced_run(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    assert not app.exception
    button(app, "start_run").click().run()
    runs = store.list_jobs(workspace, kinds=["train"])
    assert [run.title for run in runs] == ["Messages · balanced"]
    request = read_order(runs[0].folder).request
    assert (request["dataset"], request["version"], request["preset"]) == (dataset, 0, "balanced")


def test_start_shows_the_run_and_not_the_form_again(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    button(app, "start_run").click().run()
    assert not app.exception
    assert "stop_run" in keys(app)
    assert "start_run" not in keys(app)


def test_starting_stops_the_measurement_of_the_time(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    assert [job.state for job in store.list_jobs(workspace, kinds=["preflight"])] == ["queued"]
    button(app, "start_run").click().run()
    assert [job.state for job in store.list_jobs(workspace, kinds=["preflight"])] == ["stopped"]


def test_the_time_is_measured_once_for_all_presets(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    button(app, "choose_best").click().run()
    app.run()
    assert len(store.list_jobs(workspace, kinds=["preflight"])) == 1


def measured(workspace: Workspace, fits: bool) -> None:
    """The pre-flight has ended with this."""
    job = store.list_jobs(workspace, kinds=["preflight"])[0]
    found = {"total_seconds": 60.0, "samples_per_second": 20.0, "memory_mb": 900, "free_mb": 800, "fits": fits}
    write_json(job.folder / "estimate.json", {**found, "message": "It needs too much memory.", "hint": "Take less."})
    facts = {"rows": 80, "classes": 3, "smallest_class": 20, "mean_tokens": 8.0, "p99_tokens": 12}
    write_json(job.folder / "config.json", {"measured": facts})
    set_state(workspace, job, "finished")


def test_the_measured_time_stands_on_each_preset(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    measured(workspace, fits=True)
    said = words_of(app.run())
    assert said.count("on this machine") >= 3


def test_what_cannot_fit_is_refused_with_the_way_out(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    measured(workspace, fits=False)
    app.run()
    assert button(app, "start_run").disabled
    assert "Take less" in app.error[0].value


def test_the_goal_and_the_pinned_sentences_are_asked_of_the_run(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    app = open_page("training.py", dataset=dataset)
    next(one for one in app.radio if str(one.key).startswith("goal_")).set_value("recall").run()
    next(one for one in app.text_input if one.key == "pin_text_next").set_value("where is my parcel").run()
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[0].folder).request
    assert request["pinned"] == ["where is my parcel"]
    assert request["settings"]["goal"]["kind"] == "recall"
    assert request["settings"]["goal"]["label"] in ("Billing", "billing", "Delivery", "Praise")


def test_settings_of_another_run_are_taken_over(open_page: Open, workspace: Workspace, dataset: str) -> None:
    other = submit_run(
        workspace, dataset, "finished", settings={"epochs": 7, "goal": Goal(kind="macro_f1").model_dump()}
    )
    app = open_page("training.py", dataset=dataset, settings_from=other.id)
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[-1].folder).request
    assert request["settings"] == {"epochs": 7, "goal": {"kind": "macro_f1", "label": None}}
    assert request["preset"] == "quick"


def test_settings_can_be_loaded_from_yaml_and_wrong_ones_are_named(
    open_page: Open, dataset: str, component: Open
) -> None:
    open_page("training.py", dataset=dataset)
    recipes = component("recipe")
    recipe = recipes.Recipe(dataset)
    changed = recipes.from_yaml(recipe, "epochs: 4\ngoal: {kind: macro_f1}\nseed: 3\n")
    assert (changed.changes, changed.goal.kind, changed.seed) == ({"epochs": 4}, "macro_f1", 3)
    again = recipes.from_yaml(recipe, recipes.as_yaml(changed))
    assert again == changed
    other = recipes.from_yaml(changed, "preset: best\nmodel: owner/name\n")
    assert (other.preset, other.model) == ("best", "owner/name")
    assert recipes.from_yaml(recipe, recipes.as_yaml(other)) == other
    with pytest.raises(Exception, match="no preset"):
        recipes.from_yaml(recipe, "preset: perfect")
    with pytest.raises(Exception, match="epoch_count"):
        recipes.from_yaml(recipe, "epoch_count: 4")


def test_the_command_does_the_same_as_the_form(
    component: Open, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = component("recipe")
    recipe = recipes.Recipe("x", changes={"epochs": 4}, goal=Goal(kind="recall", label="a b"), seed=2)
    roles = Roles(text=("a title", "body"), text_pair="reply", label="topic", group="person", split="part")
    command = recipes.as_command(recipe, {"train": "my file.csv", "test": "later.csv"}, roles, "May 1")

    (tmp_path / "my file.csv").write_text("a title,body,reply,topic,person,part\n")
    (tmp_path / "later.csv").write_text("a title,body,reply,topic,person,part\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)
    monkeypatch.setattr(run_commands, "_follow_run", lambda *_: None)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "sft_core"] and exit_code(words[3:]) == 0
    request = read_order(tmp_path / "my-run").request
    assert (Path(request["train"]).name, Path(request["test"]).name) == ("my file.csv", "later.csv")
    assert validated(Roles, request["roles"]) == roles
    assert (request["read"]["sheet"], request["preset"], request["model"], request["seed"]) == (
        "May 1",
        recipe.preset,
        recipe.model,
        2,
    )
    assert request["settings"] == {"epochs": 4, "goal": {"kind": "recall", "label": "a b"}}
    assert request["split"] == recipe.request("x", 0).model_dump(mode="json")["split"], "the same rows are kept back"


def test_every_setting_has_a_field_in_the_form(component: Open) -> None:
    form, settings = component("settings_form"), component("recipe").TrainingSettings
    drawn = [name for names in form.GROUPS.values() for name in names]
    assert sorted(drawn) == sorted(set(settings.model_fields) - {"goal", "seed"})


def test_the_settings_form_draws_all_fields(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    app.run()
    assert not app.exception
    labels = {one.label for one in app.number_input}
    assert {"Passes over the data", "Dropout", "Seed", "Threads"} <= labels


def test_before_the_first_look_the_simple_method_fills_the_matrix(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset, looks=0)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not app.exception
    said = words_of(app)
    assert "that is to be beaten" in said
    assert "Simple method" in said
    assert app.get("vega_lite_chart")


def test_a_learning_run_says_how_it_stands(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not app.exception
    said = words_of(app)
    assert "Learning from" in said
    assert "Still improving" in said
    assert {metric.label for metric in app.metric} >= {"Right in 100", "Every class alike", "Hardest class"}


def test_pinned_sentences_show_exactly_their_characters(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert any(r"\<b\>parcel\<\/b\>" in str(one.value) for one in app.markdown)


def test_a_sentence_is_pinned_and_another_taken_off_while_it_learns(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    next(one for one in app.text_input if one.key == f"pin_text_{job.id}").set_value("a new  question").run()
    assert not app.exception
    assert read_pinned(RunFolder(job.folder)) == (*PINNED, "a new question")
    assert "Its answer comes with the next look" in words_of(app)
    button(app, f"unpin_0_{job.id}").click().run()
    assert read_pinned(RunFolder(job.folder)) == ("a new question",)
    log = EventLog(job.folder / "events.jsonl", 1)
    for share in (0.4, 0.9):
        answer = [share, 1 - share, *[0.0] * (len(labels_of(workspace, dataset)) - 2)]
        log.add("pinned", step=40 + round(10 * share), sentences=["a new question"], probabilities=[answer])
    app.run()
    (drawn,) = [one for one in app.get("vega_lite_chart") if "before" in one.proto.alt]
    assert "90%" in drawn.proto.alt and "60% before" in drawn.proto.alt


def test_no_more_than_six_are_pinned_and_a_finished_run_takes_none(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    write_pinned(RunFolder(job.folder), [f"question {n}" for n in range(6)])
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not [one for one in app.text_input if str(one.key).startswith("pin_text")]
    set_state(workspace, job, "stopped")
    app.run()
    assert not [one for one in app.button if str(one.key).startswith("unpin")]


def test_what_was_pinned_on_the_way_is_taken_over_with_the_settings(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    other = submit_run(workspace, dataset, "finished")
    write_pinned(RunFolder(other.folder), ["pinned later"])
    app = open_page("training.py", dataset=dataset, settings_from=other.id)
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[-1].folder).request
    assert request["pinned"] == ["pinned later"]


def test_stop_only_wishes_it(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    app = open_page("training.py", dataset=dataset, run=job.id)
    button(app, "stop_run").click().run()
    now = store.get(workspace, job.id)
    assert (now.state, now.desired) == ("running", "stop")
    assert button(app, "stop_run").disabled


def test_a_waiting_run_says_how_many_are_before_it(open_page: Open, workspace: Workspace, dataset: str) -> None:
    submit_run(workspace, dataset, "running")
    job = submit_run(workspace, dataset, "queued")
    assert "1 run before it" in words_of(open_page("training.py", dataset=dataset, run=job.id))


@pytest.mark.parametrize("state", ["stopped", "failed", "lost"])
def test_what_did_not_finish_can_be_resumed(
    open_page: Open, workspace: Workspace, dataset: str, state: store.State
) -> None:
    job = submit_run(workspace, dataset, "running")
    set_state(workspace, job, state, "The machine restarted", "Resume goes on from step 10.")
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert "from step 10" in words_of(app)
    button(app, "resume_run").click().run()
    now = store.get(workspace, job.id)
    assert (now.state, now.attempt) == ("queued", 2)


def test_a_finished_run_leads_to_its_result(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = finished_run(workspace, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    button(app, "to_evaluate").click().run()
    assert not app.exception
    assert "How good is it?" in words_of(app)


def test_details_show_figures_and_settings(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    app.session_state[f"details_{job.id}"] = True
    app.run()
    assert not app.exception
    assert len(app.table) == 2


def test_the_figures_tell_loss_scores_speed_and_memory(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    app.session_state[f"details_{job.id}"] = True
    shown = app.run().table[0].value.to_string()
    for name in ("Validation loss", "Accuracy", "Macro-F1", "Precision", "Recall", "Speed", "Memory"):
        assert name in shown
    assert "Time left" in {metric.label for metric in app.metric}
    assert "The hardest classes" in words_of(app)


def test_every_setting_says_what_it_does_in_a_sentence() -> None:
    fields = {name: field for name, field in TrainingSettings.model_fields.items() if name != "goal"}
    assert len(fields) > 15
    for name, field in fields.items():
        assert field.title and (field.description or "").endswith("."), name


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
    assert "no row left for validation" in warning.proto.title
    assert "A fifth" not in words_of(app)
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


def test_prepare_is_not_ticked_off_by_a_run_on_rows_as_they_came(
    open_page: Open, workspace: Workspace, dataset: str, component: Open
) -> None:
    run = finished_run(workspace, dataset)

    def ticked() -> bool:
        app = open_page("training.py", dataset=dataset, run=run.id)
        assert not app.exception
        return any(link.proto.icon for link in app.get("page_link") if link.proto.label == "Prepare")

    find_problems(DatasetStore(workspace), dataset, 0)
    assert not ticked()
    apply_step(DatasetStore(workspace), dataset, step("drop_duplicates"))
    assert ticked()


def test_a_time_that_could_not_be_measured_says_why(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    set_state(workspace, store.list_jobs(workspace, kinds=["preflight"])[0], "failed", "The model is not here.", "")
    said = words_of(app.run()).replace("\\", "")
    assert "Time: could not be measured. The model is not here." in said
