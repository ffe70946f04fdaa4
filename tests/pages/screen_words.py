"""Everything that a page says to a reader, and where: words, labels, help, headings of tables, titles of charts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

# Doors that are closed at first, for those who look for numbers and settings.
DETAILS = ("Details", "All settings", "The same as a file or a command")

# The fields of Streamlit's messages that are read by people. All others are ids, icons, sizes and the like.
_SPOKEN = ("label", "body", "help", "title", "placeholder", "options", "text", "alt", "alt_text", "caption", "captions")
_SPOKEN += ("content", "delta", "delta_description", "description", "formatted_value")
_TITLES = frozenset(("title", "text", "subtitle", "description", "labelExpr"))


@dataclass(frozen=True)
class Said:
    """A piece of text; `where` is the kind of thing that says it, `behind` whether one of DETAILS must be opened."""

    text: str
    where: str
    behind: bool = False


def said_on(app: AppTest) -> list[Said]:
    """All that the page of this run says, the sidebar included."""
    found = [*_of_node(app._tree, behind=False)]
    assert found, "an empty page"
    return found


def helps_on(app: AppTest) -> list[str]:
    """What opens at the question marks of the page."""
    return [said.text for said in said_on(app) if said.where.endswith(".help")]


def _of_node(node: Any, *, behind: bool) -> Iterator[Said]:
    proto = getattr(node, "proto", None)
    kind = str(getattr(node, "type", ""))
    if isinstance(node, Block):
        if proto is not None:
            yield from _spoken(proto, kind or "block", behind)
        inner = behind or getattr(node, "label", None) in DETAILS
        for child in node.children.values():
            yield from _of_node(child, behind=inner)
    elif isinstance(proto, Message):
        yield from _of_element(node, proto, kind, behind)


def _of_element(node: Any, proto: Message, kind: str, behind: bool) -> Iterator[Said]:
    yield from _spoken(proto, kind, behind or kind == "code")  # written by machines: logs, commands
    if kind == "vega_lite_chart":
        yield from (Said(text, "chart", behind) for text in _titles(json.loads(proto.spec)))
    elif kind in ("dataframe", "table"):
        yield from _of_table(node.value, getattr(proto, "columns", ""), behind)
    elif kind == "bidi_component" and proto.json:
        yield from (Said(text, "component", behind) for text in _strings(json.loads(proto.json)))


def _of_table(table: pd.DataFrame, columns: str, behind: bool) -> Iterator[Said]:
    for name, cells in [("", table.index), *table.items()]:
        yield Said(str(name), "heading", behind)
        yield from (Said(cell, "cell", behind) for cell in cells if isinstance(cell, str))
    for told in json.loads(columns or "{}").values():
        yield from (Said(str(told[name]), f"column.{name}", behind) for name in ("label", "help") if told.get(name))


def _spoken(proto: Message, kind: str, behind: bool) -> Iterator[Said]:
    if not isinstance(proto, Message):
        return
    for field, value in proto.ListFields():
        if field.message_type is not None:
            for inner in [value] if isinstance(value, Message) else list(value) if field.is_repeated else []:
                yield from _spoken(inner, kind, behind)
        elif field.name in _SPOKEN:
            for text in [value] if isinstance(value, str) else list(value):
                if isinstance(text, str) and text.strip():
                    yield Said(text, f"{kind}.{field.name}", behind)


def _titles(spec: Any) -> Iterator[str]:
    """Titles and written words of a chart."""
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name in _TITLES:
                yield from [value] if isinstance(value, str) else _titles(value)
            elif name == "datasets" or name == "values":
                yield from _strings(value)
            else:
                yield from _titles(value)
    elif isinstance(spec, list):
        for inner in spec:
            yield from _titles(inner)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
