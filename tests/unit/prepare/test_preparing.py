import pytest

from sft_core.data.preparing import PREVIEW, apply_steps, prepare_job
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.errors import Stopped
from sft_core.records import EventLog, Work, read_json

EMPTY = step("drop_empty")
COPIES = step("drop_duplicates", kind="exact")


@pytest.fixture
def store(workspace):
    return DatasetStore(workspace)


@pytest.fixture
def dataset(workspace, tmp_path, import_once):
    lines = [f"this is the {kind} message number {n},{kind}" for n in range(20) for kind in ("red", "blue")]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["text,label", *lines, lines[0], "a text without its label,"]) + "\n")
    return import_once(workspace, "Rows", path)


def work_for(workspace, **request):
    folder = workspace.jobs / "job"
    folder.mkdir()
    return Work(folder, request, 1, EventLog(folder / "events.jsonl", 1))


def test_a_job_makes_a_version_with_its_steps_and_findings(workspace, store, dataset):
    prepare_job(work_for(workspace, dataset=dataset, parent=0, steps=[EMPTY, COPIES]))
    version = store.version(dataset, 1)
    assert (version.steps, version.parent, version.rows) == ([EMPTY, COPIES], 0, 40)
    assert store.get(dataset).current == 1 and store.findings(dataset, 1) is not None


def test_a_version_that_nobody_looked_through_is_looked_through_by_a_job(workspace, store, dataset):
    number = apply_steps(store, dataset, [EMPTY], 0)
    assert store.findings(dataset, number) is None  # as after a kill between the version and its findings
    prepare_job(work_for(workspace, dataset=dataset, parent=number))
    assert [finding["kind"] for finding in store.findings(dataset, number)] == ["exact_duplicates"]
    assert [version.n for version in store.versions(dataset)] == [0, number]


def test_adding_a_step_builds_on_the_parent(store, dataset):
    first = apply_steps(store, dataset, [EMPTY], 0)
    second = apply_steps(store, dataset, [EMPTY, COPIES], first)
    assert store.version(dataset, second).parent == first
    assert store.facts(dataset, second)["rows"] == 40


def test_taking_an_early_step_back_replays_the_others_from_the_source(store, dataset):
    both = apply_steps(store, dataset, [EMPTY, COPIES], 0)
    without = apply_steps(store, dataset, [COPIES], both)
    assert store.version(dataset, without).parent == 0
    assert store.facts(dataset, without)["rows"] == 41


def test_a_stopped_change_leaves_no_version(store, dataset):
    with pytest.raises(Stopped):
        apply_steps(store, dataset, [EMPTY], 0, should_stop=lambda: True)
    assert [version.n for version in store.versions(dataset)] == [0]


def test_a_split_is_previewed_without_making_it(workspace, store, dataset):
    work = work_for(workspace, dataset=dataset, parent=0, step=step("set_split"))
    prepare_job(work)
    facts = read_json(work.folder / PREVIEW)
    assert facts["totals"]["test"] > 0 and set(facts["counts"]) == {"red", "blue"}
    assert store.get(dataset).current == 0
