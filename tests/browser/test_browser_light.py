"""The server stays light: after a visit to every page, none of the heavy libraries is in its memory."""

from pathlib import Path

import psutil
import pytest
from browser_page import settle

pytestmark = pytest.mark.browser

HEAVY = ("libtorch", "tokenizers", "onnxruntime", "/accelerate/", "/captum/", "/peft/")
PAGES = ("", "data", "prepare", "model", "train", "evaluate", "try", "compare", "system")


def server_of(address: str) -> psutil.Process:
    """The process that listens on the address."""
    port = int(address.rpartition(":")[2])
    found = [c.pid for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port]
    return psutil.Process(found[0])


def test_no_page_brings_torch_into_the_server(visit_own, own_dashboard):
    page = visit_own()
    for place in PAGES:
        page.goto(f"{own_dashboard.address}/{place}")
        settle(page)
        assert page.get_by_test_id("stException").count() == 0
    server = server_of(own_dashboard.address)
    mapped = Path(f"/proc/{server.pid}/maps").read_text()
    assert "pyarrow" in mapped  # the maps tell what is loaded
    assert [name for name in HEAVY if name in mapped] == []
