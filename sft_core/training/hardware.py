"""What this machine has: threads, short numbers, memory. Everything that the engine adapts to is asked here."""

import ctypes
import os
import resource
from collections.abc import Callable
from pathlib import Path

import psutil
import torch

from sft_core.features.device import Precision

MIB = 1024 * 1024
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # of malloc.h
KEPT_BY_ENVIRONMENT = "MALLOC_TRIM_THRESHOLD_"
_CGROUP = Path("/sys/fs/cgroup")


def physical_threads() -> int:
    """Physical cores that this process may use: more threads than that make training slower.

    OMP_NUM_THREADS is heard, as it is by other programs: so several of them can share a machine.
    """
    allowed = len(os.sched_getaffinity(0))
    asked = os.environ.get("OMP_NUM_THREADS", "")
    wished = int(asked) if asked.isdecimal() and int(asked) else allowed
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed, _cgroup_cores() or allowed, wished))


def _cgroup_cores() -> int | None:
    quota, period = [*_read_cgroup("cpu.max").split(), "", ""][:2]
    return max(1, int(quota) // int(period)) if quota.isdigit() and period.isdigit() else None


def _read_cgroup(name: str) -> str:
    try:
        return (_CGROUP / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def keep_memory() -> None:
    """Tell glibc to keep memory that was freed: it maps and unmaps every large tensor otherwise.

    Page faults then cost a tenth of a step on short texts, and most of it on long ones. Elsewhere: nothing. Where the
    environment says how memory is kept it stays so: it was said before the process began, and can say larger numbers.
    """
    if KEPT_BY_ENVIRONMENT in os.environ:
        return
    try:
        set_option = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library
        return
    set_option(_M_MMAP_MAX, 0)
    set_option(_M_TRIM_THRESHOLD, 2**31 - 1)
    set_option(_M_TOP_PAD, 64 * MIB)


def give_back_memory() -> None:
    """Tell glibc to give back what it holds and nobody uses: what is free, and what comes on top, is true then."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return


def choose_precision(wish: str, device: torch.device) -> Precision:
    """The short numbers to calculate with: "auto" takes what this hardware is faster with.

    fp16 needs a GPU; elsewhere it falls back to what "auto" would be.
    """
    if wish in ("off", "bf16") or (wish == "fp16" and device.type == "cuda"):
        return wish  # type: ignore[return-value]
    if device.type == "cuda":
        return "bf16" if torch.cuda.get_device_capability(device) >= (8, 0) else "fp16"
    return "bf16" if device.type == "cpu" and _cpu_has_bf16() else "off"


def _cpu_has_bf16() -> bool:
    """AVX512-BF16 or AMX. The questions are private names of torch: where they are gone, the answer is no."""
    questions: list[Callable[[], bool] | None] = [
        getattr(torch.cpu, "_is_avx512_bf16_supported", None),
        getattr(torch.cpu, "_is_amx_tile_supported", None),
    ]
    return any(ask() for ask in questions if ask is not None)


def memory_mb(device: torch.device) -> int:
    """Memory in use now: of the GPU by torch, else of this process."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device) / MIB)
    return int(psutil.Process().memory_info().rss / MIB)


def peak_memory_mb(device: torch.device) -> int:
    """The most memory in use since `reset_peak_memory` (or since this process started)."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device) / MIB)
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def reset_peak_memory(device: torch.device) -> None:
    """Forget the peak so far, where the system allows it."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # not everywhere allowed; the peak then counts from the start of the process
        return


def _given_up_when_needed() -> int:
    """Bytes of files that the container keeps in memory as long as nobody else wants it."""
    facts = dict(line.split() for line in _read_cgroup("memory.stat").splitlines() if len(line.split()) == 2)
    return int(facts.get("inactive_file", 0))


def free_memory_mb(device: torch.device) -> int:
    """Memory that this process could still take, within the limits of its container."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] / MIB)
    free = psutil.virtual_memory().available
    limit, used = _read_cgroup("memory.max"), _read_cgroup("memory.current")
    if limit.isdigit() and used.isdigit():
        free = min(free, int(limit) - int(used) + _given_up_when_needed())
    return int(free / MIB)
