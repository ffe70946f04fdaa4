"""Every chart of the product, in the light and the dark theme: what is shown on a page is what is exported.

One green for right, one orange for wrong, greys for the rest; labels on the line instead of a legend. Colours that
carry shares are mixed in RGB (`evaluation.shades`). Charts are transparent and stretch to their container; `to_png`
and `to_svg` give them a ground and a size, offline. `evaluation.curves` draws those of a run that learns,
`evaluation.trust` those of its sureness.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import altair as alt

from sft_core.evaluation.curves import answer_over_time as answer_over_time
from sft_core.evaluation.curves import live_curve as live_curve
from sft_core.evaluation.curves import loss_curves as loss_curves
from sft_core.evaluation.curves import precision_and_recall as precision_and_recall
from sft_core.evaluation.drawing import (
    BELOW,
    SHARES,
    TITLE,
    class_axis,
    data,
    name_room,
    names_axis,
    room_above,
    styled,
    tip,
)
from sft_core.evaluation.drawing import to_png as to_png
from sft_core.evaluation.drawing import to_svg as to_svg
from sft_core.evaluation.matrix import squares
from sft_core.evaluation.shades import PALETTES, Theme, ink, shade
from sft_core.evaluation.trust import reliability as reliability
from sft_core.evaluation.trust import risk_coverage as risk_coverage
from sft_core.evaluation.wording import percent, sure, visible

Show = Literal["counts", "of_true", "of_said"]


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
            "text": percent(row["value"], *(other["value"] for other in rows)),
        }
        for row in rows
        if row["value"] is not None
    ]
    order = [row["title"] for row in shown]
    base = alt.Chart(data(shown)).encode(
        y=names_axis("title", order),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            tip("title:N", "what"),
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


def answer_rows(
    answers: Sequence[tuple[str, float]], base: Mapping[str, float] | None = None, *, theme: Theme = "light"
) -> list[dict[str, Any]]:
    """The data of `answer_bars`: as many rows in the same theme make the same chart but for these."""
    colours = PALETTES[theme]
    return [
        {
            "label": visible(label),
            "share": share,
            "text": sure(share),
            "colour": colours.right if i == 0 else colours.other,
            "base": (base or {}).get(label),
        }
        for i, (label, share) in enumerate(answers)
    ]


def answer_bars(
    answers: Sequence[tuple[str, float]], base: Mapping[str, float] | None = None, *, theme: Theme = "light"
) -> alt.LayerChart:
    """The probability of each class, as bars; what the base model says, as a grey tick on each."""
    colours, rows = PALETTES[theme], answer_rows(answers, base, theme=theme)
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
        layers.append(
            tick.encode(x="base:Q", tooltip=[tip("label:N", "class"), tip("base:Q", "the base model", ".1%")])
        )
    return styled(layers, 28 * max(1, len(rows)) + 8, theme)


def length_histogram(
    histogram: Mapping[str, Sequence[int]],
    *,
    limit: float | None = None,
    unit: str = "characters",
    longest: int | None = None,
    theme: Theme = "light",
) -> alt.LayerChart:
    """How long the texts are, {edges, counts}; beyond `limit` (in the same unit) they are cut, and the bars orange.

    Where the `longest` does not fit into the last bin, this one holds all longer ones, and says so.
    """
    colours = PALETTES[theme]
    last = histogram["edges"][-1]
    rows: list[dict[str, Any]] = [
        {
            "low": low,
            "high": max(high, longest or 0) if high == last else high,
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
    if longest is not None and longest > last and rows:
        name = f"{rows[-1]['low']:,}+"  # short: the mark of the cut stands close by
        held = alt.Chart(data([{"right": rows[-1]["right"], "rows": rows[-1]["rows"], "name": name}]))
        at = held.encode(x="right:Q", y="rows:Q", text="name:N")
        layers.append(at.mark_text(align="right", dy=-8, color=colours.ink))
    if limit is not None and rows and limit <= last:
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
        text = f"{square.rows:,}" if show == "counts" else percent(share)
        names = {"was": visible(square.true), "said": visible(square.predicted)}
        rows.append({**square._asdict(), **names, "shown": text, "fill": fill, "ink": ink(fill, theme)})
    return rows
