"""Charts of a run that learns: what it gets right, its losses, precision and recall, and single answers that move."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from sft_core.evaluation.drawing import (
    BELOW,
    MOST_POINTS,
    SHARES,
    TITLE,
    beside_end,
    data,
    lifted,
    share_range,
    spread,
    styled,
    thin,
    tip,
)
from sft_core.evaluation.shades import PALETTES, Palette, Theme
from sft_core.evaluation.wording import sure, visible

_HEIGHT = 220  # of the plot itself; axis and title come below
_LINE = 17.0  # pixels that a name beside a line needs
_NAMES = 210.0  # pixels that the names beside an answer take at most
_BOLD = 7.6  # pixels of a bold letter or digit, on the wide side


def live_curve(
    points: Sequence[Mapping[str, Any]],
    *,
    epochs: float,
    baseline: tuple[str, float] | None = None,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The share right on validation after each look, {epoch, value, low, high}, over the whole width of the plan.

    Where a point says `training`, the share right on what it learnt from just before, that is a thin grey line. Both
    often end in the same place: what draws them names them by their colours, outside of the chart.
    """
    colours = PALETTES[theme]
    rows = [{"low": p["value"], "high": p["value"], **p} for p in thin(list(points))]
    trained = [{"epoch": row["epoch"], "training": row["training"]} for row in rows if row.get("training") is not None]
    low, high = share_range(
        [row[side] for row in rows for side in ("low", "high")]
        + [row["training"] for row in trained]
        + ([baseline[1]] if baseline else [])
    )
    x = _passes(epochs)
    share = alt.Scale(domain=[low, high], nice=False, clamp=True)
    layers = _line_in_band(rows, x, share, colours)
    if trained:
        layers = [_quiet_line(trained, x, share, colours), *layers]
    if baseline:
        ends = [row["value"] for row in rows[-1:]]
        under = not ends or ends[0] >= baseline[1]  # the thick line has the other side
        line, *names = _dashed(baseline[0], baseline[1], share, epochs, under, colours)
        layers = [line, *layers, *names]
    return styled(layers, _HEIGHT + BELOW + TITLE, theme)


