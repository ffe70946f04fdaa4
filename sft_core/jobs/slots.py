"""Lanes and their slots: `train` has one for each GPU or one for the CPU, `light` has a few beside it."""

import os
from collections.abc import Iterable, Mapping

import pynvml

from sft_core.jobs.kinds import Lane

CPU = "cpu"
_GPU = "gpu:"
_ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
NICENESS = {"train": 0, "light": 10}
_SPINS = "1000"  # some microseconds; docs/decisions.md has the figures of more and of none


def gpu_ids() -> list[str]:
    """UUIDs of the GPUs that may be used: those of this machine, as far as CUDA_VISIBLE_DEVICES leaves them."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, or no GPU
        return []
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
        return _visible([_text(pynvml.nvmlDeviceGetUUID(handle)) for handle in handles])
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def waiting(environment: Mapping[str, str]) -> dict[str, str]:
    """How the threads of a process that computes wait for each other, unless its environment says it.

    Threads that spin for long take the processor from each other when the machine has other work, threads that sleep at
    once are woken late. The number speaks to GNU's OpenMP, which torch brings on Linux, the policy to the others.
    """
    if "OMP_WAIT_POLICY" in environment or "GOMP_SPINCOUNT" in environment:
        return {}
    return {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": _SPINS}


def slots_of(gpus: Iterable[str], cores: int | None = None) -> dict[Lane, tuple[str, ...]]:
    """The slots of each lane on this machine."""
    train = tuple(f"{_GPU}{uuid}" for uuid in gpus) or (CPU,)
    width = min(4, max(2, (cores or os.cpu_count() or 1) // 4))
    return {"train": train, "light": tuple(f"light:{number}" for number in range(width))}


def slot_environment(slot: str, train_slots: Iterable[str], busy: Iterable[str]) -> dict[str, str]:
    """What a worker in this slot must find in its environment, given the slots in which others work.

    A light job uses a GPU only while nobody trains on it: its memory is the training's. Beside a training it keeps to
    one thread.
    """
    if slot.startswith(_GPU):
        return {"CUDA_VISIBLE_DEVICES": slot.removeprefix(_GPU)}
    if slot == CPU:
        return {"CUDA_VISIBLE_DEVICES": ""}
    training = set(busy) & set(train_slots)
    free = [name.removeprefix(_GPU) for name in train_slots if name.startswith(_GPU) and name not in training]
    threads = dict.fromkeys(_ONE_THREAD, "1") if training else {}
    return {"CUDA_VISIBLE_DEVICES": ",".join(free[:1]), **threads}


def _visible(uuids: list[str]) -> list[str]:
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return uuids
    names = [name.strip() for name in allowed.split(",")]
    chosen = []
    for name in names:
        if name.isdecimal() and int(name) < len(uuids):
            chosen.append(uuids[int(name)])
        else:
            chosen += [uuid for uuid in uuids if name and uuid.startswith(name)]
    return list(dict.fromkeys(chosen))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
