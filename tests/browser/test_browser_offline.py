"""With the network taken away: the journey in a network namespace that holds nothing but its own loopback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from browser_page import settle
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

INSIDE = "TUNEBOARD_INSIDE_EMPTY_NETWORK"
HERE = Path(__file__)


def test_the_journey_passes_without_any_network(chromium):
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("unshare or ip is not installed (apt-get install util-linux iproute2)")
    if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("network namespaces are forbidden here")
    tests = f"{sys.executable} -m pytest -o addopts= -p no:cacheprovider {HERE}::test_inside_from_a_file_to_an_answer"
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", f"ip link set lo up && exec {tests}"],
        env={**os.environ, INSIDE: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout


@pytest.mark.skipif(INSIDE not in os.environ, reason="runs inside the test above only")
def test_inside_from_a_file_to_an_answer(visit, tmp_path):
    interfaces = Path("/proc/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
    rows = [(f"please look at the {word} number {n}", label) for n in range(40) for label, word in TOPICS]
    pd.DataFrame(rows, columns=["message", "topic"]).to_csv(tmp_path / "few.csv", index=False)
    page = visit("data")
    page.set_input_files("input[type=file]", tmp_path / "few.csv")
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_url(re.compile("/prepare"))
    settle(page)
    page.get_by_role("button", name="Train").first.click()
    page.wait_for_url(re.compile("/train"))
    settle(page)
    page.get_by_role("button", name=re.compile("Start")).first.click()
    page.get_by_role("button", name=re.compile("See how good it is")).wait_for(timeout=300_000)
    settle(page)
    page.goto(page.url.replace("/train", "/try"))
    settle(page)
    page.get_by_role("textbox").first.fill("please look at the parcel number 99")
    page.get_by_role("button", name=re.compile("Ask")).first.click()
    expect(page.get_by_text("Delivery").first).to_be_visible(timeout=120_000)


TOPICS = (("Billing", "invoice"), ("Delivery", "parcel"))
