"""Every chart of the product, in the light and the dark theme: what is shown on a page is what is exported.

One green for right, one orange for wrong, greys for the rest; labels on the line instead of a legend. Colours that
carry shares are mixed in RGB (`evaluation.shades`). Charts are transparent and stretch to their container; `to_png`
and `to_svg` give them a ground and a size, offline.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import altair as alt
import vl_convert

from sft_core.evaluation.matrix import squares
from sft_core.evaluation.shades import PALETTES, Palette, Theme, ink, shade
from sft_core.evaluation.wording import in_100

Show = Literal["counts", "of_true", "of_said"]

FONT = "Inter, 'Liberation Sans', Arial, sans-serif"
MOST_POINTS = 1000
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def confusion_matrix(
    matrix: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    theme: Theme = "light",
    show: Show = "counts",
    name: str = "cell",
) -> alt.LayerChart:
    """What it really was (rows) against what it said (columns): green by share of the row, all mistakes orange.

    A click selects the point `name` with the fields `true` and `predicted`. `show` chooses what stands in a square.
    """
    colours = PALETTES[theme]
    rows = _squares(matrix, labels, show, theme)
    large = len(labels) <= 8
    picked = alt.selection_point(name=name, fields=["true", "predicted"], on="click", empty=False)
    flat = len(labels) <= 6 and max((len(label) for label in labels), default=0) <= 12
    axis: dict[str, Any] = {"labelLimit": 150 if large else 110, "labelPadding": 8, "domain": False, "ticks": False}
    base = alt.Chart(_data(rows)).encode(
        x=alt.X(
            "predicted:N",
            sort=list(labels),
            title="it said",
            scale=alt.Scale(domain=list(labels), paddingInner=0.06, paddingOuter=0.02),
            axis=alt.Axis(orient="top", labelAngle=0 if flat else -40, titlePadding=10, grid=False, **axis),
        ),
        y=alt.Y(
            "true:N",
            sort=list(labels),
            title="it really was",
            scale=alt.Scale(domain=list(labels), paddingInner=0.08, paddingOuter=0.02),
            axis=alt.Axis(titlePadding=12, grid=False, **axis),
        ),
        tooltip=[
            _tip("true:N", "it really was"),
            _tip("predicted:N", "it said"),
            _tip("rows:Q", "how many", ",d"),
            _tip("of_true:Q", "of this class", ".1%"),
            _tip("of_said:Q", "of all that it said so", ".1%"),
        ],
    )
    squares = (
        base.mark_rect(cornerRadius=4 if large else 2, cursor="pointer")
        .encode(
            color=alt.Color("fill:N", scale=None),
            stroke=alt.condition(picked, alt.value(colours.ink), alt.value(None)),
            strokeWidth=alt.condition(picked, alt.value(2), alt.value(0)),
        )
        .add_params(picked)
    )
    numbers = base.mark_text(fontSize=_size(len(labels)), cursor="pointer").encode(
        text="shown:N", color=alt.Color("ink:N", scale=None)
    )
    bold = numbers.transform_filter("datum.true === datum.predicted").mark_text(
        fontSize=_size(len(labels)) + 1, fontWeight=600, cursor="pointer"
    )
    faint = numbers.transform_filter("datum.true !== datum.predicted")
    height = len(labels) * (47 if large else max(18, 40 - len(labels)))
    return _styled([squares, faint, bold], max(height, 90), theme)


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
    base = alt.Chart(_data(shown)).encode(
        y=alt.Y("title:N", sort=order, title=None, axis=alt.Axis(grid=False, labelLimit=200, labelPadding=12)),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            _tip("title:N", " "),
            _tip("value:Q", "right", ".1%"),
            _tip("low:Q", "likely from", ".1%"),
            _tip("high:Q", "to", ".1%"),
        ],
    )
    share = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5))
    bars = base.mark_rule(strokeWidth=7, opacity=0.32, strokeCap="round").encode(x=share, x2="high:Q")
    dots = base.mark_circle(size=80, opacity=1).encode(x="value:Q")
    numbers = base.mark_text(align="left", dx=12, fontWeight=600, fontSize=12.5).encode(
        x=alt.value("width"), text="text:N", color=alt.value(colours.ink)
    )
    return _styled([bars, dots, numbers], 30 * max(1, len(shown)), theme)


def class_bars(counts: Mapping[str, int], *, theme: Theme = "light") -> alt.LayerChart:
    """How many rows each class has, in the order given, the number at the end of its bar."""
    colours = PALETTES[theme]
    rows = [{"label": label, "rows": n, "text": f"{n:,}"} for label, n in counts.items()]
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("label:N", sort=list(counts), title=None, axis=alt.Axis(grid=False, labelLimit=170, labelPadding=10)),
        x=alt.X("rows:Q", axis=None, scale=alt.Scale(domain=[0, max([1, *counts.values()]) * 1.02], nice=False)),
        tooltip=[_tip("label:N", "class"), _tip("rows:Q", "rows", ",d")],
    )
    step = 26 if len(rows) <= 12 else 20
    bars = base.mark_bar(height={"band": 0.52}, cornerRadiusEnd=3, color=colours.right)
    numbers = base.mark_text(align="left", dx=6, fontSize=12, color=colours.ink).encode(text="text:N")
    return _styled([bars, numbers], step * max(1, len(rows)), theme)


def answer_bars(
    answers: Sequence[tuple[str, float]], base: Mapping[str, float] | None = None, *, theme: Theme = "light"
) -> alt.LayerChart:
    """The probability of each class, as bars; what the base model says, as a grey tick on each."""
    colours = PALETTES[theme]
    rows = [
        {
            "label": label,
            "share": share,
            "text": f"{in_100(share)}%",
            "colour": colours.right if i == 0 else colours.other,
            "base": (base or {}).get(label),
        }
        for i, (label, share) in enumerate(answers)
    ]
    chart = alt.Chart(_data(rows)).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(grid=False, labelLimit=170, labelPadding=10)),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1])),
        tooltip=[_tip("label:N", "class"), _tip("share:Q", "sure", ".1%")],
    )
    layers = [
        chart.mark_bar(height={"band": 0.5}, cornerRadiusEnd=3).encode(color=alt.Color("colour:N", scale=None)),
        chart.mark_text(align="left", dx=10, fontSize=12, color=colours.ink).encode(
            x=alt.value("width"), text="text:N"
        ),
    ]
    if base:
        tick = chart.mark_tick(thickness=2, height={"band": 0.72}, color=colours.ink, opacity=0.65)
        layers.append(tick.encode(x="base:Q", tooltip=[_tip("base:Q", "the base model", ".1%")]))
    return _styled(layers, 28 * max(1, len(rows)), theme)


def live_curve(
    points: Sequence[Mapping[str, Any]],
    *,
    epochs: float,
    baseline: tuple[str, float] | None = None,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The share right on validation after each look, {epoch, value, low, high}, over the whole width of the plan."""
    colours = PALETTES[theme]
    rows = [{"low": p["value"], "high": p["value"], **p} for p in thin(list(points))]
    low, high = _room([row[side] for row in rows for side in ("low", "high")] + ([baseline[1]] if baseline else []))
    x = alt.X(
        "epoch:Q",
        title="passes over the data",
        scale=alt.Scale(domain=[0, epochs], nice=False),
        axis=alt.Axis(tickCount=min(12, max(2, round(epochs) * (2 if epochs <= 6 else 1))), format="~r"),
    )
    share = alt.Scale(domain=[low, high], nice=False, clamp=True)
    base = alt.Chart(_data(rows)).encode(
        x=x,
        tooltip=[
            _tip("epoch:Q", "after passes", ".2~f"),
            _tip("value:Q", "right", ".1%"),
        ],
    )
    y = alt.Y("value:Q", title=None, scale=share, axis=alt.Axis(format=".0%", tickCount=5))
    layers = [
        base.mark_area(interpolate="monotone", opacity=0.16, color=colours.right).encode(
            y=alt.Y("low:Q", title=None, scale=share), y2="high:Q"
        ),
        base.mark_line(interpolate="monotone", strokeWidth=2.5, color=colours.right).encode(y=y),
        base.mark_circle(size=48, opacity=1, color=colours.right).encode(y=y),
    ]
    if baseline:
        layers = [*_dashed(baseline[0], baseline[1], share, epochs, colours), *layers]
    return _styled(layers, 220, theme)