def loss_curves(
    training: Sequence[Mapping[str, float]],
    validation: Sequence[Mapping[str, float]],
    *,
    epochs: float,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The loss on training rows (grey) and validation rows (green), {epoch, loss} each; names stand on the lines."""
    colours = PALETTES[theme]
    half, height = MOST_POINTS // 2, _HEIGHT
    x = _passes(epochs)
    y = alt.Y("loss:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4))
    lines = [
        (thin(list(training), half), "what it learns from", False),
        (thin(list(validation), half), "what it has not seen", True),
    ]
    top = max((point["loss"] for points, _, _ in lines for point in points), default=1.0) or 1.0
    ends = [points[-1]["loss"] / top * height if points else 0.0 for points, _, _ in lines]
    lifts, meet = lifted(ends), abs(ends[0] - ends[1]) < _LINE
    layers: list[alt.Chart] = []
    for (points, name, ours), lift in zip(lines, lifts, strict=True):
        colour = colours.right if ours else colours.other
        shown = [tip("epoch:Q", "after passes", ".2~f"), tip("loss:Q", name, ".3f")]
        chart = alt.Chart(data(points)).encode(x=x, y=y, tooltip=shown)
        layers.append(chart.mark_line(color=colour, strokeWidth=2.5 if ours else 1.5, interpolate="monotone"))
        if points:
            end = alt.Chart(data([{**points[-1], "name": name}])).encode(x=x, y=y, text="name:N")
            upper = ends[ours] >= ends[not ours]
            place = beside_end(name, points[-1]["epoch"], epochs, lift, aside=(8 if upper else -8) if meet else 0)
            layers += _readable(end, colours, colours.right if ours else colours.quiet, **place)
    return styled(layers, height + BELOW + TITLE, theme)


def precision_and_recall(
    points: Sequence[Mapping[str, float]], *, epochs: float, theme: Theme = "light"
) -> alt.LayerChart:
    """Means over the classes at each look, {epoch, precision, recall}, 0-1; names stand on the lines."""
    colours = PALETTES[theme]
    rows = thin(list(points))
    low, high = share_range([row[name] for row in rows for name in ("precision", "recall")])
    x = _passes(epochs)
    scale = alt.Scale(domain=[low, high], nice=False, clamp=True)
    recall_above = not rows or rows[-1]["recall"] >= rows[-1]["precision"]
    layers: list[alt.Chart] = []
    for field, name, ours in (
        ("precision", "right (precision)", False),
        ("recall", "found (recall)", True),
    ):
        colour = colours.right if ours else colours.quiet
        y = alt.Y(f"{field}:Q", title=None, scale=scale, axis=SHARES)
        shown = alt.Chart(data(rows)).encode(
            x=x, y=y, tooltip=[tip("epoch:Q", "after passes", ".2~f"), tip(f"{field}:Q", field, ".1%")]
        )
        layers += [
            shown.mark_line(interpolate="monotone", strokeWidth=2.5 if ours else 1.5, color=colour),
            shown.mark_circle(size=48 if ours else 30, opacity=1, color=colour),
        ]
        if rows:
            lift = 14 if ours == recall_above else -16
            end = alt.Chart(data([{**rows[-1], "name": name}])).encode(x=x, y=y, text="name:N")
            place = beside_end(name, rows[-1]["epoch"], epochs, lift, aside=8 if lift > 0 else -8)
            layers += _readable(end, colours, colour, **place)
    return styled(layers, _HEIGHT + BELOW + TITLE, theme)


def answer_over_time(
    looks: Sequence[Mapping[str, Any]], *, height: float = 84, theme: Theme = "light"
) -> alt.LayerChart:
    """How sure it was of a few classes of one text at each look: {epoch, shares: {label: 0-1}}, the newest look last.

    The likeliest class now is green; beside the end of its line stands its share and then its name, so that a long
    name loses its end and never its number.
    """
    colours, newest = PALETTES[theme], looks[-1]["shares"]
    order = sorted(newest, key=lambda label: -newest[label])
    names = [f"{_short(newest[label])} {visible(label)}" for label in order]
    room = min(_NAMES, _BOLD * max(map(len, names)) + 22)
    top, bottom = 8.0, height - 18  # in pixels: what is fitted around names would not stand where they do
    first, last = looks[0]["epoch"], looks[-1]["epoch"]
    domain = [first if first < last else last - 1, last]  # a single look ends the lines too: beside them names stand
    x_scale = alt.Scale(domain=domain, nice=False, zero=False, range=[6, alt.ExprRef(f"width - {room:.0f}")])
    x = alt.X("epoch:Q", title=None, axis=None, scale=x_scale)
    y_scale = alt.Scale(domain=[0, 1], nice=False, range=[bottom, top])
    axis = alt.Axis(values=[0, 0.5, 1], labels=False, grid=True)
    layers: list[alt.Chart] = []
    heights = spread([bottom - newest[label] * (bottom - top) for label in order], _LINE, bottom)
    for place, (label, name, at) in enumerate(zip(order, names, heights, strict=True)):
        colour = colours.right if place == 0 else colours.quiet
        points = [{"epoch": look["epoch"], "share": look["shares"][label], "class": visible(label)} for look in looks]
        base = alt.Chart(data(points)).encode(
            x=x,
            y=alt.Y("share:Q", title=None, scale=y_scale, axis=axis),
            tooltip=[tip("class:N", "class"), tip("epoch:Q", "after passes", ".2~f"), tip("share:Q", "sure", ".1%")],
        )
        width = 2.5 if place == 0 else 1.2
        layers.append(base.mark_line(interpolate="monotone", strokeWidth=width, color=colour))
        end = alt.Chart(data([{**points[-1], "name": name}])).encode(x=x, y=alt.Y("share:Q", scale=y_scale))
        layers.append(end.mark_circle(size=44 if place == 0 else 24, opacity=1, color=colour))
        weight = 600 if place == 0 else "normal"
        named = end.encode(y=alt.value(at), text="name:N")
        layers.append(
            named.mark_text(align="left", dx=10, fontSize=12, fontWeight=weight, color=colour, limit=room - 12)
        )
    return styled(layers[::-1], height, theme)


def _short(sureness: float) -> str:
    """How sure it is, as everywhere else, in few letters: "91%", ">99.9%"."""
    return sure(sureness).replace("over ", ">").replace("under ", "<")


def _passes(epochs: float) -> alt.X:
    """The axis of all that follows a run: the whole plan, so that one sees how far it is."""
    most = min(12, max(2, round(epochs) * (2 if epochs <= 6 else 1)))
    return alt.X(
        "epoch:Q",
        title="passes over the data",
        scale=alt.Scale(domain=[0, epochs], nice=False),
        axis=alt.Axis(tickCount=alt.ExprRef(f"min({most}, max(2, floor(width / 45)))"), format="~r"),
    )


def _line_in_band(rows: Sequence[Mapping[str, Any]], x: alt.X, scale: alt.Scale, colours: Palette) -> list[alt.Chart]:
    """The share right at each look as a line, in the band of its intervals."""
    tooltip = [
        tip("epoch:Q", "after passes", ".2~f"),
        tip("value:Q", "right", ".1%"),
        tip("low:Q", "likely from", ".1%"),
        tip("high:Q", "to", ".1%"),
    ]
    base = alt.Chart(data(rows)).encode(x=x, tooltip=tooltip)
    y = alt.Y("value:Q", title=None, scale=scale, axis=SHARES)
    return [
        base.mark_area(interpolate="monotone", opacity=0.16, color=colours.right).encode(
            y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"
        ),
        base.mark_line(interpolate="monotone", strokeWidth=2.5, color=colours.right).encode(y=y),
        base.mark_circle(size=48, opacity=1, color=colours.right).encode(y=y),
    ]


def _quiet_line(points: Sequence[Mapping[str, Any]], x: alt.X, scale: alt.Scale, colours: Palette) -> alt.Chart:
    """A thin grey line of shares."""
    dot = {"size": 14, "color": colours.other}  # a line of one point would not be seen
    y = alt.Y("training:Q", title=None, scale=scale)
    shown = [tip("epoch:Q", "after passes", ".2~f"), tip("training:Q", "right on what it learns from", ".1%")]
    drawn = alt.Chart(data(points)).mark_line(interpolate="monotone", strokeWidth=1.5, color=colours.other, point=dot)
    return drawn.encode(x=x, y=y, tooltip=shown)


def _readable(named: alt.Chart, colours: Palette, colour: str, **place: Any) -> list[alt.Chart]:
    """A name that stays readable on a line: a rim in the colour of the ground around its letters."""
    rim = named.mark_text(fontSize=12, color=colours.ground, stroke=colours.ground, strokeWidth=4, **place)
    return [rim, named.mark_text(fontSize=12, color=colour, **place)]


def _dashed(name: str, value: float, scale: alt.Scale, epochs: float, under: bool, colours: Palette) -> list[alt.Chart]:
    """The baseline across the whole plan, and its name at the end, under or over it."""
    base = alt.Chart(data([{"value": value, "name": name, "epoch": epochs}]))
    y = alt.Y("value:Q", title=None, scale=scale)
    tooltip = [tip("name:N", "to compare with"), tip("value:Q", "right", ".1%")]
    return [
        base.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=colours.other).encode(y=y, tooltip=tooltip),
        *_readable(
            base.encode(x="epoch:Q", y=y, text="name:N"),
            colours,
            colours.quiet,
            align="right",
            dx=-4,
            dy=11 if under else -9,
        ),
    ]
