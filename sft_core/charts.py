"""Every chart of the product, in the light and the dark theme: what is shown on a page is what is exported.

One green for right, one orange for wrong, greys for the rest; labels on the line instead of a legend. Colours that
carry shares are mixed in RGB (`evaluation.shades`). Charts are transparent and stretch to their container; `to_png`
and `to_svg` give them a ground and a size, offline.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import altair as alt

from sft_core.evaluation.drawing import (
    BELOW,
    MOST_POINTS,
    TITLE,
    beside_end,
    class_axis,
    data,
    lifted,
    name_room,
    names_axis,
    room_above,
    share_range,
    styled,
    thin,
    tip,
)
from sft_core.evaluation.drawing import to_png as to_png
from sft_core.evaluation.drawing import to_svg as to_svg
from sft_core.evaluation.matrix import squares
from sft_core.evaluation.shades import PALETTES, Palette, Theme, ink, shade
from sft_core.evaluation.wording import in_100, visible

Show = Literal["counts", "of_true", "of_said"]

SHARES = alt.Axis(format=".0%", tickCount=5)


def confusion_matrix(
    matrix: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    theme: Theme = "light",
    show: Show = "counts",
    name: str = "cell",
    room: float | None = None,
) -> alt.LayerChart:
    """What it really was (rows) against what it said (columns): green by share of the row, all mistakes orange.

    A click selects the point `name` with the fields `true` and `predicted`. `show` chooses what stands in a square,
    `room` is what the name of a class may take, in pixels: more in a picture than on a page.
    """
    room = room or name_room(labels)
    many = len(labels) > 8
    picked = alt.selection_point(name=name, fields=["true", "predicted"], on="click", empty=False)
    base = alt.Chart(data(_squares(matrix, labels, show, theme))).encode(
        x=alt.X("predicted:N", title="it said", **class_axis(labels, across=True, room=room)),
        y=alt.Y("true:N", title="it really was", **class_axis(labels, across=False, room=room)),
        tooltip=[
            tip("was:N", "it really was"),
            tip("said:N", "it said"),
            tip("rows:Q", "how many", ",d"),
            tip("of_true:Q", "of this class", ".1%"),
            tip("of_said:Q", "of all that it said so", ".1%"),
        ],
    )
    squared = base.mark_rect(cornerRadius=2 if many else 4, cursor="pointer").encode(
        color=alt.Color("fill:N", scale=None),
        stroke=alt.condition(picked, alt.value(PALETTES[theme].ink), alt.value(None)),
        strokeWidth=alt.condition(picked, alt.value(2), alt.value(0)),
    )
    size = max(8.0, 13 - len(labels) / 5) if many else 13
    numbers = base.encode(text="shown:N", color=alt.Color("ink:N", scale=None))
    wrong = numbers.transform_filter("datum.true !== datum.predicted").mark_text(fontSize=size, cursor="pointer")
    right = numbers.transform_filter("datum.true === datum.predicted").mark_text(
        fontSize=size + 1, fontWeight=600, cursor="pointer"
    )
    height = len(labels) * (max(18, 40 - len(labels)) if many else 47)
    return styled([squared.add_params(picked), wrong, right], max(height, 60) + room_above(labels, room), theme)


def intervals(rows: Sequence[Mapping[str, Any]], *, theme: Theme = "light") -> alt.LayerChart:
    """Scores as dots on thick pale bars, this model above its rivals: {title, value, low, high, ours} each, 0–1."""
    colours = PALETTES[theme]
    shown = [
        {
            "title": row["title"],
            "value": row["value"],
            "low": row.get("low", row["value"]),
            "high": row.get("high", row["value"]),
            "colour": colours.right if row.get("ours") else colours.other,
            "text": f"{in_100(row['value'])}%",
        }
        for row in rows
        if row["value"] is not None
    ]
    order = [row["title"] for row in shown]
    base = alt.Chart(data(shown)).encode(
        y=names_axis("title", order),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            tip("title:N", " "),
            tip("value:Q", "right", ".1%"),
            tip("low:Q", "likely from", ".1%"),
            tip("high:Q", "to", ".1%"),
        ],
    )
    share = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=SHARES)
    bars = base.mark_rule(strokeWidth=7, opacity=0.32, strokeCap="round").encode(x=share, x2="high:Q")
    dots = base.mark_circle(size=80, opacity=1).encode(x="value:Q")
    numbers = base.mark_text(align="left", dx=12, fontWeight=600, fontSize=12.5).encode(
        x=alt.value("width"), text="text:N", color=alt.value(colours.ink)
    )
    return styled([bars, dots, numbers], 30 * max(1, len(shown)) + BELOW, theme)


def class_bars(counts: Mapping[str, int], *, theme: Theme = "light") -> alt.LayerChart:
    """How many rows each class has, in the order given, the number at the end of its bar."""
    colours = PALETTES[theme]
    rows = [{"label": visible(label), "rows": n, "text": f"{n:,}"} for label, n in counts.items()]
    most = max([1, *counts.values()])
    room = alt.ExprRef(f"max(width - {10 + 8 * len(f'{most:,}')}, 10)")  # the longest bar's number stands behind it
    base = alt.Chart(data(rows)).encode(
        y=names_axis("label", [visible(label) for label in counts]),
        x=alt.X("rows:Q", axis=None, scale=alt.Scale(domain=[0, most], nice=False, range=[0, room])),
        tooltip=[tip("label:N", "class"), tip("rows:Q", "rows", ",d")],
    )
    step = 26 if len(rows) <= 12 else 20
    bars = base.mark_bar(height={"band": 0.52}, cornerRadiusEnd=3, color=colours.right)
    numbers = base.mark_text(align="left", dx=6, fontSize=12, color=colours.ink).encode(text="text:N")
    return styled([bars, numbers], step * max(1, len(rows)) + 8, theme)


def answer_bars(
    answers: Sequence[tuple[str, float]], base: Mapping[str, float] | None = None, *, theme: Theme = "light"
) -> alt.LayerChart:
    """The probability of each class, as bars; what the base model says, as a grey tick on each."""
    colours = PALETTES[theme]
    rows = [
        {
            "label": visible(label),
            "share": share,
            "text": f"{in_100(share)}%",
            "colour": colours.right if i == 0 else colours.other,
            "base": (base or {}).get(label),
        }
        for i, (label, share) in enumerate(answers)
    ]
    chart = alt.Chart(data(rows)).encode(
        y=names_axis("label", None),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1])),
        tooltip=[tip("label:N", "class"), tip("share:Q", "sure", ".1%")],
    )
    layers = [
        chart.mark_bar(height={"band": 0.5}, cornerRadiusEnd=3).encode(color=alt.Color("colour:N", scale=None)),
        chart.mark_text(align="left", dx=10, fontSize=12, color=colours.ink).encode(
            x=alt.value("width"), text="text:N"
        ),
    ]
    if base:
        tick = chart.mark_tick(thickness=2, height={"band": 0.72}, color=colours.ink, opacity=0.65)
        layers.append(tick.encode(x="base:Q", tooltip=[tip("base:Q", "the base model", ".1%")]))
    return styled(layers, 28 * max(1, len(rows)) + 8, theme)


def live_curve(
    points: Sequence[Mapping[str, Any]],
    *,
    epochs: float,
    baseline: tuple[str, float] | None = None,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The share right on validation after each look, {epoch, value, low, high}, over the whole width of the plan.

    Where a point says `training`, the share right on what it learnt from just before, that is a thin grey line.
    """
    colours = PALETTES[theme]
    rows = [{"low": p["value"], "high": p["value"], **p} for p in thin(list(points))]
    trained = [{"epoch": row["epoch"], "training": row["training"]} for row in rows if row.get("training") is not None]
    low, high = share_range(
        [row[side] for row in rows for side in ("low", "high")]
        + [row["training"] for row in trained]
        + ([baseline[1]] if baseline else [])
    )
    x = alt.X(
        "epoch:Q",
        title="passes over the data",
        scale=alt.Scale(domain=[0, epochs], nice=False),
        axis=alt.Axis(tickCount=min(12, max(2, round(epochs) * (2 if epochs <= 6 else 1))), format="~r"),
    )
    share = alt.Scale(domain=[low, high], nice=False, clamp=True)
    base = alt.Chart(data(rows)).encode(
        x=x,
        tooltip=[
            tip("epoch:Q", "after passes", ".2~f"),
            tip("value:Q", "right", ".1%"),
        ],
    )
    y = alt.Y("value:Q", title=None, scale=share, axis=SHARES)
    layers = [
        base.mark_area(interpolate="monotone", opacity=0.16, color=colours.right).encode(
            y=alt.Y("low:Q", title=None, scale=share), y2="high:Q"
        ),
        base.mark_line(interpolate="monotone", strokeWidth=2.5, color=colours.right).encode(y=y),
        base.mark_circle(size=48, opacity=1, color=colours.right).encode(y=y),
    ]
    if trained:
        above = baseline is None or trained[-1]["training"] >= baseline[1]
        line, *names = _quiet_line("what it learns from", trained, x, share, epochs, above, colours)
        layers = [line, *layers, *names]
    if baseline:
        under = not trained or trained[-1]["training"] >= baseline[1]  # the name of the other line has the other side
        line, *names = _dashed(baseline[0], baseline[1], share, epochs, under, colours)
        layers = [line, *layers, *names]
    return styled(layers, 220 + BELOW + TITLE, theme)


