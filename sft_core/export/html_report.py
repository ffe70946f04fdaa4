"""The report of an evaluation as one HTML file to hand on: it fetches nothing, prints, and holds figures only.

Words and numbers are those of the pages. Whatever is written passes `written`: masked, without a character that could
hide or turn others, not longer than a line may be, and then escaped by the template.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sft_core import charts
from sft_core.evaluation.class_words import BOTH, FOUND, RIGHT
from sft_core.evaluation.shades import PALETTES
from sft_core.evaluation.wording import marked
from sft_core.export.masking import masked
from sft_core.export.report_figures import classes, matrix, pairs, scores
from sft_core.export.report_repeat import repeat
from sft_core.export.report_sections import Told, data_card, keep_in_mind, made, sureness, verdict_card
from sft_core.tasks.registry import get_task

TEMPLATES = Path(__file__).parent
_RANGE = re.compile(r"(?<=[\d%])–(?=\d)")  # "88–93" is not parted at the end of a line
MOST_CHARACTERS = 2_000  # of any one value


def html_report(told: Told) -> bytes:
    """The file (UTF-8). The same evaluation gives the same bytes."""
    page = _template().render(
        told=told,
        examples=told.examples if get_task(told.report["task"]).input_kind == "text" else (),
        style=Markup(_style()),
        verdict=verdict_card(told),
        scores=scores(told.report, told.own),
        notes=keep_in_mind(told),
        data=data_card(told),
        matrix=matrix(told.report),
        pairs=pairs(told.report),
        classes=classes(told.report, told.training, told.words),
        about={"found": FOUND, "right": RIGHT, "both": BOTH},
        sureness=sureness(told),
        diagram=_diagram(told.report),
        made=made(told),
        repeat=repeat(told),
    )
    return page.encode("utf-8", "replace")


def written(value: Any) -> Any:
    """A value as it may stand in the file; what is markup of our own stays as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    shown = _RANGE.sub("\u2060–\u2060", marked(masked(value)))
    return shown if len(shown) <= MOST_CHARACTERS else shown[: MOST_CHARACTERS - 1].rstrip() + "…"


def breakable(value: str) -> Markup:
    """A value in which a line may end behind each underscore: names of classes are often long and without a space."""
    return Markup(str(escape(written(value))).replace("_", "_<wbr>"))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    return environment.get_template("report.html")


@cache
def _style() -> str:
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def _diagram(report: Any) -> Markup | None:
    """How sure it was against how often it was right, as a drawing; it holds numbers only."""
    bins = (report.get("calibration") or {}).get("bins") or {}
    if not bins.get("after") or report["metrics"]["test"]["accuracy"] is None:
        return None
    drawing = charts.to_svg(charts.reliability(bins["after"], bins.get("before") or ()), width=430)
    for address in (' xmlns="http://www.w3.org/2000/svg"', ' xmlns:xlink="http://www.w3.org/1999/xlink"'):
        drawing = drawing.replace(address, "")  # needed in a file of its own only
    drawing = drawing.replace(f'fill="{PALETTES["light"].ground}"', 'fill="none"', 1)  # on paper the ground is white
    return Markup(drawing)  # made by the chart library from numbers
