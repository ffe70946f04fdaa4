"""A server that can be asked what it has imported: by a signal, for its answer shall not depend on a page."""

import os
import signal
from pathlib import Path

from browser_page import wait_for

# Python imports this file at its start, wherever its folder stands in PYTHONPATH.
_TELLING = """
import os, signal, sys
def tell(*_):
    with open("{told}.part", "w") as file:
        file.write("\\n".join(sys.modules))
    os.rename("{told}.part", "{told}")
signal.signal(signal.SIGUSR1, tell)
"""


def write_telling(folder: Path) -> Path:
    """For PYTHONPATH: processes that start with this folder in it can be asked."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_TELLING.format(told=_answer(folder)))
    return folder


def imported(process: int, folder: Path) -> set[str]:
    """The packages in the memory of a process by its id."""
    _answer(folder).unlink(missing_ok=True)
    os.kill(process, signal.SIGUSR1)
    wait_for(_answer(folder).exists)
    return {name.partition(".")[0] for name in _answer(folder).read_text().splitlines()}


def _answer(folder: Path) -> Path:
    return folder / "imported.txt"
