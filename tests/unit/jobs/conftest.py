"""Kinds of jobs that need no model."""

import pytest

from sft_core.jobs.kinds import KINDS, JobKind


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "toy-run", JobKind("no:where", "train", place="runs"))
    monkeypatch.setitem(KINDS, "toy-check", JobKind("no:where", "light", place="evaluations"))
    monkeypatch.setitem(KINDS, "toy-once", JobKind("no:where", "light", resumable=False))
