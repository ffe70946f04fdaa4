"""The tasks that exist. One line here and a folder beside it add one; nothing else changes."""

from importlib import import_module
from typing import Any

from sft_core.config import Roles
from sft_core.errors import InputError
from sft_core.tasks.task import TaskSpec

TASKS = {
    "text-classification": "sft_core.tasks.text_classification.spec:SPEC",
    "image-classification": "sft_core.tasks.image_classification.spec:SPEC",
}


def get_task(name: str) -> TaskSpec:
    """The task called `name`. Raises InputError that lists the known ones."""
    if name not in TASKS:
        raise InputError(f"There is no task {name!r} yet.", f"Choose one of: {', '.join(TASKS)}.")
    spec = _attribute(TASKS[name])
    assert isinstance(spec, TaskSpec), spec
    return spec


def task_for(roles: Roles) -> TaskSpec:
    """The task of data whose columns have these roles: the first that finds all it needs, else the first of all."""
    given = {name for name, value in roles.model_dump().items() if value}
    specs = [get_task(name) for name in TASKS]
    return next((spec for spec in specs if given.issuperset(spec.roles_needed)), specs[0])


def load_engine(spec: TaskSpec) -> Any:
    """The engine of a task (see `tasks.engine.Engine`; naming that type here would import torch)."""
    return _attribute(spec.engine)


def _attribute(address: str) -> Any:
    module, name = address.split(":")
    return getattr(import_module(module), name)
