import json
import shutil
import threading
import time
from pathlib import Path

import pytest

from sft_core.errors import DataError, InputError, StateError
from sft_core.jobs import locks, rows, store
from sft_core.jobs.folders import read_order
from sft_core.jobs.identity import own_identity, write_identity
from sft_core.jobs.rows import Job
from sft_core.records import LOCK, PROC, Outcome, read_outcome, write_json, write_outcome
from sft_core.workspace import Workspace


def end(workspace: Workspace, job: Job, state: rows.State) -> Job:
    """What a supervisor does when a job has ended."""
    write_outcome(job.folder, Outcome(job.attempt, state, "why", "what next", 1))
    with store.writing(workspace) as connection:
        assert rows.change(connection, job.id, rows.ACTIVE, state=state, message="why", hint="what next")
    return store.get(workspace, job.id)


def forget(workspace: Workspace) -> None:
    for path in workspace.root.glob("app.db*"):
        path.unlink()


def test_a_submitted_job_is_a_complete_folder_and_a_row(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {"epochs": 3}, title="My run")
    assert (job.state, job.attempt, job.lane, job.desired) == ("queued", 1, "train", "run")
    assert job.folder == workspace.runs / job.id
    assert read_order(job.folder).request == {"epochs": 3}
    assert json.loads((job.folder / "about.json").read_text())["name"] == "My run"
    assert store.get(workspace, job.id) == job
    assert [path.name for path in workspace.runs.iterdir()] == [job.id]


def test_an_unknown_kind_and_an_unknown_job_are_input_errors(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="no kind of job"):
        store.submit(workspace, "dance", {})
    with pytest.raises(InputError, match="no such job"):
        store.get(workspace, "none")


def test_a_request_that_is_no_json_leaves_nothing_behind(workspace: Workspace) -> None:
    with pytest.raises((TypeError, ValueError)):
        store.submit(workspace, "toy-run", {"rate": float("nan")})
    assert store.list_jobs(workspace) == []


def test_the_same_key_gives_the_same_job_also_after_it_ended(workspace: Workspace) -> None:
    first = store.submit(workspace, "toy-run", {}, idem="click")
    end(workspace, first, "finished")
    assert store.submit(workspace, "toy-run", {}, idem="click").id == first.id
    assert store.submit(workspace, "toy-run", {}, idem="another").id != first.id


def test_an_evaluation_lies_in_the_folder_of_its_run(workspace: Workspace) -> None:
    run = store.submit(workspace, "toy-run", {})
    check = store.submit(workspace, "toy-check", {}, parent=run.id)
    assert check.folder == run.folder / "evaluations" / check.id
    assert store.submit(workspace, "toy-check", {}).folder.parent == workspace.jobs
    assert [job.id for job in store.list_jobs(workspace, parent=run.id)] == [check.id]


