"""A limit on memory that turns the kernel's killing into an error."""

import resource

import pytest
import torch

from sft_core.features.device import is_memory_error
from sft_core.training import hardware, memory_guard
from sft_core.training.memory_guard import at_most

TOO_MUCH = 3000 * hardware.MIB  # more than an earlier test can have left free in the heap; nothing touches it


def test_what_wants_more_gets_an_error_and_the_limit_ends_with_the_block():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with at_most(200):
        with pytest.raises(RuntimeError) as caught:
            torch.empty(TOO_MUCH, dtype=torch.uint8)
        with pytest.raises(MemoryError):
            bytearray(TOO_MUCH)
        torch.ones(1000)
    assert is_memory_error(caught.value)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    torch.empty(TOO_MUCH, dtype=torch.uint8)


def test_the_limit_ends_with_an_error_too():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(ZeroDivisionError), at_most(200):
        raise ZeroDivisionError
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_where_the_system_does_not_tell_there_is_no_limit(monkeypatch, tmp_path):
    monkeypatch.setattr(memory_guard, "_STATUS", tmp_path / "absent")
    with at_most(0):
        torch.ones(10_000_000)
