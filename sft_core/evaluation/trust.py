"""Charts of how far its own sureness can be trusted, and what answering only when it is sure enough brings."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from sft_core.evaluation.drawing import BELOW, SHARES, TITLE, data, share_range, styled, thin, tip
from sft_core.evaluation.shades import PALETTES, Theme
from sft_core.evaluation.wording import percent


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
        which = "as it answers" if ours else "before it was corrected"
        rows = [{**_bin(b), "which": which} for b in bins if b["rows"]]
        chart = alt.Chart(data(rows)).encode(
            x=x,
            y=y,
            tooltip=[
                tip("confidence:Q", "how sure", ".1%"),
                tip("accuracy:Q", "right", ".1%"),
                tip("low:Q", "likely from", ".1%"),
                tip("high:Q", "to", ".1%"),
                tip("rows:Q", "rows", ",d"),
                tip("which:N", "which"),
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
            tip("answered:Q", "answers", ".1%"),
            tip("right:Q", "right", ".1%"),
            tip("threshold:Q", "when at least … sure", ".1%"),
        ],
    )
    layers = [base.mark_line(color=colours.right, strokeWidth=2.5)]
    if chosen is not None and chosen.right is not None:
        said = f"answers {percent(chosen.answered)}, right {percent(chosen.right)}"
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


def _bin(found: Mapping[str, Any]) -> dict[str, Any]:
    low, high = found.get("interval") or (found["accuracy"], found["accuracy"])
    return {**{name: found[name] for name in ("confidence", "accuracy", "rows")}, "low": low, "high": high}
