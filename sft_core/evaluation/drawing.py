"""How every chart is drawn: no frames, hairlines, quiet words; on a page transparent, as a picture on its ground."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from sft_core.evaluation.shades import PALETTES, Theme
from sft_core.evaluation.wording import visible

FONT = "Inter, 'Liberation Sans', Arial, sans-serif"
MOST_POINTS = 1000
LETTER = 6.2  # pixels of a letter at the size of the labels, on average
BELOW = 34.0  # pixels that the numbers below an axis take; with a title 24 more
TITLE = 24.0
SHARES = alt.Axis(format=".0%", tickCount=5)
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def styled(layers: Sequence[alt.Chart], height: float, theme: Theme) -> alt.LayerChart:
    """The layers as one chart in the theme, as wide as its place; `height` is all of it, axes included.

    A page fits charts into their place, axes and all; so does a picture, and both look the same.
    """
    colours = PALETTES[theme]
    axis = alt.AxisConfig(
        domain=False,
        ticks=False,
        labelPadding=8,
        titlePadding=12,
        labelColor=colours.quiet,
        titleColor=colours.quiet,
        labelFontSize=12,
        titleFontSize=12.5,
        titleFontWeight="normal",
        gridColor=colours.line,
    )
    return alt.layer(  # all at once: each of altair's own `configure` methods copies the whole chart, data and all
        *layers,
        height=round(height),
        width="container",
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        config=alt.Config(
            background="transparent",
            font=FONT,
            padding=4,
            view=alt.ViewConfig(strokeWidth=0),
            axis=axis,
            legend=alt.LegendConfig(disable=True),
        ),
    )


def data(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    """Rows inside the chart, so that nothing has to be fetched."""
    return alt.Data(values=list(rows))


def tip(field: str, title: str, form: str = "") -> alt.Tooltip:
    """One line of a tooltip."""
    return alt.Tooltip(field, title=title, format=form) if form else alt.Tooltip(field, title=title)


def class_axis(labels: Sequence[str], *, across: bool, room: float) -> dict[str, Any]:
    """Scale and axis of one side of the matrix; names across lean where their columns are too narrow for them.

    `room` is what a name may take, in pixels; a longer one is cut.
    """
    side: dict[str, Any] = {}
    if across:
        narrow = f"width / {max(1, len(labels))} < {8 + min(room, _widest(labels)):.0f}"
        side = {
            "orient": "top",
            "titlePadding": 10,
            "labelAngle": alt.ExprRef(f"{narrow} ? -40 : 0"),
            "labelAlign": alt.ExprRef(f"{narrow} ? 'left' : 'center'"),
            "labelBaseline": "bottom",
        }
    return {
        "sort": list(labels),
        "scale": alt.Scale(domain=list(labels), paddingInner=0.06 if across else 0.08, paddingOuter=0.02),
        "axis": alt.Axis(
            grid=False,
            labelLimit=room,
            labelOverlap=False,  # each class is named, however close they stand
            labelExpr=_shown(labels),
            **side,
        ),
    }


def _shown(labels: Sequence[str]) -> str:
    """What stands at the axis for each class, as an expression: the name, with spaces around it made visible."""
    shown = {label: visible(label) for label in labels if visible(label) != label}
    return f"{json.dumps(shown)}[datum.label] || datum.label" if shown else "datum.label"


def name_room(labels: Sequence[str]) -> float:
    """What a name may take on a page, where the squares need their room too."""
    return 150 if len(labels) <= 8 else 110


def room_above(labels: Sequence[str], room: float) -> float:
    """Pixels that the title and the names across take above the squares."""
    leaning = len(labels) > 8 or _widest(labels) > 14 * LETTER
    return 48 + (min(room, _widest(labels)) * 0.64 if leaning else 0)


def _widest(labels: Sequence[str]) -> float:
    """Pixels of the longest name."""
    return LETTER * max((len(label) for label in labels), default=0)


def names_axis(field: str, order: Sequence[str] | None) -> alt.Y:
    """Names beside bars, in the order given."""
    axis = alt.Axis(
        grid=False, labelLimit=200, labelPadding=10, labelOverlap=False
    )  # a bar without a name says nothing
    return alt.Y(f"{field}:N", sort=None if order is None else list(order), title=None, axis=axis)


def share_range(values: Sequence[float]) -> tuple[float, float]:
    """A range of shares around the values, in tenths, so that moves are seen and the axis stays calm."""
    if not values:
        return 0.0, 1.0
    low = max(0.0, int((min(values) - 0.05) * 10) / 10)
    return low, 1.0 if max(values) > 0.8 else min(1.0, int(max(values) * 10 + 1.5) / 10)


def beside_end(name: str, at: float, whole: float, lift: float, aside: float = 0.0) -> dict[str, Any]:
    """Where the name of a line stands that ends at `at` of `whole`: behind it where there is room, else over its end.

    `lift` pixels over the end (below it where negative), `aside` pixels over it where it stands behind.
    """
    fits = f"width * {max(0.0, 1 - at / whole):.4f} > {LETTER * len(name) + 12:.0f}"
    return {
        "align": alt.ExprRef(f"{fits} ? 'left' : 'right'"),
        "dx": alt.ExprRef(f"{fits} ? 8 : 0"),
        "dy": alt.ExprRef(f"{fits} ? {-aside:g} : {-lift:g}"),
    }


def lifted(ends: Sequence[float]) -> list[float]:
    """How far over their ends (pixels from the ground) names stand so that each has a line of its own."""
    lifts, taken = [0.0] * len(ends), 0.0
    for place in sorted(range(len(ends)), key=lambda i: ends[i]):
        at = max(ends[place] + 12, taken)
        lifts[place], taken = at - ends[place], at + 16
    return lifts


def spread(wanted: Sequence[float], gap: float, bottom: float) -> list[float]:
    """Where names stand (pixels from the top) that want to stand at `wanted`: `gap` apart, and none under `bottom`.

    They are given from the top down, and stay in that order.
    """
    places: list[float] = []
    for at in wanted:
        places.append(max(at, places[-1] + gap) if places else at)
    below = bottom
    for place in reversed(range(len(places))):
        places[place] = below = min(places[place], below)
        below -= gap
    return places


def thin(rows: list[Any], most: int = MOST_POINTS) -> list[Any]:
    """At most `most` of the rows, evenly taken, first and last among them: browsers draw these in no time."""
    if len(rows) <= most:
        return rows
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]


def to_svg(chart: alt.TopLevelMixin, *, theme: Theme = "light", width: int = 720) -> str:
    """The chart as SVG text on the theme's ground, `width` pixels wide; nothing is fetched."""
    return str(vl_convert.vegalite_to_svg(_sized(chart, theme, width), vl_version=VEGA_LITE, allowed_base_urls=[]))


def to_png(chart: alt.TopLevelMixin, *, theme: Theme = "light", width: int = 720, scale: float = 2) -> bytes:
    """The chart as PNG, `scale` dots a pixel."""
    spec = _sized(chart, theme, width)
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[]))


def _sized(chart: alt.TopLevelMixin, theme: Theme, width: int) -> dict[str, Any]:
    spec = chart.to_dict()
    spec["width"] = width
    spec["padding"] = 16
    spec.setdefault("config", {})["background"] = PALETTES[theme].ground
    return dict(spec)
