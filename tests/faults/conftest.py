"""A workspace with a real supervisor of its own, and nothing left behind."""

from collections.abc import Iterator

import pytest
from fault_house import House

from sft_core.workspace import Workspace


@pytest.fixture
def house(workspace: Workspace) -> Iterator[House]:
    house = House(workspace)
    yield house
    house.clear()
