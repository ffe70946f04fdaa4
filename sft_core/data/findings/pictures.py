"""Pictures that show too little to learn from: blurred, nearly black, nearly white, tiny, of an odd shape.

What most pictures are is how this data is made (night sky, drawings, icons): it is no flaw, and nothing is said of it.
"""

import numpy as np

from sft_core.data.findings.finding import Finding, Material
from sft_core.data.fixes import pictures as rules
from sft_core.data.fixes.effect import Mask
from sft_core.data.steps import step

# Measured on sign_digits (800 pictures, 100 px): sharpness is 76 at least; blurred by a radius of 1 in 100 it is 23,
# by 1.5 it is 8, by 2 it is 4.5. Light is .54 to .73 with a contrast of .11; at a fifth of the light .13 and .03;
# over-exposed twice .96 and .11. Black lines on white paper are .98 and .12, a white disc on black .03 and .17.
_BLURRED, _OF_USUAL_SHARPNESS = 8.0, 1 / 6
_DARK = rules.LightParams(light=0.15, contrast=0.08)
_BRIGHT = rules.LightParams(light=0.93, contrast=0.12)
_TINY, _OF_USUAL_SIDE = 32, 0.5
_LONG, _TIMES_USUAL = 3.0, 2.0
_MOST = 0.5


def blurred(material: Material) -> Finding | None:
    """Pictures that are not sharp, far below what is usual in this data."""
    usual = _median(rules.sharpness(material.table))
    limit = min(_BLURRED, usual * _OF_USUAL_SHARPNESS)
    if not limit > 0:
        return None
    params = rules.BlurredParams(sharpness=round(limit, 3))
    mask = rules.blurred(material.table, params)
    return _finding(
        material,
        "blurred",
        mask,
        ("is blurred, or shows hardly anything", "are blurred, or show hardly anything"),
        "What a person cannot make out, a model cannot learn; it may take the blur for a sign of the class.",
        step("drop_blurred", **params.model_dump()),
    )


def dark(material: Material) -> Finding | None:
    """Pictures that are nearly black."""
    return _finding(
        material,
        "dark",
        rules.dark(material.table, _DARK),
        ("is nearly black", "are nearly black"),
        "Hardly anything can be seen in so little light. If later pictures are as dark, keep them.",
        step("drop_dark", **_DARK.model_dump()),
    )


def bright(material: Material) -> Finding | None:
    """Pictures that are nearly white."""
    return _finding(
        material,
        "bright",
        rules.bright(material.table, _BRIGHT),
        ("is nearly white (over-exposed)", "are nearly white (over-exposed)"),
        "What the light has washed out cannot be learned. If later pictures are as bright, keep them.",
        step("drop_bright", **_BRIGHT.model_dump()),
    )


def tiny(material: Material) -> Finding | None:
    """Pictures that are far smaller than usual in this data."""
    usual = _median(rules.shorter_sides(material.table))
    side = int(min(_TINY, usual * _OF_USUAL_SIDE)) if usual == usual else 0
    if side < 1:
        return None
    return _finding(
        material,
        "tiny",
        rules.tiny(material.table, rules.TinyParams(side=side)),
        (f"has a side of fewer than {side} pixels", f"have a side of fewer than {side} pixels"),
        "So few pixels show little. They are often icons or previews that came along by accident.",
        step("drop_tiny", side=side),
    )


def shapes(material: Material) -> Finding | None:
    """Pictures that are much longer than wide, or much wider than high, unlike most."""
    usual = _median(rules.ratios(material.table))
    ratio = round(max(_LONG, usual * _TIMES_USUAL), 2) if usual == usual else _LONG
    return _finding(
        material,
        "odd_shape",
        rules.odd_shapes(material.table, rules.ShapeParams(ratio=ratio)),
        (f"is over {ratio:g} times as long as wide", f"are over {ratio:g} times as long as wide"),
        "A model sees the middle of a picture, or all of it squeezed: of such a strip it sees little. Often a banner.",
        step("drop_odd_shapes", ratio=ratio),
    )


def _finding(
    material: Material, kind: str, mask: Mask, words: tuple[str, str], why: str, fix: dict[str, object]
) -> Finding | None:
    mask = mask & material.own
    n = int(mask.sum())
    if not n or n > _MOST * len(mask):
        return None
    return material.finding(kind, mask, f"{material.counted(n, *words)}.", why, fix=fix, severity="info")


def _median(values: rules.Values) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")
