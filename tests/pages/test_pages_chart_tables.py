"""Each chart says in words what it shows; behind it stands a table that opens, or that a screen reader reads."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sft_core.jobs.store import Job

Open = Callable[..., AppTest]
PAGES = Path(__file__).resolve().parents[2] / "pages"
A_CHART = re.compile(r"\.(vega_lite|altair|line|bar|area|scatter|plotly|pydeck|echarts|graphviz)_chart\(|\.pyplot\(")


def boxes(node: Any) -> Iterator[list[Any]]:
    """The children of each box of the page, the innermost boxes included."""
    children = list(getattr(node, "children", {}).values())
    if children:
        yield children
    for child in children:
        yield from boxes(child)


def leaves(node: Any) -> Iterator[Any]:
    """What lies in a box, at any depth."""
    for child in node.children.values():
        yield from leaves(child) if getattr(child, "children", None) else [child]


def is_table(node: Any) -> bool:
    """A table that opens, one that only a screen reader meets, or the switch that turns the matrix into one."""
    if node.type == "html":
        return "<table" in node.proto.body and "<td>" in node.proto.body
    if node.type == "expander":
        return node.label == "As a table" and any(child.type in ("table", "arrow_table") for child in leaves(node))
    return any(
        child.type == "toggle" and child.label == "As a table" for child in getattr(node, "children", {}).values()
    )


def charts_of(app: AppTest) -> list[tuple[Any, bool]]:
    """Each chart of the page, and whether its table stands in the same box."""
    return [
        (node.proto, any(is_table(other) for other in children))
        for children in boxes(app.main)
        for node in children
        if node.type == "vega_lite_chart"
    ]


@pytest.mark.parametrize(
    ("file", "least"), [("data.py", 2), ("training.py", 2), ("evaluation.py", 4)], ids=["data", "train", "evaluate"]
)
def test_each_chart_has_words_and_a_table(open_page: Open, dataset: str, run: Job, file: str, least: int) -> None:
    found = charts_of(open_page(file, dataset=dataset, run=run.id))
    assert len(found) >= least
    for chart, has_table in found:
        assert chart.alt.strip()
        assert has_table, chart.alt


def test_charts_are_drawn_in_one_place_which_adds_their_table() -> None:
    drawing = {path.name for path in PAGES.rglob("*.py") if A_CHART.search(path.read_text(encoding="utf-8"))}
    assert drawing == {"drawn.py"}
    picking = {path.name for path in PAGES.rglob("*.py") if "drawn.pick(" in path.read_text(encoding="utf-8")}
    assert picking == {"matrix.py"}  # it turns into a table of its own