def loss_curves(
    training: Sequence[Mapping[str, float]],
    validation: Sequence[Mapping[str, float]],
    *,
    epochs: float,
    theme: Theme = "light",
) -> alt.LayerChart:
    """The loss on training rows (grey) and validation rows (green), {epoch, loss} each; names stand on the lines."""
    colours = PALETTES[theme]
    half = MOST_POINTS // 2
    x = alt.X("epoch:Q", title="passes over the data", scale=alt.Scale(domain=[0, epochs], nice=False))
    y = alt.Y("loss:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4))
    layers: list[alt.Chart] = []
    for points, name, ours in (
        (thin(list(training), half), "what it learns from", False),
        (thin(list(validation), half), "what it has not seen", True),
    ):
        colour = colours.right if ours else colours.other
        chart = alt.Chart(_data(points)).encode(x=x, y=y)
        layers.append(chart.mark_line(color=colour, strokeWidth=2.5 if ours else 1.5, interpolate="monotone"))
        if points:
            end = alt.Chart(_data([{**points[-1], "name": name}])).encode(x=x, y=y, text="name:N")
            room = points[-1]["epoch"] < 0.7 * epochs  # the name stands behind the line as long as there is room
            place = {"align": "left", "dx": 8} if room else {"align": "right", "dy": -12 if ours else 14}
            layers.append(end.mark_text(fontSize=12, color=colours.right if ours else colours.quiet, **place))
    return _styled(layers, 200, theme)


def reliability(
    after: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]] = (), *, theme: Theme = "light"
) -> alt.LayerChart:
    """How sure it was against how often it was right, from the report's bins; on the dashed line the two agree."""
    colours = PALETTES[theme]
    axis = alt.Axis(format=".0%", tickCount=5)
    x = alt.X("confidence:Q", title="how sure it was", scale=alt.Scale(domain=[0, 1]), axis=axis)
    y = alt.Y("accuracy:Q", title="how often it was right", scale=alt.Scale(domain=[0, 1]), axis=axis)
    honest = alt.Chart(_data([{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}])).encode(x=x, y=y)
    layers = [honest.mark_line(strokeDash=[4, 4], strokeWidth=1.5, color=colours.other)]
    for bins, colour, ours in ((before, colours.other, False), (after, colours.right, True)):
        rows = [_bin(b) for b in bins if b["rows"]]
        chart = alt.Chart(_data(rows)).encode(
            x=x,
            y=y,
            tooltip=[
                _tip("confidence:Q", "how sure", ".0%"),
                _tip("accuracy:Q", "right", ".0%"),
                _tip("rows:Q", "rows", ",d"),
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
        text = alt.Chart(_data([place])).encode(x=x, y=y, text="name:N")
        layers.append(text.mark_text(align=align, fontSize=12, color=colours.quiet))
    return _styled(layers, 280, theme)


def risk_coverage(curve: Sequence[Any], *, chosen: Any | None = None, theme: Theme = "light") -> alt.LayerChart:
    """The share answered against the share of it right, from `scoring.abstain.risk_coverage`; `chosen` is marked."""
    colours = PALETTES[theme]
    rows = [{"answered": c.answered, "right": c.right, "threshold": c.threshold} for c in curve if c.right is not None]
    low, high = _room([row["right"] for row in rows])
    x = alt.X(
        "answered:Q",
        title="share that it answers",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    scale = alt.Scale(domain=[low, high], nice=False, clamp=True)
    y = alt.Y("right:Q", title="share of these right", scale=scale, axis=alt.Axis(format=".0%", tickCount=5))
    base = alt.Chart(_data(thin(rows))).encode(
        x=x,
        y=y,
        tooltip=[
            _tip("answered:Q", "answers", ".0%"),
            _tip("right:Q", "right", ".1%"),
            _tip("threshold:Q", "when at least … sure", ".0%"),
        ],
    )
    layers = [base.mark_line(color=colours.right, strokeWidth=2.5)]
    if chosen is not None and chosen.right is not None:
        said = f"answers {in_100(chosen.answered)}%, right {in_100(chosen.right)}%"
        point = alt.Chart(_data([{"answered": chosen.answered, "right": chosen.right, "name": said}])).encode(x=x, y=y)
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
    return _styled(layers, 240, theme)


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
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("left:Q", title=unit, scale=alt.Scale(nice=False), axis=alt.Axis(grid=False, tickCount=6, format=",d")),
        tooltip=[
            _tip("low:Q", f"{unit} from", ",d"),
            _tip("high:Q", "to", ",d"),
            _tip("rows:Q", "rows", ",d"),
        ],
    )
    y = alt.Y("rows:Q", title=None, axis=alt.Axis(tickCount=4, format=",d"))
    layers = [
        base.mark_bar(cornerRadiusEnd=2, opacity=0.9).encode(
            x2="right:Q", y=y, y2=alt.datum(0), color=alt.Color("colour:N", scale=None)
        )
    ]
    if limit is not None and rows and limit <= rows[-1]["high"]:
        cut = alt.Chart(_data([{"low": limit, "name": "cut here"}])).encode(x="low:Q")
        layers.append(cut.mark_rule(strokeDash=[4, 4], color=colours.ink))
        layers.append(cut.mark_text(align="left", dx=6, dy=8, color=colours.ink).encode(text="name:N", y=alt.value(0)))
    return _styled(layers, 180, theme)


def to_svg(chart: alt.TopLevelMixin, *, theme: Theme = "light", width: int = 720) -> str:
    """The chart as SVG text on the theme's ground, `width` pixels wide; nothing is fetched."""
    return str(vl_convert.vegalite_to_svg(_sized(chart, theme, width), vl_version=VEGA_LITE, allowed_base_urls=[]))


def to_png(chart: alt.TopLevelMixin, *, theme: Theme = "light", width: int = 720, scale: float = 2) -> bytes:
    """The chart as PNG, `scale` dots a pixel."""
    spec = _sized(chart, theme, width)
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[]))


