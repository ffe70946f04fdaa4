"""The colours can be read, and told apart by those who do not see red or green."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from sft_core.evaluation.shades import PALETTES, SATURATED, contrast, mixed, shade

CONFIG = Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml"
FADED = 0.6  # how Streamlit fades a caption
READ, SEEN = 4.5, 3.0  # WCAG 2 AA: words, and marks that carry meaning
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])
_WHITE = np.array([0.95047, 1.0, 1.08883])


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


def colours(theme: str) -> dict:
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    scaled = _XYZ @ light.clip(0, 1) / _WHITE
    f = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(a: str, b: str, seen: np.ndarray) -> float:
    """How far two colours are from each other (CIE 1976) for somebody who sees so; about 2 can just be told."""
    return float(np.linalg.norm(lab(seen @ linear(a)) - lab(seen @ linear(b))))


def test_words_can_be_read_on_every_ground(theme):
    found = colours(theme)
    grounds = {found["backgroundColor"], found["secondaryBackgroundColor"], found["sidebar"]["backgroundColor"]}
    for ground in grounds:
        for name in ("textColor", "grayTextColor", "linkColor"):
            assert contrast(found[name], ground) >= READ, (name, ground)
        assert contrast(mixed(ground, found["textColor"], FADED), ground) >= READ, ("a caption", ground)
    assert contrast("#FFFFFF", found["primaryColor"]) >= READ


def test_marks_can_be_seen_on_the_ground_of_charts(theme):
    for ground in {PALETTES[theme].ground, colours(theme)["backgroundColor"]}:
        for name in ("right", "wrong", "ink", "quiet"):
            assert contrast(getattr(PALETTES[theme], name), ground) >= SEEN, name
    assert contrast(PALETTES[theme].quiet, PALETTES[theme].ground) >= READ


def test_what_has_the_focus_has_a_ring_that_can_be_seen(theme):
    found = colours(theme)
    assert contrast(found["linkColor"], found["backgroundColor"]) >= SEEN
    assert contrast(found["linkColor"], found["sidebar"]["backgroundColor"]) >= SEEN


@pytest.mark.parametrize("kind", BLIND)
def test_right_and_mixed_up_stay_apart_without_red_or_green(theme, kind):
    seen = np.array(BLIND[kind])
    assert apart(PALETTES[theme].right, PALETTES[theme].wrong, seen) >= 30
    for found in (0.6, 0.7, 0.8, 0.9, 1.0):  # paler greens are told by their place, the diagonal, and their weight
        for taken in (0.01, 0.02, 0.05, SATURATED):
            assert apart(shade(found, True, theme), shade(taken, False, theme), seen) >= 18, (found, taken)
