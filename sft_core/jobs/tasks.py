"""Which task a job or a run is about, and what the processes that compute for it need in their environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sft_core.errors import SFTError
from sft_core.records import JOB, read_json
from sft_core.tasks.registry import get_task
from sft_core.workspace import RunFolder


def task_environment(folder: Path) -> Mapping[str, str]:
    """What the task of a job wishes, by the job's folder; nothing where the job has none."""
    try:
        request: dict[str, Any] = read_json(folder / JOB).get("request") or {}
        return run_environment(Path(str(request["run"]))) if "run" in request else _of(request["task"])
    except (OSError, SFTError, LookupError, TypeError, AttributeError):
        return {}


def run_environment(run: Path) -> Mapping[str, str]:
    """What the task of a run wishes."""
    try:
        return _of(read_json(RunFolder(run).config)["task"])
    except (OSError, SFTError, LookupError, TypeError):
        return {}


def _of(task: object) -> Mapping[str, str]:
    return get_task(str(task)).environment