def thin(rows: list[Any], most: int = MOST_POINTS) -> list[Any]:
    """At most `most` of the rows, evenly taken, first and last among them: browsers draw these in no time."""
    if len(rows) <= most:
        return rows
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]


def _squares(matrix: Sequence[Sequence[int]], labels: Sequence[str], show: Show, theme: Theme) -> list[dict[str, Any]]:
    """The squares with their colours, the text that stands in each, and the ink that reads on it."""
    rows = []
    for square in squares(matrix, labels):
        share = square.of_said if show == "of_said" else square.of_true
        fill = shade(share, square.true == square.predicted, theme)
        text = f"{square.rows:,}" if show == "counts" else f"{in_100(share)}%"
        rows.append({**square._asdict(), "shown": text, "fill": fill, "ink": ink(fill, theme)})
    return rows


def _size(classes: int) -> float:
    return 13 if classes <= 8 else max(8, 13 - classes / 5)


def _bin(found: Mapping[str, Any]) -> dict[str, Any]:
    low, high = found.get("interval") or (found["accuracy"], found["accuracy"])
    return {**{name: found[name] for name in ("confidence", "accuracy", "rows")}, "low": low, "high": high}


def _dashed(name: str, value: float, scale: alt.Scale, epochs: float, colours: Palette) -> list[alt.Chart]:
    """The baseline across the whole plan, with its name at the end."""
    base = alt.Chart(_data([{"value": value, "name": name, "epoch": epochs}]))
    y = alt.Y("value:Q", title=None, scale=scale)
    return [
        base.mark_rule(strokeDash=[5, 4], strokeWidth=1.5, color=colours.other).encode(y=y),
        base.mark_text(align="right", dx=-4, dy=11, fontSize=12, color=colours.quiet).encode(
            x="epoch:Q", y=y, text="name:N"
        ),
    ]


