"""Whether a task can read what stands in the data."""

from sft_core.config import Roles
from sft_core.data.kinds.registry import kind_of
from sft_core.errors import InputError
from sft_core.tasks.registry import TASKS, get_task


def check_reads(task: str, roles: Roles) -> None:
    """Raise InputError where a task is asked of rows of another kind than it reads, with the one that fits."""
    found, spec = kind_of(roles).name, get_task(task)
    if found != spec.input_kind:
        fitting = " or ".join(name for name in TASKS if get_task(name).input_kind == found)
        raise InputError(f"The task {task} does not read what this data holds.", f"Choose the task {fitting}.")
