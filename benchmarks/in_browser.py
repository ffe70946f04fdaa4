"""What the benchmarks in a browser share: how it is started, when a page is done, and clocks for server and tab."""

from collections.abc import Callable

import psutil
from playwright.sync_api import CDPSession

from sft_core.web.hosting import HostedDashboard

BROWSER = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def tab_clock(tab: CDPSession) -> Callable[[], float]:
    """Seconds that the main thread of the browser's tab has worked."""
    tab.send("Performance.enable", {"timeDomain": "threadTicks"})
    return lambda: next(
        one["value"] for one in tab.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration"
    )


def server_clock(dashboard: HostedDashboard) -> Callable[[], float]:
    """Seconds that the server's processor time has come to."""
    server = psutil.Process(dashboard.server.pid)
    return lambda: sum(server.cpu_times()[:2])
