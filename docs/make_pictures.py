"""Make the pictures of docs anew: walk the journeys in Debian's chromium and photograph each screen.

docs/pictures are those of the README and the guide, docs/looks every screen in light and dark at 1440 and 390 px.
`--all DIR` also keeps the four looks of each screen as they were taken; `--readme` leaves the looks out.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import screens
from four_looks import FourLooks
from playwright.sync_api import sync_playwright

from sft_core.web.hosting import HostedDashboard

DOCS = Path(__file__).resolve().parent
PICTURES, LOOKS = DOCS / "pictures", DOCS / "looks"
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

_ABOUT = """# Every screen in four looks

Light and dark, on a desk (1440 px) and on a phone (390 px), side by side. Made by `make pictures`, never by hand; the
messages are the sample's, the leaves are drawn by `docs/drawn_pictures.py`.
"""


def main() -> int:
    """Make the pictures; 1 where a screen could not be brought into the state that was to be photographed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="keep the four looks of each screen here, in full size")
    parser.add_argument("--readme", action="store_true", help="only the pictures of the README and the guide")
    parser.add_argument("--journey", choices=["messages", "leaves"], help="only this one; docs/looks is left alone")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="tuneboard-", ignore_cleanup_errors=True) as room,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
        place = options.all or Path(room) / "looks"
        with HostedDashboard(Path(room) / "home") as dashboard:
            looks = None if options.readme else FourLooks(browser, dashboard.address, place)
            with screens.walking(browser, dashboard.address, PICTURES, looks) as walk:
                if options.journey != "leaves":
                    screens.messages(walk, Path(room))
                if options.journey != "messages":
                    screens.leaves(walk, Path(room))
        browser.close()
        if looks is not None and options.journey is None:
            looks.write_sheets(LOOKS)
            listed = "\n".join(f"\n## {title}\n![{title}](looks/{name}.webp)" for name, title in looks.names.items())
            (DOCS / "looks.md").write_text(_ABOUT + listed + "\n", encoding="utf-8")
    for missed in looks.missed if looks else []:
        sys.stderr.write(f"{missed}\n")
    return int(bool(looks and looks.missed))


if __name__ == "__main__":
    sys.exit(main())
