"""Real processes, really killed: the state that is shown stays true, and nothing is left behind."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import fault_kinds  # noqa: F401 - registers the kinds in this process too
import pytest
from fault_house import House, wait_for

from sft_core.jobs import rows, store
from sft_core.jobs.family import RUN_ID
from sft_core.jobs.starting import ensure_supervisor, living_supervisor
from sft_core.records import PROC, RESULT, read_outcome, write_json

WORKER = Path(__file__).with_name("fault_worker.py")
pytestmark = pytest.mark.faults


def test_a_killed_worker_is_failed_within_five_seconds_and_resumes(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=40)
    house.wait_for_event(job, "step", 3)
    house.kill_worker(job)
    begun = time.monotonic()
    failed = house.wait_for_state(job, "failed", seconds=5)
    assert time.monotonic() - begun < 5
    assert "probably because memory ran out (signal 9)" in failed.message
    assert failed.hint and house.family(job) == []
    assert read_outcome(job.folder, 1).state == "failed"
    store.resume(house.workspace, job.id)
    finished = house.wait_for_state(job, "finished")
    assert finished.attempt == 2 and read_outcome(job.folder).attempt == 2


def test_a_killed_supervisor_leaves_the_job_at_work_and_the_next_one_adopts_it(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=80)
    house.wait_for_event(job, "step")
    pid = house.wait_for_state(job, "running").pid
    house.kill_supervisor()
    seen = len(house.events(job, "step"))
    house.wait_for_event(job, "step", seen + 3)
    house.supervise()
    finished = house.wait_for_state(job, "finished")
    assert finished.pid == pid and finished.attempt == 1
    assert len(house.events(job, "step")) == 80


def test_a_job_that_ends_while_nobody_watches_is_finished(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=20)
    house.wait_for_event(job, "step")
    house.kill_supervisor()
    wait_for((job.folder / RESULT).exists)
    assert house.get(job).state in ("starting", "running")
    house.supervise()
    house.wait_for_state(job, "finished")


def test_worker_and_supervisor_both_killed_is_lost(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=500)
    house.wait_for_event(job, "step")
    house.kill_supervisor()
    house.kill_worker(job)
    house.supervise()
    lost = house.wait_for_state(job, "lost", seconds=5)
    assert "nobody was watching" in lost.message and "Resume" in lost.hint
    store.resume(house.workspace, job.id)
    house.wait_for_state(job, "running")


def test_leftovers_of_a_lost_worker_are_swept(house: House) -> None:
    house.supervise()
    job = house.submit("test-deaf")
    house.wait_for_event(job, "ready")
    assert len(house.family(job)) == 3
    house.kill_supervisor()
    house.kill_worker(job)
    assert len(house.family(job)) == 2
    house.supervise()
    house.wait_for_state(job, "lost", seconds=5)
    assert house.family(job) == []


def test_a_forked_child_does_not_keep_a_dead_worker_alive(house: House) -> None:
    house.supervise()
    job = house.submit("test-forks")
    house.wait_for_event(job, "ready")
    house.wait_for_state(job, "running")
    house.kill_supervisor()
    house.kill_worker(job)
    assert len(house.family(job)) == 1
    house.supervise()
    house.wait_for_state(job, "lost", seconds=5)
    assert house.family(job) == []


def test_a_worker_that_began_while_its_supervisor_died_is_adopted(house: House) -> None:
    job = house.submit("test-steps", steps=20)
    with house.workspace.writing() as connection:
        rows.claim(connection, "train", "cpu", time.time())
    house.supervise()
    worker = subprocess.Popen([sys.executable, str(WORKER), str(job.folder)], env={**os.environ, RUN_ID: job.id})
    house.wait_for_state(job, "running")
    assert worker.wait() == 0
    house.wait_for_state(job, "finished")


def test_a_claimed_job_that_never_began_is_lost(house: House) -> None:
    job = house.submit("test-steps", steps=20)
    with house.workspace.writing() as connection:
        rows.claim(connection, "train", "cpu", time.time())
    house.supervise()
    house.wait_for_state(job, "lost", seconds=6)


def test_a_second_worker_for_the_same_folder_leaves(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=500)
    house.wait_for_event(job, "step")
    assert subprocess.run([sys.executable, str(WORKER), str(job.folder)], capture_output=True).returncode == 3
    assert house.get(job).state == "running"


def test_stop_all_stops_the_waiting_and_the_living(house: House) -> None:
    house.supervise()
    jobs = [house.submit("test-steps", steps=500) for _ in range(3)]
    house.wait_for_event(jobs[0], "step")
    assert {job.id for job in store.stop_all(house.workspace)} == {job.id for job in jobs}
    for job in jobs:
        house.wait_for_state(job, "stopped")


def test_another_boot_id_means_that_the_machine_restarted(house: House) -> None:
    waiting_for = house.supervise()
    job = house.submit("test-steps", steps=500)
    queued = house.submit("test-steps", steps=2)
    house.wait_for_event(job, "step")
    house.wait_for_state(job, "running")
    waiting_for.kill()
    waiting_for.wait()
    house.kill_worker(job)
    proc = json.loads((job.folder / PROC).read_text())
    write_json(job.folder / PROC, {**proc, "boot_id": "an earlier boot"})
    with house.workspace.writing() as connection:
        connection.execute("UPDATE jobs SET boot_id = 'an earlier boot' WHERE id = ?", (job.id,))
    house.supervise()
    lost = house.wait_for_state(job, "lost", seconds=5)
    assert "machine restarted" in lost.message
    house.wait_for_state(queued, "finished")


def test_stop_saves_first_and_resume_goes_on_from_there(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=60)
    house.wait_for_event(job, "step", 3)
    store.stop(house.workspace, job.id)
    stopped = house.wait_for_state(job, "stopped")
    assert stopped.message == "It was stopped and can be resumed."
    store.resume(house.workspace, job.id)
    house.wait_for_state(job, "finished")
    assert [event["step"] for event in house.events(job, "step")] == list(range(60))


def test_a_deaf_worker_is_ended_with_its_whole_family_and_the_lane_is_freed_last(house: House) -> None:
    house.supervise(stop_grace=0.5)
    deaf = house.submit("test-deaf")
    following = house.submit("test-steps", steps=2)
    house.wait_for_event(deaf, "ready")
    family = house.family(deaf)
    store.stop(house.workspace, deaf.id)
    stopped = house.wait_for_state(deaf, "stopped")
    assert "did not stop by itself" in stopped.message
    assert len(family) == 3 and house.family(deaf) == []
    assert house.wait_for_state(following, "finished").started >= stopped.ended


def test_a_frozen_worker_can_be_stopped(house: House) -> None:
    house.supervise(stop_grace=1.0)
    job = house.submit("test-steps", steps=500)
    house.wait_for_event(job, "step")
    os.kill(house.wait_for_state(job, "running").pid, signal.SIGSTOP)
    store.stop(house.workspace, job.id)
    house.wait_for_state(job, "stopped", seconds=5)
    assert house.family(job) == []


def test_stopping_a_waiting_job_is_immediate(house: House) -> None:
    house.supervise()
    first = house.submit("test-steps", steps=50)
    waiting = house.submit("test-steps", steps=50)
    house.wait_for_event(first, "step")
    assert house.get(waiting).state == "queued"
    assert store.stop(house.workspace, waiting.id).state == "stopped"
    house.wait_for_state(first, "finished")
    time.sleep(0.5)
    assert house.get(waiting).state == "stopped" and not (waiting.folder / PROC).exists()


def test_a_worker_that_finished_but_does_not_leave_is_finished_and_gone(house: House) -> None:
    house.supervise("--exit-grace", "0.5")
    job = house.submit("test-lingers")
    house.wait_for_state(job, "finished")
    assert house.family(job) == []


@pytest.mark.parametrize(
    ("kind", "message", "code"),
    [
        ("test-refuses", "The column is missing.", 2),
        ("test-breaks", "Something went wrong that should not have", 1),
        ("test-crashes", "by a crash inside a library (signal 11)", 1),
    ],
)
def test_failures_say_what_happened(house: House, kind: str, message: str, code: int) -> None:
    house.supervise()
    failed = house.wait_for_state(house.submit(kind), "failed")
    assert message in failed.message and failed.hint
    assert "secret" not in failed.message
    assert read_outcome(failed.folder).exit == code


def test_a_second_supervisor_leaves_with_code_three(house: House) -> None:
    house.supervise()
    wait_for(lambda: living_supervisor(house.workspace) is not None)
    assert house.supervise().wait(timeout=20) == 3
    assert house.supervisors[0].poll() is None


def test_eight_clicks_with_one_key_are_one_job(house: House) -> None:
    jobs, barrier = [], threading.Barrier(8)

    def click() -> None:
        barrier.wait()
        jobs.append(store.submit(house.workspace, "test-steps", {"steps": 3}, idem="one-click"))

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(jobs) == 8 and len({job.id for job in jobs}) == 1
    assert [path.name for path in house.workspace.runs.iterdir()] == [jobs[0].id]
    house.supervise()
    house.wait_for_state(jobs[0], "finished")
    assert len(house.events(jobs[0], "started")) == 1


def test_a_flood_of_output_neither_blocks_nor_fills_the_disk(house: House) -> None:
    house.supervise()
    job = house.submit("test-flood", kilobytes=24_000)
    largest = 0
    while house.get(job).active:
        log = job.folder / "log.txt"
        largest = max(largest, log.stat().st_size if log.exists() else 0)
        time.sleep(0.01)
    assert house.get(job).state == "finished"
    assert sum(path.stat().st_size for path in job.folder.glob("log*")) <= (17 << 20)
    assert largest > 0


def test_a_deleted_database_is_rebuilt_with_true_states(house: House) -> None:
    supervisor = house.supervise()
    done = house.submit("test-steps", steps=1)
    house.wait_for_state(done, "finished")
    job = house.submit("test-steps", steps=50)
    waiting = house.submit("test-steps", steps=1)
    house.wait_for_event(job, "step")
    for path in house.workspace.root.glob("app.db*"):
        path.unlink()
    assert house.get(done).state == "finished"
    assert house.get(job).state in ("starting", "running")
    assert house.get(waiting).state == "queued"
    house.wait_for_state(job, "finished")
    house.wait_for_state(waiting, "finished")
    assert supervisor.poll() is None
    assert len(house.events(job, "started")) == 1


def test_a_damaged_database_is_put_aside_and_rebuilt(house: House) -> None:
    job = house.submit("test-steps", steps=1)
    for suffix in ("-wal", "-shm"):
        Path(f"{house.workspace.database}{suffix}").unlink(missing_ok=True)
    house.workspace.database.write_bytes(b"this is no database" * 500)
    assert house.get(job).state == "queued"
    assert list(house.workspace.root.glob("app.db.damaged-*"))


def test_everything_killed_and_the_database_deleted_is_lost(house: House) -> None:
    house.supervise()
    job = house.submit("test-steps", steps=500)
    house.wait_for_event(job, "step")
    house.kill_supervisor()
    house.kill_worker(job)
    for path in house.workspace.root.glob("app.db*"):
        path.unlink()
    house.supervise()
    house.wait_for_state(job, "lost", seconds=5)


def test_light_work_goes_on_beside_a_training_and_is_modest(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    monkeypatch.setenv("A_SECRET", "canary")
    house.supervise()
    train = house.submit("test-steps", steps=200)
    house.wait_for_event(train, "step")
    light = house.wait_for_state(house.submit("test-light"), "finished")
    assert house.get(train).state == "running"
    facts = json.loads((light.folder / "facts.json").read_text())
    environment = facts["environment"]
    assert environment["OMP_NUM_THREADS"] == "1" and environment["MALLOC_ARENA_MAX"] == "2"
    assert environment["TUNEBOARD_RUN_ID"] == light.id
    assert facts["nice"] >= 10 and facts["cwd"] == [] and facts["stdin"] == ""
    assert "hf_canary" not in str(facts) and "A_SECRET" not in environment


def test_first_come_first_served_one_at_a_time(house: House) -> None:
    jobs = [house.submit("test-steps", steps=3) for _ in range(3)]
    house.supervise()
    ended = [house.wait_for_state(job, "finished") for job in jobs]
    for before, after in itertools.pairwise(ended):
        assert before.ended <= after.started


def test_a_run_outside_the_workspace_is_found_again_after_the_database_is_deleted(house: House, tmp_path: Path) -> None:
    house.supervise()
    folder = tmp_path / "my run"
    job = store.submit(house.workspace, "test-steps", {"steps": 2}, folder=folder, title="mine")
    house.wait_for_state(job, "finished")
    for path in house.workspace.root.glob("app.db*"):
        path.unlink()
    again = house.get(job)
    assert (again.folder, again.state, again.title) == (folder, "finished", "mine")


def test_the_supervisor_is_started_once_survives_its_starter_and_leaves_when_idle(house: House) -> None:
    script = (
        "from sft_core.jobs.starting import ensure_supervisor; from sft_core.workspace import open_workspace;"
        "ensure_supervisor(open_workspace())"
    )
    starters = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    assert [starter.wait() for starter in starters] == [0, 0, 0]
    wait_for(lambda: living_supervisor(house.workspace) is not None)
    first = living_supervisor(house.workspace)
    ensure_supervisor(house.workspace)
    assert living_supervisor(house.workspace) == first
    os.kill(first.pid, signal.SIGTERM)
    wait_for(lambda: living_supervisor(house.workspace) is None)
    idle = house.supervise("--idle", "0.3")
    assert idle.wait(timeout=20) == 0


def test_whoever_starts_the_supervisor_sees_true_states_at_once(house: House) -> None:
    house.supervise()
    job = house.submit("test-deaf")
    house.wait_for_event(job, "ready")
    house.wait_for_state(job, "running")
    house.kill_supervisor()
    house.kill_worker(job)
    assert house.get(job).state == "running"  # nobody has looked yet
    ensure_supervisor(house.workspace)
    assert house.get(job).state == "lost" and house.family(job) == []


def test_making_sure_of_a_living_supervisor_is_cheap(house: House) -> None:
    house.supervise()
    wait_for(lambda: living_supervisor(house.workspace) is not None)
    begun = time.perf_counter()
    for _ in range(50):
        ensure_supervisor(house.workspace)
    assert (time.perf_counter() - begun) / 50 < 0.005
