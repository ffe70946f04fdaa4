from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pages_words import words_of
from run_material import finished_run, submit_run
from streamlit.testing.v1 import AppTest

from sft_core.errors import InputError
from sft_core.jobs import store
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]
Component = Callable[[str], ModuleType]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if one.key == key)


def test_an_empty_workspace_shows_the_machine(open_page: Open) -> None:
    app = open_page("system.py")
    assert not app.exception
    assert [one.label for one in app.metric] == ["Processor", "Memory", "Graphics card", "Disk"]
    assert "Nothing runs or waits" in words_of(app)


def test_a_job_at_work_can_be_stopped(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    app = open_page("system.py")
    button(app, f"system_stop_{job.id}").click().run()
    assert store.get(workspace, job.id).desired == "stop"


def test_data_goes_to_the_trash_and_the_trash_can_be_emptied(
    open_page: Open, component: Component, workspace: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component("confirm"), "ask_delete", lambda name, what, delete: delete())  # a yes
    app = open_page("system.py")
    button(app, f"room_{dataset}").click().run()
    assert [path.name.endswith(dataset) for path in workspace.trash.iterdir()] == [True]
    app.run()
    assert "They can be brought back" in words_of(app)
    assert "empty_trash" in [one.key for one in app.button]
    component("system_trash").empty()
    assert "They can be brought back" not in words_of(app.run())
    assert not list(workspace.trash.iterdir())


def test_the_cache_is_not_emptied_under_a_job(open_page: Open, workspace: Workspace, dataset: str) -> None:
    (workspace.cache / "tokens-1").mkdir()
    job = submit_run(workspace, dataset, "running")
    app = open_page("system.py")
    button(app, "empty_cache").click().run()
    assert (workspace.cache / "tokens-1").is_dir()
    assert app.error
    store.stop(workspace, job.id)
    with workspace.writing() as connection:
        connection.execute("UPDATE jobs SET state = 'stopped'")
    app = open_page("system.py")
    button(app, "empty_cache").click().run()
    assert not (workspace.cache / "tokens-1").exists()


def test_a_run_is_listed_with_its_room(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = finished_run(workspace, dataset)
    (job.folder / "weights").write_bytes(b"x" * 3_000_000)
    assert "3 MB" in words_of(open_page("system.py"))


def test_a_folder_is_opened_for_reading_and_closed_again(open_page: Open, workspace: Workspace, tmp_path: Path) -> None:
    app = open_page("system.py")
    field = next(one for one in app.text_input if one.key == "root_path")
    field.set_value(str(tmp_path))
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert workspace.settings()["data_root"] == str(tmp_path)
    next(one for one in app.text_input if one.key == "root_path").set_value("")
    next(one for one in app.button if one.label == "Save").click().run()
    assert workspace.settings()["data_root"] is None


def test_the_workspace_itself_cannot_be_opened(component: Component, workspace: Workspace) -> None:
    details = component("system_details")
    for text in (str(workspace.root), "/", str(workspace.datasets), "relative", "/no/such/folder"):
        with pytest.raises(InputError):
            details.checked_root(text)


def test_details_show_versions_and_logs(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    (job.folder / "log.txt").write_text("loading with hf_abcdefghijkl\n")
    app = open_page("system.py")
    app.session_state["system_details"] = True
    app.run()
    assert not app.exception
    box = next(one for one in app.selectbox if one.label == "Log")
    box.set_value(job.id).run()
    assert app.code[0].value == "loading with hf_***"
