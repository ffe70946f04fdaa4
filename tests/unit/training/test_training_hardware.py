"""What the engine believes about the machine."""

import os

import pytest
import torch

from sft_core.features.device import is_memory_error
from sft_core.training import hardware

CPU = torch.device("cpu")


def test_threads_are_at_most_the_cores_of_this_process():
    assert 1 <= hardware.physical_threads() <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("has", "precision"), [(True, "bf16"), (False, "off")])
def test_short_numbers_only_where_the_processor_has_them(monkeypatch, has, precision):
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: has, raising=False)
    assert hardware.choose_precision("auto", CPU) == precision
    assert hardware.choose_precision("fp16", CPU) == precision  # fp16 needs a GPU


def test_where_torch_no_longer_tells_the_answer_is_no(monkeypatch):
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert hardware.choose_precision("auto", CPU) == "off"


@pytest.mark.parametrize("wish", ["off", "bf16"])
def test_a_wish_is_followed(wish):
    assert hardware.choose_precision(wish, CPU) == wish


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("shape mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_memory_errors_are_told_from_others(error, expected):
    assert is_memory_error(error) is expected


def test_the_peak_can_be_forgotten():
    ballast = torch.ones(60_000_000)
    peak = hardware.peak_memory_mb(CPU)
    del ballast
    hardware.reset_peak_memory(CPU)
    assert hardware.memory_mb(CPU) <= hardware.peak_memory_mb(CPU) + 5
    assert hardware.peak_memory_mb(CPU) <= peak + 5
    assert hardware.free_memory_mb(CPU) > 0


def test_files_kept_in_a_containers_memory_count_as_free(tmp_path, monkeypatch):
    for name, value in (("memory.max", 900 * hardware.MIB), ("memory.current", 500 * hardware.MIB)):
        (tmp_path / name).write_text(f"{value}\n", encoding="ascii")
    monkeypatch.setattr(hardware, "_CGROUP", tmp_path)
    assert hardware.free_memory_mb(CPU) == 400
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {300 * hardware.MIB}\n", encoding="ascii")
    assert hardware.free_memory_mb(CPU) == 700


def test_the_environment_may_ask_for_fewer_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert hardware.physical_threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "9999")
    many = hardware.physical_threads()
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert many == hardware.physical_threads()
