"""The table behind a chart: what the marks tell when one points at them, as rows for those who do not point or see."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Spec = Mapping[str, Any]


class Column(NamedTuple):
    """A field of the chart's data, its name as the tooltip says it, and how its values are written."""

    field: str
    title: str
    form: str


def tables(spec: Spec) -> list[dict[str, list[str]]]:
    """The tables of a chart (a dict in Vega-Lite): a list of texts for each column, all of one length.

    A mark with a tooltip gives a row; marks that tell the same things stand in one table, and so do those whose first
    column has the same name, such as the passes over the data. What has no tooltip is decoration and is left out.
    """
    found: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}  # each row once: a line and its dots tell the same
    for columns, rows in _told(spec):
        known = found.setdefault(tuple(column.title for column in columns), {})
        for row in rows:
            known[tuple(written(row.get(column.field), column.form) for column in columns)] = None
    told = {titles: [dict(zip(titles, row, strict=True)) for row in rows] for titles, rows in found.items()}
    whole = sorted(_joined(told), key=lambda table: -len(table[0]))  # a line to compare with tells least
    return [_in_columns(titles, rows) for titles, rows in whole]


def written(value: Any, form: str = "") -> str:
    """A value as its tooltip writes it: ",d", ".1%" and ".2~f" of d3; "" for none."""
    if value is None:
        return ""
    if not form or not isinstance(value, int | float):
        return str(value)
    if form.endswith("~f"):
        return f"{value:{form.removesuffix('~f')}f}".rstrip("0").rstrip(".")
    return f"{value:,.0f}" if form == ",d" else f"{value:{form}}"


def _told(spec: Spec) -> Iterable[tuple[list[Column], list[Mapping[str, Any]]]]:
    """What each layer tells: its columns, and its rows."""
    for layer in spec.get("layer") or [spec]:
        tips = (layer.get("encoding") or {}).get("tooltip")
        if tips:
            columns = [Column(tip["field"], tip.get("title") or tip["field"], tip.get("format", "")) for tip in tips]
            yield columns, (layer.get("data") or spec.get("data") or {}).get("values") or []


def _joined(
    found: Mapping[tuple[str, ...], list[dict[str, str]]],
) -> list[tuple[list[str], list[dict[str, str]]]]:
    """Tables whose first column has the same name and no value twice are one; the first that has a value places it."""
    joined: list[tuple[list[str], list[dict[str, str]]]] = []
    for titles, rows in found.items():
        fitting = next((one for one in joined if one[0][0] == titles[0] and _once(one[1], titles[0])), None)
        if fitting is None or not _once(rows, titles[0]):
            joined.append((list(titles), [dict(row) for row in rows]))
            continue
        columns, known = fitting
        columns += [title for title in titles if title not in columns]
        by_first = {row[titles[0]]: row for row in known}
        for row in rows:
            if row[titles[0]] in by_first:
                by_first[row[titles[0]]].update(row)
            else:
                known.append(dict(row))
        known.sort(key=lambda row: _place(row[columns[0]]))
    return joined


def _once(rows: list[dict[str, str]], title: str) -> bool:
    return len({row[title] for row in rows}) == len(rows)


def _place(first: str) -> float:
    """Numbers in their order; names stay as they came."""
    try:
        return float(first.replace(",", "").rstrip("%"))
    except ValueError:
        return 0.0


def _in_columns(titles: list[str], rows: list[dict[str, str]]) -> dict[str, list[str]]:
    return {title: [row.get(title, "") for row in rows] for title in titles}