def _room(values: Sequence[float]) -> tuple[float, float]:
    """A range of shares around the values, in tenths, so that moves are seen and the axis stays calm."""
    if not values:
        return 0.0, 1.0
    low = max(0.0, int((min(values) - 0.05) * 10) / 10)
    return low, 1.0 if max(values) > 0.8 else min(1.0, int(max(values) * 10 + 1.5) / 10)


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    return alt.Data(values=list(rows))


def _tip(field: str, title: str, form: str = "") -> alt.Tooltip:
    return alt.Tooltip(field, title=title, format=form) if form else alt.Tooltip(field, title=title)


def _styled(layers: Sequence[alt.Chart], height: float, theme: Theme) -> alt.LayerChart:
    """The layers as one chart in the theme: no frames, hairlines, quiet words, as wide as its place."""
    colours = PALETTES[theme]
    return (
        alt.layer(*layers)
        .properties(height=height, width="container")
        .configure(background="transparent", font=FONT, padding=4)
        .configure_view(strokeWidth=0)
        .configure_axis(
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
        .configure_legend(disable=True)
    )


def _sized(chart: alt.TopLevelMixin, theme: Theme, width: int) -> dict[str, Any]:
    spec = chart.to_dict()
    spec["width"] = width
    spec["padding"] = 16
    spec.setdefault("config", {})["background"] = PALETTES[theme].ground
    return dict(spec)
