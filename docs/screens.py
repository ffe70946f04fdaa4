"""The journeys that docs/make_pictures.py walks and photographs: the sample's, and one with pictures drawn in code."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drawn_pictures import leaf, write_leaves
from four_looks import FourLooks, settled
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

MESSAGE = "I was charged twice for the same order, please give my money back"
_END = 900_000  # milliseconds of a training
_LOOK = re.compile(r"^(\w+ )?(Rows|Pictures)$")  # an icon stands before a button's name as a word of its own


@dataclass
class Walk:
    """One window that walks, and four that look: they are sent to where it stands."""

    lead: Page
    address: str
    pictures: Path  # of the README and the guide
    looks: FourLooks | None = None

    @property
    def query(self) -> str:
        """Which data and which run the window is about."""
        return self.lead.url.partition("?")[2]

    def look(
        self, name: str, title: str, place: str, act: Callable[[Page], object] | None = None, *, whole: bool = True
    ) -> None:
        """Photograph a screen in all four looks, where that is wanted."""
        if self.looks is not None:
            self.looks.take(name, title, place, act, whole=whole)

    def shot(self, name: str, high: int = 860) -> None:
        """One picture for the README or the guide, in few colours: half the size, and nobody sees it."""
        path = self.pictures / f"{name}.png"
        self.lead.set_viewport_size({"width": 1280, "height": high})
        settled(self.lead).screenshot(path=path)
        Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)

    def to(self, place: str) -> Page:
        """Go where a link of the navigation leads."""
        self.lead.get_by_test_id("stSidebarNavLink").filter(has_text=place).first.click()
        return settled(self.lead)


@contextmanager
def walking(browser: Browser, address: str, pictures: Path, looks: FourLooks | None) -> Iterator[Walk]:
    """A window that walks, closed at the end."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.set_default_timeout(600_000)  # a busy machine takes its time
    page.goto(address)
    yield Walk(settled(page), address, pictures, looks)
    page.context.close()


def messages(walk: Walk, room: Path) -> None:
    """From an empty workspace to a later month of the sample, and a second run beside the first."""
    walk.look("home_empty", "Home, before there is anything", "")
    walk.look("data_empty", "Data, before anything is brought", "data?new=data")
    walk.look("try_empty", "Try it, before there is a model", "try")
    walk.shot("home")
    _button(walk.lead, "Start").click()
    walk.lead.wait_for_url(re.compile("/train"))
    _refused(walk, room)
    _before_training(walk)
    _training(walk)
    _evaluation(walk)
    _trying(walk)
    _second_run(walk)


def leaves(walk: Walk, room: Path) -> None:
    """The same path with pictures: a zip with a folder for each class."""
    zipped = shutil.make_archive(str(room / "leaves"), "zip", write_leaves(room / "leaves"))
    _bring(walk, Path(zipped))
    walk.look("pictures_reading", "Data: a zip of pictures was brought", f"data?{walk.query}")
    _button(walk.lead, "Use this data").click()
    walk.lead.wait_for_url(re.compile("/prepare"))
    settled(walk.lead)
    _pictures_before_training(walk)
    _pictures_training(walk)
    _pictures_evaluation(walk, room)


def _pictures_before_training(walk: Walk) -> None:
    prepare, copies = f"prepare?{walk.query}", _open_rows(re.compile("but for its size"))
    walk.look("pictures_prepare", "Prepare: what was noticed in the pictures", prepare)
    walk.look("pictures_copies", "Prepare: copies side by side", prepare, copies, whole=False)
    walk.look("pictures_data", "Data: a wall of pictures by class", f"data?{walk.query}")
    walk.look("pictures_model", "Model, for pictures", f"model?{walk.query}")
    walk.look("pictures_train", "Train: before the start, with pictures", f"train?{walk.query}")


def _pictures_training(walk: Walk) -> None:
    walk.to("Train")
    _start(walk)
    walk.lead.get_by_text(re.compile("[Pp]ass [2-9] of")).first.wait_for(timeout=_END)
    walk.look("pictures_training", "Train: while it learns from pictures", f"train?{walk.query}")
    _see(walk)


