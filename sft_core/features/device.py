"""Where a model calculates, and with which numbers: on the GPU where there is one with room for it, else here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, TypeVar

import torch

Precision = Literal["off", "bf16", "fp16"]
T = TypeVar("T")

CPU = torch.device("cpu")
# Free memory of a GPU without which a model that only answers is not put there: its weights twice, for what is
# calculated with them, and a gigabyte for the libraries. A training may want the rest.
ROOM_FOR_WEIGHTS, ROOM_BYTES = 2, 1 << 30
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory", "bad_alloc")
_GPU_MEMORY_WORDS = ("alloc_failed", "cuda error: out of memory")  # of cuBLAS and cuDNN


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[Any]:
    """The context in which the forward pass runs; weights stay fp32."""
    if precision == "off":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16 if precision == "bf16" else torch.float16)


def is_memory_error(error: BaseException) -> bool:
    """Whether an error means that memory ran out, on the GPU or here."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = (*_MEMORY_WORDS, *_GPU_MEMORY_WORDS)
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in words)


def device_of(model: Any) -> torch.device:
    """Where the weights of a model lie."""
    return torch.device(next(model.parameters()).device)


def best_device(model: Any) -> torch.device:
    """The GPU where this process sees one with enough free memory to answer with this model, else the processor."""
    if not torch.cuda.is_available():
        return CPU
    try:
        free, _total = torch.cuda.mem_get_info()
    except RuntimeError:  # a GPU that another process keeps for itself
        return CPU
    weights = sum(value.numel() * value.element_size() for value in model.parameters())
    return torch.device("cuda") if free >= ROOM_FOR_WEIGHTS * weights + ROOM_BYTES else CPU


def placed(model: Any, device: torch.device | str | None = None) -> Any:
    """The model on this device (None: the best one); here, where the GPU turns out to have no room for it."""
    try:
        return model.to(device or best_device(model))
    except RuntimeError as error:
        if not is_memory_error(error):
            raise
    return _brought_here(model)


def with_room(model: Any, compute: Callable[[], T]) -> T:
    """What `compute` gives; where the memory of the GPU does not suffice, the model comes here and it runs once more.

    The memory that is left over on the GPU is given back: a training may want it.
    """
    try:
        return compute()
    except RuntimeError as error:
        if device_of(model).type == "cpu" or not is_memory_error(error):
            raise
    finally:
        _give_back(model)
    _brought_here(model)  # not inside the except: its traceback holds what was calculated
    return compute()


def _brought_here(model: Any) -> Any:
    model.to(CPU)
    torch.cuda.empty_cache()
    return model


def _give_back(model: Any) -> None:
    if device_of(model).type == "cuda":
        torch.cuda.empty_cache()