def test_a_folder_may_be_new_or_empty_but_not_in_use(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    store.submit(workspace, "toy-run", {}, folder=tmp_path / "empty")
    with pytest.raises(StateError, match="already a job"):
        store.submit(workspace, "toy-run", {}, folder=tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("dear")
    with pytest.raises(StateError, match="not empty"):
        store.submit(workspace, "toy-run", {}, folder=tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]
    assert len(store.list_jobs(workspace)) == 1 and len(list(workspace.jobs.iterdir())) == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"empty", "full"}
    assert not list(tmp_path.glob(".*.tmp"))


def test_jobs_are_listed_by_state_and_kind_in_their_order(workspace: Workspace) -> None:
    jobs = [store.submit(workspace, kind, {}) for kind in ("toy-run", "toy-once", "toy-run")]
    end(workspace, jobs[0], "failed")
    assert [job.id for job in store.list_jobs(workspace)] == [job.id for job in jobs]
    assert [job.id for job in store.list_jobs(workspace, ["failed"])] == [jobs[0].id]
    assert [job.id for job in store.list_jobs(workspace, rows.ACTIVE, ["toy-run"])] == [jobs[2].id]
    assert store.list_jobs(workspace, []) == []


def test_a_waiting_job_is_stopped_at_once_and_an_ended_one_stays(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    stopped = store.stop(workspace, job.id)
    assert stopped.state == "stopped" and read_outcome(job.folder, 1).state == "stopped"
    assert store.stop(workspace, job.id) == stopped


def test_a_living_job_is_only_wished_to_stop(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    with store.writing(workspace) as connection:
        rows.change(connection, job.id, ["queued"], state="running")
    wished = store.stop(workspace, job.id)
    assert (wished.state, wished.desired) == ("running", "stop")


@pytest.mark.parametrize("state", rows.RESUMABLE)
def test_resume_is_the_next_attempt_and_goes_to_the_end_of_the_queue(workspace: Workspace, state: rows.State) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}), state)
    other = store.submit(workspace, "toy-run", {})
    resumed = store.resume(workspace, job.id)
    assert (resumed.state, resumed.attempt, resumed.message, resumed.desired) == ("queued", 2, "", "run")
    assert read_order(job.folder).attempt == 2
    assert [job.id for job in store.list_jobs(workspace, ["queued"])] == [other.id, job.id]
    assert store.resume(workspace, job.id) == resumed  # a double click


def test_what_is_finished_or_cannot_be_resumed_says_so(workspace: Workspace) -> None:
    finished = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    once = end(workspace, store.submit(workspace, "toy-once", {}), "failed")
    for job in (finished, once):
        with pytest.raises(StateError, match="cannot be resumed"):
            store.resume(workspace, job.id)


def test_states_only_change_from_known_ones(workspace: Workspace) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    with store.writing(workspace) as connection:
        assert not rows.change(connection, job.id, rows.LIVING, state="failed")
    assert store.get(workspace, job.id).state == "finished"


def test_many_claimers_never_get_the_same_job(workspace: Workspace) -> None:
    jobs = [store.submit(workspace, "toy-run", {}) for _ in range(24)]
    claimed: list[str] = []

    def claim() -> None:
        while True:
            with workspace.writing() as connection:
                job = rows.claim(connection, "train", "cpu", time.time())
            if job is None:
                return
            claimed.append(job.id)

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(job.id for job in jobs)


def test_names_and_notes_are_labels_that_rebuilding_keeps(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {}, title="old")
    assert store.rename(workspace, job.id, "new").title == "new"
    store.set_notes(workspace, job.id, "for the board")
    forget(workspace)
    assert store.get(workspace, job.id).title == "new"
    assert json.loads((job.folder / "about.json").read_text())["notes"] == "for the board"


def test_deleting_moves_a_run_with_its_evaluations_to_the_trash_and_back(workspace: Workspace) -> None:
    run = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    check = end(workspace, store.submit(workspace, "toy-check", {}, parent=run.id), "finished")
    thrown = store.delete(workspace, run.id)
    assert thrown is not None and not run.folder.exists() and store.list_jobs(workspace) == []
    restored = store.restore(workspace, thrown)
    assert restored.folder == run.folder and restored.state == "finished"
    assert store.get(workspace, check.id).state == "finished"
    store.delete_for_good(workspace, store.delete(workspace, run.id))
    assert list(workspace.trash.iterdir()) == []


def test_an_evaluation_comes_back_to_its_run(workspace: Workspace) -> None:
    run = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    check = end(workspace, store.submit(workspace, "toy-check", {}, parent=run.id), "finished")
    thrown = store.delete(workspace, check.id)
    assert store.restore(workspace, thrown).folder == check.folder


def test_an_evaluation_thrown_away_without_a_note_comes_back_to_its_run(workspace: Workspace) -> None:
    run = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    check = end(workspace, store.submit(workspace, "toy-check", {}, parent=run.id), "finished")
    thrown = store.delete(workspace, check.id)
    assert thrown is not None
    (thrown / "was.json").unlink()  # as on a full disk
    assert store.restore(workspace, thrown).folder == check.folder