def _pictures_evaluation(walk: Walk, room: Path) -> None:
    walk.shot("evaluation_pictures", high=1160)
    query = walk.query
    walk.look("pictures_evaluate", "Evaluate: pictures behind the matrix", f"evaluate?{query}")
    walk.look("pictures_one", "Evaluate: one picture, large", f"evaluate?{query}", _first_tile, whole=False)
    presenter = f"evaluate?{query}&present=1"
    walk.look("pictures_presenter", "Evaluate, with pictures, for a projector", presenter, whole=False)
    walk.look("pictures_later", "Evaluate: bring later pictures", f"evaluate?{query}&test_file=new")
    _later_folder(walk, write_leaves(room / "october", each=8, first=6_000))
    asked = [room / f"new_{kind}.jpg" for kind in ("oak", "birch")]
    for path, kind in zip(asked, ("oak", "birch"), strict=True):
        leaf(kind, 5_000).save(path, quality=90)
    walk.look("pictures_try", "Try it: pictures", f"try?{query}", lambda page: _bring_to(page, asked))


def _later_folder(walk: Walk, folder: Path) -> None:
    """A folder of later pictures, chosen as a folder."""
    query = walk.query
    walk.lead.goto(f"{walk.address}/evaluate?{query}&test_file=new")
    settled(walk.lead)
    with walk.lead.expect_file_chooser() as asked:
        _button(walk.lead, "Choose a folder").click()
    asked.value.set_files(folder)
    _button(walk.lead, "Test it").wait_for()
    walk.look("pictures_later_mapping", "Evaluate: a folder of later pictures", f"evaluate?{walk.query}")
    _button(settled(walk.lead), "Test it").click()
    walk.lead.get_by_text(re.compile(r"[\d.]+ now, [\d.]+ then")).first.wait_for()
    settled(walk.lead)
    walk.look("pictures_later_result", "Evaluate: on later pictures", f"evaluate?{walk.query}")
    walk.lead.goto(f"{walk.address}/evaluate?{query}")
    settled(walk.lead)


def _refused(walk: Walk, room: Path) -> None:
    """What a file that cannot be read looks like."""
    bad = room / "messages.xlsx"
    bad.write_bytes(b"\x7fELF" + bytes(4000))
    query = walk.query
    _bring(walk, bad)
    walk.look("data_refused", "Data: a file that cannot be read", f"data?{walk.query}")
    good = room / "incidents 2025.csv"
    lines = [f"{number};the pump in ward {number % 7} stands still again;technical" for number in range(1, 60)]
    lines += [f"{number};no gloves left in room {number % 9};supplies" for number in range(60, 120)]
    good.write_bytes("\n".join(["no;report;department", *lines, "120;früh um sechs;technical"]).encode("cp1252"))
    _bring(walk, good)
    walk.look("data_reading", "Data: how a file is read", f"data?{walk.query}")
    walk.lead.goto(f"{walk.address}/train?{query}")
    settled(walk.lead)


def _before_training(walk: Walk) -> None:
    for place, name in (("Data", "data"), ("Prepare", "prepare"), ("Model", "model"), ("Train", "train")):
        walk.to(place)
        if name != "train":
            walk.shot(name)
        walk.look(name, f"{place}, with the sample", f"{name}?{walk.query}")
    walk.look("prepare_rows", "Prepare: the rows of a finding", f"prepare?{walk.query}", _open_rows(), whole=False)
    walk.to("Prepare")
    for change in ("Write all as Billing", "Drop empty rows"):
        _button(walk.lead, change).click()
        settled(walk.lead)
    walk.look("prepare_changed", "Prepare: changes, each with its undo", f"prepare?{walk.query}")
    walk.to("Train")


def _training(walk: Walk) -> None:
    pin = walk.lead.get_by_placeholder("Type or paste a message and press Enter")
    pin.fill(MESSAGE)
    pin.press("Enter")
    _start(walk)
    walk.lead.get_by_text(re.compile("[Pp]ass [2-9] of")).first.wait_for(timeout=_END)
    walk.shot("training")
    walk.look("training", "Train: while it learns", f"train?{walk.query}")
    _button(walk.lead, "See how good it is").wait_for(timeout=_END)
    walk.look("training_done", "Train: when it has learnt", f"train?{walk.query}")
    walk.look("replay", "Train: its learning again, in 30 seconds", f"train?{walk.query}&replay=1")


