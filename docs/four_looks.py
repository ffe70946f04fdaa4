"""Screens in four looks, light and dark on a desk and on a phone, and the sheets on which they lie side by side."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.Image import Resampling
from playwright.sync_api import Browser, Page, TimeoutError

DESK, PHONE = (1440, 900), (390, 844)
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
_MOST_HIGH = 5200  # pixels of a page: what lies below is left out
_ROOM = """() => {
  const inside = document.querySelector('[data-testid=stMainBlockContainer]')
  return inside ? Math.ceil(inside.getBoundingClientRect().bottom + inside.parentElement.scrollTop) : 0
}"""
_STILL = """.stToast, [data-testid=stStatusWidget] {display: none !important}
[data-testid=stMainBlockContainer] {padding-bottom: 2rem !important}"""

_PHONE_SAYS = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"

# A sheet: how wide each look is drawn, the space between them, and the ground.
_WIDTHS = {DESK[0]: 864, PHONE[0]: 300}
_GAP, _GROUND = 16, (132, 138, 136)
_QUALITY = 72


@dataclass(frozen=True)
class Look:
    """One of the four: a colour scheme and the size of a window."""

    scheme: str
    window: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.scheme}_{self.window[0]}"


LOOKS = [Look(scheme, window) for window in (DESK, PHONE) for scheme in ("light", "dark")]


def settled(page: Page) -> Page:
    """The page when nothing runs any more and charts are drawn; a live page is taken as it is after a while."""
    for _ in range(2):
        page.wait_for_timeout(700)
        with suppress(TimeoutError):
            page.wait_for_selector(IDLE, state="attached", timeout=20_000)
    return page


class FourLooks:
    """Four windows of one dashboard, one for each look; what they show is kept as PNG files in `folder`."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.names: dict[str, str] = {}  # of the screens that were taken, with their titles
        self.missed: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._pages = {look: self._open(browser, look) for look in LOOKS}

    def take(
        self, name: str, title: str, place: str, act: Callable[[Page], object] | None = None, *, whole: bool = True
    ) -> None:
        """Photograph a screen in all four looks: `act` is what is done there first, `place` its address.

        `whole`: as high as the page is, else what the window shows (a dialog).
        """
        for look, page in self._pages.items():
            page.set_viewport_size({"width": look.window[0], "height": look.window[1]})
            page.goto(f"{self.address}/{place}")
            page.add_style_tag(content=_STILL)
            settled(page)
            try:
                if act is not None:
                    act(page)
                    page.mouse.move(0, 0)  # what lies under it looks pressed
                    settled(page)
            except TimeoutError as error:  # the other screens are wanted all the same
                self.missed.append(f"{name} ({look.name}): {error.message.splitlines()[0]}")
            if whole:
                _stretch(page, look)
            page.screenshot(path=self.folder / f"{name}_{look.name}.png")
            page.goto("about:blank")  # a page that is left open follows what goes on, and acts on it
        self.names[name] = title

    def write_sheets(self, folder: Path) -> None:
        """A WebP for each screen with its four looks side by side; sheets of screens that are gone are deleted."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.webp"):
            old.unlink()
        for name in self.names:
            shots = [Image.open(self.folder / f"{name}_{look.name}.png").convert("RGB") for look in LOOKS]
            side_by_side(shots).save(folder / f"{name}.webp", quality=_QUALITY, method=6)

    def _open(self, browser: Browser, look: Look) -> Page:
        size = {"width": look.window[0], "height": look.window[1]}
        told = {"user_agent": _PHONE_SAYS} if look.window == PHONE else {}  # so a page knows it from its first line
        context = browser.new_context(viewport=size, color_scheme=look.scheme, reduced_motion="reduce", **told)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page


def side_by_side(shots: list[Image.Image]) -> Image.Image:
    """The pictures at the size of a sheet: those of a desk one below the other, those of a phone beside them."""
    small = [shot.resize(_size(shot), Resampling.LANCZOS) for shot in shots]
    desk, phone = ([one for one in small if one.width == _WIDTHS[size[0]]] for size in (DESK, PHONE))
    high = max(sum(one.height + _GAP for one in desk), *(one.height + _GAP for one in phone)) + _GAP
    sheet = Image.new("RGB", (desk[0].width + _GAP + sum(one.width + _GAP for one in phone) + _GAP, high), _GROUND)
    top, left = _GAP, desk[0].width + 2 * _GAP
    for one in desk:
        sheet.paste(one, (_GAP, top))
        top += one.height + _GAP
    for one in phone:
        sheet.paste(one, (left, _GAP))
        left += one.width + _GAP
    return sheet


def _size(shot: Image.Image) -> tuple[int, int]:
    width = _WIDTHS[shot.width]
    return width, round(shot.height * width / shot.width)


def _stretch(page: Page, look: Look) -> None:
    """Make the window as high as the page in it, which scrolls inside itself."""
    for _ in range(2):  # what is drawn only when it is in sight makes the page higher
        high = min(max(int(page.evaluate(_ROOM)), look.window[1]), _MOST_HIGH)
        page.set_viewport_size({"width": look.window[0], "height": high})
        page.wait_for_timeout(600)