def loss_curves(
    training: Sequence[Mapping[str, float]],
    validation: Sequence[Mapping[str, float]],
    *,
    epochs: float,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The loss on training rows (grey) and validation rows (green), {epoch, loss} each; names stand on the lines."""
    colours = PALETTES[theme]
    half, height = MOST_POINTS // 2, 180
    x = alt.X("epoch:Q", title="passes over the data", scale=alt.Scale(domain=[0, epochs], nice=False))
    y = alt.Y("loss:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4))
    lines = [
        (thin(list(training), half), "what it learns from", False),
        (thin(list(validation), half), "what it has not seen", True),
    ]
    top = max((point["loss"] for points, _, _ in lines for point in points), default=1.0) or 1.0
    lifts = lifted([points[-1]["loss"] / top * height if points else 0.0 for points, _, _ in lines])
    layers: list[alt.Chart] = []
    for (points, name, ours), lift in zip(lines, lifts, strict=True):
        colour = colours.right if ours else colours.other
        chart = alt.Chart(data(points)).encode(x=x, y=y)
        layers.append(chart.mark_line(color=colour, strokeWidth=2.5 if ours else 1.5, interpolate="monotone"))
        if points:
            end = alt.Chart(data([{**points[-1], "name": name}])).encode(x=x, y=y, text="name:N")
            place = beside_end(points[-1]["epoch"], epochs, lift)
            layers.append(end.mark_text(fontSize=12, color=colours.right if ours else colours.quiet, **place))
    return styled(layers, height + BELOW + TITLE, theme)


def reliability(
    after: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]] = (), *, theme: Theme = "light"
) -> alt.LayerChart:
    """How sure it was against how often it was right, from the report's bins; on the dashed line the two agree."""
    colours = PALETTES[theme]
    x = alt.X("confidence:Q", title="how sure it was", scale=alt.Scale(domain=[0, 1]), axis=SHARES)
    y = alt.Y("accuracy:Q", title="how often it was right", scale=alt.Scale(domain=[0, 1]), axis=SHARES)
    honest = alt.Chart(data([{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}])).encode(x=x, y=y)
    layers = [honest.mark_line(strokeDash=[4, 4], strokeWidth=1.5, color=colours.other)]
    for bins, colour, ours in ((before, colours.other, False), (after, colours.right, True)):
        rows = [_bin(b) for b in bins if b["rows"]]
        chart = alt.Chart(data(rows)).encode(
            x=x,
            y=y,
            tooltip=[
                tip("confidence:Q", "how sure", ".0%"),
                tip("accuracy:Q", "right", ".0%"),
                tip("rows:Q", "rows", ",d"),
            ],
        )
        size = alt.Size("rows:Q", scale=alt.Scale(type="sqrt", range=[30, 260]), legend=None)
        if ours:
            layers.append(
                chart.mark_rule(strokeWidth=4, opacity=0.25, color=colour, strokeCap="round").encode(
                    y=alt.Y("low:Q", title="how often it was right"), y2="high:Q"
                )
            )
            layers.append(chart.mark_circle(color=colour, opacity=1).encode(size=size))
        elif rows:
            layers.append(chart.mark_point(color=colour, filled=False, strokeWidth=1.5, opacity=0.9).encode(size=size))
    names = [
        {"confidence": 0.02, "accuracy": 0.97, "name": "too modest"},
        {"confidence": 0.98, "accuracy": 0.03, "name": "too sure"},
    ]
    for place, align in zip(names, ("left", "right"), strict=True):
        text = alt.Chart(data([place])).encode(x=x, y=y, text="name:N")
        layers.append(text.mark_text(align=align, fontSize=12, color=colours.quiet))
    return styled(layers, 250 + BELOW + TITLE, theme)


def risk_coverage(curve: Sequence[Any], *, chosen: Any | None = None, theme: Theme = "light") -> alt.LayerChart:
    """The share answered against the share of it right, from `scoring.abstain.risk_coverage`; `chosen` is marked."""
    colours = PALETTES[theme]
    rows = [{"answered": c.answered, "right": c.right, "threshold": c.threshold} for c in curve if c.right is not None]
    low, high = share_range([row["right"] for row in rows])
    x = alt.X(
        "answered:Q",
        title="share that it answers",
        scale=alt.Scale(domain=[0, 1]),
        axis=SHARES,
    )
    scale = alt.Scale(domain=[low, high], nice=False, clamp=True)
    y = alt.Y("right:Q", title="share of these right", scale=scale, axis=SHARES)
    base = alt.Chart(data(thin(rows))).encode(
        x=x,
        y=y,
        tooltip=[
            tip("answered:Q", "answers", ".0%"),
            tip("right:Q", "right", ".1%"),
            tip("threshold:Q", "when at least … sure", ".0%"),
        ],
    )
    layers = [base.mark_line(color=colours.right, strokeWidth=2.5)]
    if chosen is not None and chosen.right is not None:
        said = f"answers {in_100(chosen.answered)}%, right {in_100(chosen.right)}%"
        point = alt.Chart(data([{"answered": chosen.answered, "right": chosen.right, "name": said}])).encode(x=x, y=y)
        left = chosen.answered > 0.5
        layers.append(point.mark_circle(size=120, color=colours.right, opacity=1))
        layers.append(
            point.mark_text(
                align="right" if left else "left",
                dx=-12 if left else 12,
                dy=14,
                fontSize=12.5,
                fontWeight=600,
                color=colours.ink,
            ).encode(text="name:N")
        )
    return styled(layers, 210 + BELOW + TITLE, theme)


def length_histogram(
    histogram: Mapping[str, Sequence[int]],
    *,
    limit: float | None = None,
    unit: str = "characters",
    theme: Theme = "light",
) -> alt.LayerChart:
    """How long the texts are, {edges, counts}; beyond `limit` (in the same unit) they are cut, and the bars orange."""
    colours = PALETTES[theme]
    rows: list[dict[str, Any]] = [
        {
            "low": low,
            "high": high,
            "left": low + 0.06 * (high - low),  # a gap between the bars
            "right": high - 0.06 * (high - low),
            "rows": n,
            "colour": colours.wrong if limit is not None and low >= limit else colours.right,
        }
        for (low, high), n in zip(pairwise(histogram["edges"]), histogram["counts"], strict=True)
    ]
    base = alt.Chart(data(rows)).encode(
        x=alt.X("left:Q", title=unit, scale=alt.Scale(nice=False), axis=alt.Axis(grid=False, tickCount=6, format=",d")),
        tooltip=[
            tip("low:Q", f"{unit} from", ",d"),
            tip("high:Q", "to", ",d"),
            tip("rows:Q", "rows", ",d"),
        ],
    )
    y = alt.Y("rows:Q", title=None, axis=alt.Axis(tickCount=4, format=",d"))
    layers = [
        base.mark_bar(cornerRadiusEnd=2, opacity=0.9).encode(
            x2="right:Q", y=y, y2=alt.datum(0), color=alt.Color("colour:N", scale=None)
        )
    ]
    if limit is not None and rows and limit <= rows[-1]["high"]:
        cut = alt.Chart(data([{"low": limit, "name": "cut here"}])).encode(x="low:Q")
        layers.append(cut.mark_rule(strokeDash=[4, 4], color=colours.ink))
        layers.append(cut.mark_text(align="left", dx=6, dy=8, color=colours.ink).encode(text="name:N", y=alt.value(0)))
    return styled(layers, 150 + BELOW + TITLE, theme)


def _squares(matrix: Sequence[Sequence[int]], labels: Sequence[str], show: Show, theme: Theme) -> list[dict[str, Any]]:
    """The squares with their colours, the text that stands in each, and the ink that reads on it."""
    rows = []
    for square in squares(matrix, labels):
        share = square.of_said if show == "of_said" else square.of_true
        fill = shade(share, square.true == square.predicted, theme)
        text = f"{square.rows:,}" if show == "counts" else f"{in_100(share)}%"
        names = {"was": visible(square.true), "said": visible(square.predicted)}
        rows.append({**square._asdict(), **names, "shown": text, "fill": fill, "ink": ink(fill, theme)})
    return rows


def _bin(found: Mapping[str, Any]) -> dict[str, Any]:
    low, high = found.get("interval") or (found["accuracy"], found["accuracy"])
    return {**{name: found[name] for name in ("confidence", "accuracy", "rows")}, "low": low, "high": high}


def _quiet_line(
    name: str,
    points: Sequence[Mapping[str, Any]],
    x: alt.X,
    scale: alt.Scale,
    epochs: float,
    above: bool,
    colours: Palette,
) -> list[alt.Chart]:
    """A thin grey line of shares, and its name at its end."""
    dot = {"size": 14, "color": colours.other}  # a line of one point would not be seen
    y = alt.Y("training:Q", title=None, scale=scale)
    end = alt.Chart(data([{**points[-1], "name": name}])).encode(x=x, y=y, text="name:N")
    at = points[-1]["epoch"]
    place = beside_end(at, epochs, lift=11 if above else -14, aside=7 if above else -7)
    return [
        alt.Chart(data(points))
        .mark_line(interpolate="monotone", strokeWidth=1.5, color=colours.other, point=dot)
        .encode(x=x, y=y),
        *_readable(end, colours, **place),
    ]


def _readable(named: alt.Chart, colours: Palette, **place: Any) -> list[alt.Chart]:
    """A quiet name that stays readable on a line: a rim in the colour of the ground around its letters."""
    rim = named.mark_text(fontSize=12, color=colours.ground, stroke=colours.ground, strokeWidth=4, **place)
    return [rim, named.mark_text(fontSize=12, color=colours.quiet, **place)]


def _dashed(name: str, value: float, scale: alt.Scale, epochs: float, under: bool, colours: Palette) -> list[alt.Chart]:
    """The baseline across the whole plan, and its name at the end, under or over it."""
    base = alt.Chart(data([{"value": value, "name": name, "epoch": epochs}]))
    y = alt.Y("value:Q", title=None, scale=scale)
    return [
        base.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=colours.other).encode(y=y),
        *_readable(base.encode(x="epoch:Q", y=y, text="name:N"), colours, align="right", dx=-4, dy=11 if under else -9),
    ]
