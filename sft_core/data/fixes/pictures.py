"""Pictures that show too little: blurred, nearly black, nearly white, tiny, or of an odd shape."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from sft_core.config import Frozen, Roles
from sft_core.data.fixes.effect import Effect, Fix, Mask, drop, own_rows

Values = NDArray[np.float64]


class BlurredParams(Frozen):
    sharpness: float = Field(8.0, gt=0, title="Least sharpness")


class LightParams(Frozen):
    """Brightness from 0 (black) to 1 (white), and how far the parts of a picture differ in it."""

    light: float = Field(ge=0, le=1, title="Brightness")
    contrast: float = Field(gt=0, le=1, title="Contrast")


class TinyParams(Frozen):
    side: int = Field(32, ge=1, le=10_000, title="Shorter side in pixels")


class ShapeParams(Frozen):
    ratio: float = Field(3.0, ge=1, title="Longer side by shorter side")


def sharpness(table: pd.DataFrame) -> Values:
    """Edges by contrast, so that a dark picture is not taken for a blurred one: below 8 it is blurred."""
    return _numbers(table, "_sharp") / (_numbers(table, "_contrast") ** 2 + 1e-4)


def blurred(table: pd.DataFrame, params: BlurredParams) -> Mask:
    """Pictures that are less sharp."""
    return np.asarray(sharpness(table) < params.sharpness)


def dark(table: pd.DataFrame, params: LightParams) -> Mask:
    """Pictures that are darker, and hardly anything stands out in them: a star in the night is fine."""
    return np.asarray((_numbers(table, "_light") < params.light) & (_numbers(table, "_contrast") < params.contrast))


def bright(table: pd.DataFrame, params: LightParams) -> Mask:
    """Pictures that are brighter, and hardly anything stands out in them: a drawing on white paper is fine."""
    return np.asarray((_numbers(table, "_light") > params.light) & (_numbers(table, "_contrast") < params.contrast))


def shorter_sides(table: pd.DataFrame) -> Values:
    """Pixels of the shorter side, as each picture came."""
    return np.minimum(_numbers(table, "_width"), _numbers(table, "_height"))


def ratios(table: pd.DataFrame) -> Values:
    """How many times as long as the shorter side the longer one is."""
    return np.maximum(_numbers(table, "_width"), _numbers(table, "_height")) / shorter_sides(table)


def tiny(table: pd.DataFrame, params: TinyParams) -> Mask:
    """Pictures with a shorter side of fewer pixels."""
    return np.asarray(shorter_sides(table) < params.side)


def odd_shapes(table: pd.DataFrame, params: ShapeParams) -> Mask:
    """Pictures that are longer for their width."""
    return np.asarray(ratios(table) > params.ratio)


def _numbers(table: pd.DataFrame, column: str) -> Values:
    """A column of what was measured; NaN, which fits no rule, where there is no picture."""
    if column not in table:
        return np.full(len(table), np.nan)
    return np.asarray(pd.to_numeric(table[column], errors="coerce"), dtype=np.float64)


def _drop_blurred(table: pd.DataFrame, params: BlurredParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, blurred(table, params) & own_rows(table), roles)


def _drop_dark(table: pd.DataFrame, params: LightParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, dark(table, params) & own_rows(table), roles)


def _drop_bright(table: pd.DataFrame, params: LightParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, bright(table, params) & own_rows(table), roles)


def _drop_tiny(table: pd.DataFrame, params: TinyParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, tiny(table, params) & own_rows(table), roles)


def _drop_shapes(table: pd.DataFrame, params: ShapeParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, odd_shapes(table, params) & own_rows(table), roles)


DROP_BLURRED = Fix("Drop blurred ones", BlurredParams, _drop_blurred, lambda _params, _rows: "Blurred pictures dropped")
DROP_DARK = Fix(
    "Drop dark ones", LightParams, _drop_dark, lambda _params, _rows: "Pictures that are nearly black dropped"
)
DROP_BRIGHT = Fix(
    "Drop bright ones", LightParams, _drop_bright, lambda _params, _rows: "Pictures that are nearly white dropped"
)
DROP_TINY = Fix(
    "Drop tiny ones",
    TinyParams,
    _drop_tiny,
    lambda params, _rows: f"Pictures with a side of fewer than {params.side} pixels dropped",
)
DROP_ODD_SHAPES = Fix(
    "Drop long ones",
    ShapeParams,
    _drop_shapes,
    lambda params, _rows: f"Pictures over {params.ratio:g} times as long as wide dropped",
)
