from pathlib import Path

import pytest

from sft_core.errors import InputError
from sft_core.jobs import slots
from sft_core.jobs.kinds import KINDS, JobKind, get_kind, load_handler, register
from sft_core.jobs.launchers.local import worker_environment
from sft_core.jobs.launchers.registry import make_launcher
from sft_core.jobs.store import submit
from sft_core.records import write_json
from sft_core.tasks.registry import get_task
from sft_core.workspace import Workspace


def test_a_training_has_one_slot_a_gpu_or_the_cpu() -> None:
    assert slots.slots_of([])["train"] == ("cpu",)
    assert slots.slots_of(["GPU-a", "GPU-b"])["train"] == ("gpu:GPU-a", "gpu:GPU-b")


@pytest.mark.parametrize(("cores", "width"), [(1, 2), (2, 2), (12, 3), (64, 4)])
def test_light_work_has_a_few_slots(cores: int, width: int) -> None:
    assert len(slots.slots_of([], cores)["light"]) == width


def test_a_training_sees_its_own_gpu_only() -> None:
    train = ("gpu:GPU-a", "gpu:GPU-b")
    assert slots.slot_environment("gpu:GPU-b", train, []) == {"CUDA_VISIBLE_DEVICES": "GPU-b"}
    assert slots.slot_environment("cpu", ("cpu",), []) == {"CUDA_VISIBLE_DEVICES": ""}


def test_light_work_keeps_off_a_gpu_in_training_and_to_one_thread() -> None:
    train = ("gpu:GPU-a", "gpu:GPU-b")
    alone = slots.slot_environment("light:0", train, [])
    beside = slots.slot_environment("light:0", train, ["gpu:GPU-a"])
    full = slots.slot_environment("light:0", train, train)
    assert alone == {"CUDA_VISIBLE_DEVICES": "GPU-a"}
    assert beside["CUDA_VISIBLE_DEVICES"] == "GPU-b" and beside["OMP_NUM_THREADS"] == "1"
    assert full["CUDA_VISIBLE_DEVICES"] == ""


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(None, ["GPU-a", "GPU-b"]), ("", []), ("1", ["GPU-b"]), ("1,0,1", ["GPU-b", "GPU-a"]), ("GPU-b", ["GPU-b"])],
)
def test_gpus_that_the_administrator_hides_stay_hidden(
    monkeypatch: pytest.MonkeyPatch, allowed: str | None, expected: list[str]
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if allowed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    assert slots._visible(["GPU-a", "GPU-b"]) == expected


def test_without_a_driver_there_are_no_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver() -> None:
        raise slots.pynvml.NVMLError(slots.pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(slots.pynvml, "nvmlInit", no_driver)
    assert slots.gpu_ids() == []


def test_kinds_are_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = JobKind("json:loads", "light")
    monkeypatch.delitem(KINDS, "once", raising=False)
    register("once", kind)
    register("once", kind)
    with pytest.raises(ValueError, match="already"):
        register("once", JobKind("json:dumps", "light"))
    import json

    assert load_handler(get_kind("once")) is json.loads
    del KINDS["once"]


def test_every_kind_names_a_handler_and_a_lane() -> None:
    assert {"train", "preflight", "import", "prepare", "evaluate", "predict", "export", "download"} <= set(KINDS)
    for kind in KINDS.values():
        assert kind.handler.count(":") == 1 and kind.lane in ("train", "light")


def test_launchers_are_found_by_name() -> None:
    assert make_launcher("local")
    with pytest.raises(InputError, match="no launcher"):
        make_launcher("ray")


def test_only_a_download_sees_the_token_of_the_hub(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    train = worker_environment(submit(workspace, "train", {}), {})
    download = worker_environment(submit(workspace, "download", {}), {})
    assert "HF_TOKEN" not in train and download["HF_TOKEN"] == "hf_canary"
    assert "AWS_SECRET_ACCESS_KEY" not in download and train["HF_HUB_OFFLINE"] == "1"


def test_threads_of_a_worker_wait_as_the_environment_says_or_spin_briefly(workspace, monkeypatch) -> None:
    job = submit(workspace, "train", {})
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert worker_environment(job, {})["GOMP_SPINCOUNT"] == "1000"
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    assert worker_environment(job, {})["GOMP_SPINCOUNT"] == "7"
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")  # a number of spins would overrule it
    asked = worker_environment(job, {})
    assert "GOMP_SPINCOUNT" not in asked and asked["OMP_WAIT_POLICY"] == "ACTIVE"


def test_the_workers_of_a_task_get_what_it_computes_best_with(workspace: Workspace, tmp_path: Path) -> None:
    wished = get_task("image-classification").environment
    of_pictures = worker_environment(submit(workspace, "train", {"task": "image-classification"}), {})
    assert wished and wished.items() <= of_pictures.items()
    of_texts = worker_environment(submit(workspace, "train", {"task": "text-classification"}), {})
    assert not any(name.startswith("MALLOC_") for name in of_texts)
    assert of_texts["LRU_CACHE_CAPACITY"] == "32"
    write_json(tmp_path / "config.json", {"task": "image-classification"})
    later = worker_environment(submit(workspace, "evaluate", {"run": str(tmp_path), "data": "x"}), {})
    assert wished.items() <= later.items()
