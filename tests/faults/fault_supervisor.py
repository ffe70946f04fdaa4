"""A supervisor whose workers know the kinds of the fault tests."""

import sys
from pathlib import Path

import fault_kinds  # noqa: F401

from sft_core.jobs import supervisor
from sft_core.jobs.launchers.local import LocalLauncher

WORKER = Path(__file__).with_name("fault_worker.py")

if __name__ == "__main__":
    sys.exit(supervisor.main(launcher=LocalLauncher([sys.executable, str(WORKER)])))
