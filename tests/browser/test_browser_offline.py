"""With the network taken away: the journey in a network namespace that holds nothing but its own loopback.

Where that is forbidden, no Python process of it gets a socket that leaves this machine, and the browser no name.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from browser_page import go_to, settle
from playwright.sync_api import expect
from small_effort import wish

from sft_core.data.store import DatasetStore
from sft_core.workspace import open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PASSES = 4
INSIDE = "TUNEBOARD_INSIDE_EMPTY_NETWORK"
NAMESPACE, BLOCKED = "namespace", "blocked"
HERE = Path(__file__)


def test_the_journey_passes_without_any_network(chromium):
    tests = f"{sys.executable} -m pytest -o addopts= -p no:cacheprovider {HERE}::test_inside_from_a_file_to_an_answer"
    if namespaces_are_allowed():
        command, taken = ["unshare", "-rn", "sh", "-c", f"ip link set lo up && exec {tests}"], {INSIDE: NAMESPACE}
    else:
        command, taken = tests.split(), {INSIDE: BLOCKED, "PYTHONPATH": str(HERE.parent / "no_network")}
    done = subprocess.run(command, env={**os.environ, **taken}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout


def namespaces_are_allowed():
    """Whether this user may make an empty network."""
    tools = shutil.which("unshare") is not None and shutil.which("ip") is not None
    return tools and not subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode


def test_blocked_sockets_reach_this_machine_only():
    asked = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)"
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "no_network")}

    def connect(host, port):
        command = [sys.executable, "-c", asked, host, str(port)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert connect("127.0.0.1", server.getsockname()[1]).returncode == 0
    assert "the network was taken away" in connect("192.0.2.1", 80).stderr


@pytest.mark.skipif(INSIDE not in os.environ, reason="runs inside the test above only")
def test_inside_from_a_file_to_an_answer(visit, dashboard, tmp_path):
    if os.environ[INSIDE] == NAMESPACE:
        interfaces = Path("/proc/net/dev").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
    with pytest.raises(OSError, match=r"nreachable|taken away"):
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    rows = [(f"please look at the {word} number {n}", label) for n in range(20) for label, word in TOPICS]
    pd.DataFrame(rows, columns=["message", "topic"]).to_csv(tmp_path / "few.csv", index=False)
    page = visit("data?new=data")
    page.set_input_files("input[type=file]", tmp_path / "few.csv")
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_url(re.compile("/prepare"))
    settle(page)
    home = open_workspace(dashboard.home)
    (dataset,) = DatasetStore(home).list()
    wish(home, dataset.id, "quick", epochs=PASSES)  # of the embedded model
    page.get_by_role("button", name="Train").first.click()
    page.wait_for_url(re.compile("/train"))
    settle(page)
    page.get_by_role("button", name=re.compile("Start")).first.click()
    page.get_by_role("button", name=re.compile("See how good it is")).wait_for(timeout=300_000)
    settle(page)
    go_to(page, "/".join(page.url.split("/")[3:]).replace("train", "try"))
    settle(page)
    page.get_by_role("textbox").first.fill("please look at the parcel number 99")
    page.get_by_role("button", name=re.compile("Ask")).first.click()
    expect(page.get_by_text("Delivery").first).to_be_visible(timeout=120_000)


TOPICS = (("Billing", "invoice"), ("Delivery", "parcel"))
