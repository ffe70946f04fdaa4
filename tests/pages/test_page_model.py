from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pages_words import words_of
from run_material import set_state
from streamlit.testing.v1 import AppTest

from sft_core.data.importing import import_files
from sft_core.errors import ModelError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.models.bundled import bundled_folder
from sft_core.models.catalogue import CATALOGUE
from sft_core.records import read_json, write_json
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]
Component = Callable[[str], ModuleType]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


def shown(app: AppTest) -> str:
    """What the page says, without the marks that keep data plain."""
    return words_of(app).replace("\\", "")


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if one.key == key)


def field(app: AppTest, key: str) -> object:
    return next(one for one in app.text_input if one.key == key)


def press(app: AppTest, label: str, place: int = -1) -> AppTest:
    return [one for one in app.button if one.label == label][place].click().run()


def a_model(folder: Path) -> Path:
    """A copy of the bundled model's small files, and of its weights as a link."""
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((bundled_folder() / name).read_bytes())
    (folder / "model.safetensors").symlink_to(bundled_folder() / "model.safetensors")
    return folder


def test_without_data_the_page_asks_for_it(open_page: Open) -> None:
    app = open_page("model.py")
    assert not app.exception
    assert "No data yet" in words_of(app)


def test_every_model_has_a_card_and_the_bundled_one_is_chosen(open_page: Open, dataset: str) -> None:
    app = open_page("model.py", dataset=dataset)
    assert not app.exception
    said = shown(app)
    assert all(card.title.split(" (")[0] in said for card in CATALOGUE)
    assert "It starts from MiniLM" in said
    assert said.count("known after download") >= 9


def test_the_time_is_measured_and_not_guessed(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("model.py", dataset=dataset)
    jobs = store.list_jobs(workspace, kinds=["preflight"])
    assert len(jobs) == 1
    found = {"total_seconds": 60.0, "samples_per_second": 20.0, "memory_mb": 900, "free_mb": 8000, "fits": True}
    write_json(jobs[0].folder / "estimate.json", {**found, "message": "", "hint": ""})
    facts = {"rows": 80, "classes": 3, "smallest_class": 20, "mean_tokens": 8.0, "p99_tokens": 12}
    write_json(jobs[0].folder / "config.json", {"measured": facts})
    set_state(workspace, jobs[0], "finished")
    said = words_of(app.run())
    assert "on this machine with the effort “balanced”" in said
    assert "900 MB of memory" in said


def test_a_folder_is_checked_chosen_and_kept_for_the_training(
    open_page: Open, workspace: Workspace, dataset: str, tmp_path: Path
) -> None:
    folder = a_model(tmp_path / "my-model")
    app = open_page("model.py", dataset=dataset)
    field(app, "model_folder_path").set_value(str(folder))
    press(app, "Check and choose")
    assert not app.exception
    assert read_json(workspace.dataset(dataset) / "next_run.json")["model"] == str(folder)
    assert "It starts from my-model" in shown(app)


def test_a_folder_is_taken_off_the_list_and_comes_back_when_it_is_named_again(
    open_page: Open, dataset: str, component: Component, tmp_path: Path
) -> None:
    open_page("model.py", dataset=dataset)
    folder = str(a_model(tmp_path / "my-*model*"))
    component("model_choices").add_folder(folder)
    app = open_page("model.py", dataset=dataset)
    app.session_state[f"model_details_{folder}"] = app.session_state["model_details_bundled"] = True
    app.run()
    assert "the folder itself stays" in shown(app)
    assert [one.key for one in app.button if str(one.key).startswith("forget_")] == [f"forget_{folder}"]
    button(app, f"forget_{folder}").click().run()
    assert not app.exception and "untouched" in app.toast[0].value
    assert folder not in [one.name for one in component("model_choices").here("bundled")]
    assert not [one for one in app.button if str(one.key).endswith(folder)] and Path(folder).is_dir()
    field(app, "model_folder_path").set_value(folder)
    press(app, "Check and choose")
    assert "It starts from my-*model*" in shown(app).replace("\\", "")


def test_a_folder_with_its_own_code_is_refused_in_one_sentence(
    open_page: Open, workspace: Workspace, dataset: str, tmp_path: Path
) -> None:
    folder = a_model(tmp_path / "evil")
    write_json(folder / "config.json", {**read_json(folder / "config.json"), "auto_map": {"AutoModel": "x.Y"}})
    app = open_page("model.py", dataset=dataset)
    field(app, "model_folder_path").set_value(str(folder))
    press(app, "Check and choose")
    assert not app.exception
    assert len(app.error) == 1
    assert not (workspace.dataset(dataset) / "next_run.json").exists()


def test_a_folder_without_tokenizer_is_refused(component: Component, tmp_path: Path, workspace: Workspace) -> None:
    assert workspace.root.is_dir()
    folder = a_model(tmp_path / "mute")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(ModelError, match="tokenizer"):
        component("model_choices").add_folder(str(folder))


def test_a_name_of_the_hub_asks_for_one_download_only(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("model.py", dataset=dataset)
    for _ in range(2):
        field(app, "model_hub_name").set_value("owner/name")
        press(app, "Download")
    jobs = store.list_jobs(workspace, kinds=["download"])
    assert [read_order(job.folder).request["model"] for job in jobs] == ["owner/name"]
    assert read_order(jobs[0].folder).request["cache"] == str(workspace.cache)


def test_offline_the_card_says_so_and_offers_to_try_again(open_page: Open, workspace: Workspace, dataset: str) -> None:
    app = open_page("model.py", dataset=dataset)
    name = "deepset/gbert-base"
    button(app, f"download_{name}").click().run()
    job = store.list_jobs(workspace, kinds=["download"])[0]
    set_state(workspace, job, "failed", "There is no network.", "Try again later.")
    app.run()
    assert "There is no network" in words_of(app)
    button(app, f"download_{name}").click().run()
    assert store.get(workspace, job.id).state == "queued"
    assert len(store.list_jobs(workspace, kinds=["download"])) == 1


def test_a_downloaded_model_can_be_chosen(open_page: Open, workspace: Workspace, dataset: str) -> None:
    name = "deepset/gbert-base"
    place = workspace.cache / "models" / name.replace("/", "--")
    place.mkdir(parents=True)
    write_json(a_model(place / "abc123") / "tuneboard.json", {"license": "mit"})
    write_json(place / "current.json", {"name": name, "revision": "abc123"})
    app = open_page("model.py", dataset=dataset)
    assert "Licence: mit" in words_of(app)
    button(app, f"choose_model_{name}").click().run()
    assert not app.exception
    assert read_json(workspace.dataset(dataset) / "next_run.json")["model"] == name


def test_german_texts_are_warned_of(open_page: Open, workspace: Workspace, tmp_path: Path) -> None:
    rows = "".join(f"Das ist nicht mein Paket und ich will es mit der Post {n},{'ab'[n % 2]}\n" for n in range(40))
    path = tmp_path / "german.csv"
    path.write_text("text,label\n" + rows, encoding="utf-8")
    app = open_page("model.py", dataset=import_files(workspace, "German", {"train": path}))
    assert any("German" in f"{one.proto.title} {one.value}" or "German" in str(one.proto) for one in app.warning)


def test_a_chosen_model_that_is_gone_is_said(open_page: Open, workspace: Workspace, dataset: str) -> None:
    write_json(workspace.dataset(dataset) / "next_run.json", {"model": "/no/such/folder"})
    app = open_page("model.py", dataset=dataset)
    assert not app.exception
    assert any("not on this machine" in str(one.proto) for one in app.warning)