def _evaluation(walk: Walk) -> None:
    _see(walk)
    walk.shot("evaluation", high=1160)
    query = walk.query
    walk.look("evaluate", "Evaluate", f"evaluate?{query}")
    walk.look("presenter", "Evaluate, for a projector", f"evaluate?{query}&present=1", whole=False)
    walk.look("later", "Evaluate: bring a later file", f"evaluate?{query}&test_file=new")
    walk.lead.goto(f"{walk.address}/evaluate?{query}&test_file=new")
    _button(settled(walk.lead), "Take the sample's next month").click()
    _button(walk.lead, "Test it").wait_for()
    walk.look("later_mapping", "Evaluate: which column and class is which", f"evaluate?{walk.query}")
    _button(settled(walk.lead), "Test it").click()
    walk.lead.get_by_text(re.compile(r"[\d.]+ now, [\d.]+ then")).first.wait_for()
    settled(walk.lead)
    walk.look("later_result", "Evaluate: on a later month", f"evaluate?{walk.query}")
    walk.lead.goto(f"{walk.address}/evaluate?{query}")
    settled(walk.lead)


def _trying(walk: Walk) -> None:
    walk.to("Try it")
    _ask(walk.lead)
    walk.shot("try_it")
    walk.look("try", "Try it", f"try?{walk.query}", _ask)


def _second_run(walk: Walk) -> None:
    """A quick run beside the first, for Compare and for Home."""
    walk.look("compare_empty", "Compare, with one run", f"compare?{walk.query}")
    walk.lead.goto(f"{walk.address}/train?{walk.query}&new=run")
    _button(settled(walk.lead), "Choose quick").click()
    settled(walk.lead)
    _start(walk)
    _button(walk.lead, "See how good it is").wait_for(timeout=_END)
    settled(walk.lead)
    walk.look("compare", "Compare", f"compare?{walk.query}")
    walk.look("home", "Home, with work on it", "")
    walk.look("system", "System", f"system?{walk.query}")
    walk.look("lost", "An address that leads nowhere", "evaluate?run=20200101000000-00000000")


def _start(walk: Walk) -> None:
    _button(settled(walk.lead), "Start").click()


def _see(walk: Walk) -> None:
    _button(walk.lead, "See how good it is").wait_for(timeout=_END)
    _button(settled(walk.lead), "See how good it is").click()
    walk.lead.get_by_role("heading", name="How good is it?").wait_for()
    settled(walk.lead)


def _bring(walk: Walk, path: Path) -> None:
    walk.lead.goto(f"{walk.address}/data?new=data")
    _bring_to(settled(walk.lead), [path])
    walk.lead.wait_for_url(re.compile("upload="))
    settled(walk.lead)


def _bring_to(page: Page, paths: list[Path]) -> None:
    page.set_input_files("input[type=file]", paths)
    settled(page)


def _ask(page: Page) -> None:
    page.get_by_role("textbox").first.fill(MESSAGE)
    _button(page, "Ask").click()
    settled(page)


def _open_rows(about: re.Pattern[str] | None = None) -> Callable[[Page], None]:
    """Open what a finding is about: of the first one, or of the first that speaks of this."""

    def act(page: Page) -> None:
        opens = page.get_by_role("button", name=_LOOK)
        cards = page.locator("[data-testid=stHorizontalBlock]").filter(has=opens, has_text=about or "")
        cards.first.get_by_role("button", name=_LOOK).first.click()
        page.get_by_role("dialog").wait_for()

    return act


def _first_tile(page: Page) -> None:
    page.locator("[data-part=wall] button").first.click()
    page.get_by_role("dialog").wait_for()


def _button(page: Page, name: str) -> Locator:
    """The button of this name."""
    return page.get_by_role("button", name=re.compile(rf"^(\w+ )?{re.escape(name)}$")).first