def test_what_is_at_work_cannot_be_deleted(workspace: Workspace) -> None:
    run = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    store.submit(workspace, "toy-check", {}, parent=run.id)
    with pytest.raises(StateError, match="still at work"):
        store.delete(workspace, run.id)
    assert run.folder.exists()


def test_only_the_trash_can_be_emptied(workspace: Workspace) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}), "finished")
    with pytest.raises(StateError):
        store.delete_for_good(workspace, job.folder)
    assert job.folder.exists()


def test_a_folder_outside_is_forgotten_but_not_deleted(workspace: Workspace, tmp_path: Path) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}, folder=tmp_path / "run"), "finished")
    assert store.delete(workspace, job.id) is None
    assert job.folder.exists()
    forget(workspace)
    assert store.list_jobs(workspace) == []


def test_a_copied_run_folder_is_found_and_registered(workspace: Workspace, tmp_path: Path) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}, folder=tmp_path / "run"), "finished")
    assert store.find(workspace, tmp_path / "run").id == job.id
    assert store.find(workspace, tmp_path / "nothing") is None
    store.delete(workspace, job.id)
    moved = shutil.copytree(tmp_path / "run", tmp_path / "copy")
    assert store.find(workspace, moved).state == "finished"
    forget(workspace)
    assert store.get(workspace, job.id).folder == moved


def test_a_copy_of_a_registered_run_is_told_apart(workspace: Workspace, tmp_path: Path) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}, folder=tmp_path / "run"), "finished")
    copy = store.find(workspace, shutil.copytree(tmp_path / "run", tmp_path / "copy"))
    assert copy.id != job.id and copy.folder == tmp_path / "copy" and copy.state == "finished"
    assert store.get(workspace, job.id).folder == tmp_path / "run"


@pytest.mark.parametrize("state", [*rows.RESUMABLE, "finished"])
def test_a_rebuilt_row_is_the_row_that_was_lost(workspace: Workspace, state: rows.State) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}, title="t", idem="k"), state)
    forget(workspace)
    again = store.get(workspace, job.id)
    for name in ("kind", "lane", "title", "folder", "idem", "state", "message", "hint", "attempt", "submitted"):
        assert getattr(again, name) == getattr(job, name), name
    assert store.rebuild(workspace) == 0


def test_a_resumed_job_that_waits_is_rebuilt_as_waiting(workspace: Workspace) -> None:
    job = end(workspace, store.submit(workspace, "toy-run", {}), "failed")
    write_identity(job.folder / PROC, own_identity(), attempt=1)
    store.resume(workspace, job.id)
    forget(workspace)
    assert (store.get(workspace, job.id).state, store.get(workspace, job.id).attempt) == ("queued", 2)


def test_a_living_worker_is_rebuilt_as_running_in_its_slot(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    write_identity(job.folder / PROC, own_identity(), attempt=1, slot="gpu:1")
    lock = locks.take(job.folder / LOCK)
    forget(workspace)
    again = store.get(workspace, job.id)
    assert (again.state, again.slot, again.identity) == ("running", "gpu:1", own_identity())
    lock.release()


def test_a_dead_worker_is_never_rebuilt_as_running(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    write_identity(job.folder / PROC, own_identity(), attempt=1)  # nobody holds the lock
    forget(workspace)
    assert store.get(workspace, job.id).state == "starting"  # for the supervisor to judge


def test_damaged_folders_do_not_stop_a_rebuild(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    (workspace.runs / "junk").mkdir()
    (workspace.runs / "torn").mkdir()
    (workspace.runs / "torn" / "job.json").write_text('{"id": ')
    (workspace.runs / "alien").mkdir()
    write_json(workspace.runs / "alien" / "job.json", {"id": "alien", "kind": "dance"})
    forget(workspace)
    assert [found.id for found in store.list_jobs(workspace)] == [job.id]


def test_a_folder_without_a_job_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no job"):
        read_order(tmp_path)
