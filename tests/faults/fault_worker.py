"""A worker that also knows the kinds of the fault tests."""

import sys

import fault_kinds  # noqa: F401

from sft_core.jobs import worker

if __name__ == "__main__":
    sys.exit(worker.main())
