"""A share as a colour: green for right, orange for mixed up, and the ink that reads on it. Both themes, in RGB.

Charts, tables and files colour alike. Vega's own scales are not used: they go through tan on their way to orange.
"""

from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]

SATURATED = 0.10  # a class that is taken for another in one of ten cases already gets the full orange
PALEST, GREENEST = 0.20, 0.95


class Palette(NamedTuple):
    """The colours of one theme, those of the pages."""

    ground: str
    ink: str
    quiet: str
    line: str
    right: str
    wrong: str
    other: str
    dark_ink: str
    light_ink: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette("#FBFBF8", "#1C2426", "#66706D", "#E4E7DF", "#0E6E60", "#C4622D", "#9AA7A2", "#000000", "#FFFFFF"),
    "dark": Palette("#14191A", "#E9ECE6", "#A3AEAA", "#2A3334", "#4CC2AC", "#E38A57", "#7F8C89", "#000000", "#FFFFFF"),
}


def shade(share: float, right: bool, theme: Theme) -> str:
    """The colour of a square: the share (0–1) of its class that was answered so, rightly or wrongly."""
    colours = PALETTES[theme]
    if right:
        strength = min(1.0, max(0.0, (share - PALEST) / (GREENEST - PALEST)))
        return mixed(colours.ground, colours.right, 0.25 + 0.75 * strength)
    strength = min(1.0, share / SATURATED)
    return mixed(colours.ground, colours.wrong, 0.08 + 0.92 * strength)


def ink(fill: str, theme: Theme) -> str:
    """The one of the theme's two inks that reads better on this colour."""
    colours = PALETTES[theme]
    return max((colours.dark_ink, colours.light_ink), key=lambda shown: contrast(shown, fill))


def contrast(a: str, b: str) -> float:
    """The contrast of two colours, 1–21 (WCAG 2); words need 4.5."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(ground: str, colour: str, share: float) -> str:
    """A colour laid over a ground with this opacity."""
    pairs = zip(_channels(ground), _channels(colour), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _luminance(colour: str) -> float:
    parts = [c / 255 for c in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
