"""Train: choosing how, and starting."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from pages_words import words_of
from run_material import set_state, submit_run
from streamlit.testing.v1 import AppTest
from training_page import button, keys

from sft_core.cli import run as run_commands
from sft_core.cli.main import exit_code
from sft_core.config import Goal, ReadOptions, Roles, TrainingSettings, validated
from sft_core.errors import ConfigError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.records import write_json
from sft_core.training.pinned import write_pinned
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("preset: perfect", "no preset 'perfect'; known are quick"),
        ("preset: [a]", "no preset"),
        ("preset: {a: b}\nepochs: 0", "no preset .* epochs: "),
        ("model: [a]", "model is not a name"),
        ("loss: hinge", "no loss 'hinge'; known are cross_entropy"),
        ("optimizer: [adamw]", "optimizer: "),
        ("epoch_count: 4", "no setting 'epoch_count'"),
        ("4: 4", "4"),
        ("goal: {kind: recall}", "goal: recall and precision are for one class"),
        ("epochs: 2026-02-30", "not valid YAML"),
        ("epochs: [", "not valid YAML"),
        ("[" * 3000, "not valid YAML"),
        ("just words", "holds no settings"),
    ],
)
def test_what_is_wrong_in_a_yaml_is_said(dataset: str, component: Open, text: str, says: str) -> None:
    recipes = component("recipe")
    with pytest.raises(ConfigError, match=says):
        recipes.from_yaml(recipes.Recipe(dataset), text)


def test_after_a_wrong_yaml_the_page_is_whole(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    app.session_state["settings_as_text"] = True
    app.run()
    app.text_area(key="yaml_text").set_value("preset: [a]")
    next(one for one in app.button if one.label == "Use these settings").click().run()
    assert [error.proto.title.replace("\\", "")[:18] for error in app.error] == ["There is no preset"]
    assert not button(app, "start_run").disabled


def test_values_of_a_yaml_are_kept_as_what_they_mean(open_page: Open, dataset: str, component: Open) -> None:
    open_page("training.py", dataset=dataset)
    recipes = component("recipe")
    changed = recipes.from_yaml(recipes.Recipe(dataset), 'token_budget: "2048"\nepochs: 3.0\ndropout:\n')
    assert changed.changes == {"token_budget": 2048, "epochs": 3}
    assert type(changed.changes["epochs"]) is int
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    assert not app.run().error and not app.exception


def test_a_class_that_is_not_there_is_asked_for_and_not_guessed(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    goal = {"kind": "recall", "label": "*Returns*"}
    other = submit_run(workspace, dataset, "finished", settings={"goal": goal})
    app = open_page("training.py", dataset=dataset, settings_from=other.id)
    assert "no class “*Returns*”" in words_of(app).replace("\\", "")
    which = next(one for one in app.selectbox if one.label == "Which class?")
    assert which.value is None and button(app, "start_run").disabled
    assert "which class matters most, then it can start" in words_of(app)
    which.set_value("Praise").run()
    assert "no class" not in words_of(app) and "it can start" not in words_of(app)
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[-1].folder).request
    assert request["settings"]["goal"] == {"kind": "recall", "label": "Praise"}


def test_a_goal_that_nothing_could_tell_of_is_refused_before_the_start(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    next(one for one in app.radio if str(one.key).startswith("goal_")).set_value("recall").run()
    which = next(one for one in app.selectbox if one.label == "Which class?")
    assert not button(app, "start_run").disabled
    which.set_value("billing").run()  # one row, which is learnt from: none is left for checking
    assert "No message of “billing” is kept back for checking" in words_of(app)
    assert button(app, "start_run").disabled


READ = ReadOptions(format="csv", delimiter="\t", quote="", encoding="cp1252", header=False, skip=1)


def test_the_command_does_the_same_as_the_form(
    component: Open, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = component("recipe")
    recipe = recipes.Recipe("x", changes={"epochs": 4}, goal=Goal(kind="recall", label="a b"), seed=2)
    roles = Roles(text=("a title", "body"), text_pair="reply", label="topic", group="person", split="part")
    command = recipes.as_command(recipe, {"train": "my file.csv", "test": "later.csv"}, roles, "May 1", READ)

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
    assert validated(ReadOptions, request["read"]) == READ.model_copy(update={"sheet": "May 1"})
    assert (request["preset"], request["model"], request["seed"]) == (recipe.preset, recipe.model, 2)
    assert request["settings"] == {"epochs": 4, "goal": {"kind": "recall", "label": "a b"}}
    assert request["split"] == recipe.request("x", 0).model_dump(mode="json")["split"], "the same rows are kept back"


def test_every_setting_has_a_field_in_the_form(component: Open) -> None:
    form, settings = component("settings_form"), component("recipe").TrainingSettings
    drawn = [name for names in form.GROUPS.values() for name in names]
    drawn += component("kinds.training_image").OWN_SETTINGS  # asked beside the goal
    assert sorted(drawn) == sorted(set(settings.model_fields) - {"goal", "seed"})


def test_the_settings_form_draws_all_fields(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    app.session_state["all_settings"] = True
    app.run()
    assert not app.exception
    labels = {one.label for one in app.number_input}
    assert {"Passes over the data", "Dropout", "Seed", "Threads"} <= labels


def test_what_was_pinned_on_the_way_is_taken_over_with_the_settings(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    other = submit_run(workspace, dataset, "finished")
    write_pinned(RunFolder(other.folder), ["pinned later"])
    app = open_page("training.py", dataset=dataset, settings_from=other.id)
    button(app, "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[-1].folder).request
    assert request["pinned"] == ["pinned later"]


def test_every_setting_says_what_it_does_in_a_sentence() -> None:
    fields = {name: field for name, field in TrainingSettings.model_fields.items() if name != "goal"}
    assert len(fields) > 15
    for name, field in fields.items():
        assert field.title and (field.description or "").endswith("."), name


def test_a_time_that_could_not_be_measured_says_why(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    set_state(workspace, store.list_jobs(workspace, kinds=["preflight"])[0], "failed", "The model is not here.", "")
    said = words_of(app.run()).replace("\\", "")
    assert "Time: could not be measured. The model is not here." in said
