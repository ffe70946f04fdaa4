"""A million short rows: read in seconds, with progress, and never whole in the memory of who shows them."""

import random
import resource
from pathlib import Path

import pytest

from sft_core.config import Roles
from sft_core.data.findings.stored import find_problems
from sft_core.data.importing import import_files
from sft_core.data.query import page
from sft_core.data.store import DatasetStore
from sft_core.workspace import Workspace

ROWS = 1_000_000


def processor_seconds() -> float:
    """Of this process and of its children that have ended: the clock would measure what else the machine does."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.mark.slow
def test_a_million_rows_are_imported_in_seconds_with_progress(workspace: Workspace, tmp_path: Path) -> None:
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(2, 9))) for _ in range(2_000)]
    path = tmp_path / "rows.csv"
    lines = (f"{' '.join(draw.choices(words, k=12))},class_{n % 50}\n" for n in range(ROWS))
    with path.open("w") as file:
        file.write("text,label\n")
        file.writelines(lines)
    assert path.stat().st_size > 70e6

    told: list[float] = []
    began = processor_seconds()
    roles = Roles(text=("text",), label="label")
    dataset = import_files(
        workspace, "rows", {"train": path}, roles=roles, on_progress=lambda share, _words: told.append(share)
    )
    imported = processor_seconds() - began
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows, total = page(DatasetStore(workspace).rows_path(dataset), offset=900_000)
    shown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    find_problems(DatasetStore(workspace), dataset, 0)

    assert imported < 15, "7 were measured on two cores of 2026, sandbox and all"
    assert processor_seconds() - began < 30, "11 were measured with the search for problems"
    assert len(told) > 15 and told == sorted(told)
    assert total == ROWS and len(rows) == 50 and shown < 300 * 1024
