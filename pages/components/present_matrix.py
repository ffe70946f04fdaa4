"""The slide with the matrix: as many classes as can be read from afar, those that it mixes up most."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from components import confusion_view, drawn, looks, present_keys, viewport
from components.answered import Answered
from components.drawn import Spec
from components.wording import count, number

from sft_core.evaluation.enlarging import enlarged
from sft_core.evaluation.matrix import mistakes, mixed_up_most
from sft_core.evaluation.wording import visible

_HEIGHT = 206  # pixels of the whole chart before it is enlarged: what the slide has room for
_SHORT, _MIDDLE = 3, 12  # letters of a class
_MOST = {_SHORT: 10, _MIDDLE: 6}
_LONG_NAMES, _NARROW = 5, 4
_ROOM = 105  # pixels of a long name, before it is enlarged


def show(answered: Answered) -> None:
    """The squares, and a line that says how to read them and what is left out."""
    whole = answered.confusion
    if whole is None:
        return
    shown = mixed_up_most(whole, most_classes(whole["labels"], narrow=viewport.is_narrow()))
    drawn.show(_large(shown), f"present_matrix_{answered.key}", confusion_view.described(shown), written=True)
    parts = [":green[**Green:**] right. :orange[**Orange:**] mixed up.", left_out(whole, shown), _strangers(answered)]
    st.markdown(" ".join(part for part in parts if part))


def most_classes(labels: Sequence[str], *, narrow: bool = False) -> int:
    """How many classes can be read at once: the longer their names, the fewer."""
    if narrow:
        return _NARROW
    longest = max(len(visible(label)) for label in labels)
    return next((most for letters, most in _MOST.items() if longest <= letters), _LONG_NAMES)


def headline(answered: Answered) -> str:
    """How many rows it mixes up."""
    words, strangers, rows = answered.words, _of_no_square(answered), int(answered.report["rows"]["test"])
    wrong = mistakes(answered.confusion or {"matrix": []}) + strangers
    if not wrong:
        return f"None of {count(rows, *words)} mixed up"
    return f"{number(wrong)} of {count(rows, *words)} mixed up"


def left_out(whole: dict[str, Any], shown: dict[str, Any]) -> str:
    """How much of the matrix is shown; "" where it is all of it."""
    if len(shown["labels"]) == len(whole["labels"]):
        return ""
    return (
        f"Of its {number(len(whole['labels']))} classes these are the {len(shown['labels'])} that it mixes up most: "
        f"{number(mistakes(shown))} of all {count(mistakes(whole), 'mistake')}."
    )


def _of_no_square(answered: Answered) -> int:
    """Rows of classes that the model never learnt: it cannot say them, so they are all wrong."""
    matrix = (answered.confusion or {"matrix": []})["matrix"]
    return max(0, int(answered.report["rows"]["test"]) - sum(map(sum, matrix)))


def _strangers(answered: Answered) -> str:
    many = _of_no_square(answered)
    if not many:
        return ""
    are = (
        "is of a class that it never learnt: it stands"
        if many == 1
        else "are of classes that it never learnt: they stand"
    )
    return f"{count(many, *answered.words)} {are} in no square."


def _large(confusion: dict[str, Any]) -> Spec:
    """The chart as high as the slide has room for; of what it tells at the mouse no shares: they were of a part."""
    spec = _chart(tuple(confusion["labels"]), tuple(map(tuple, confusion["matrix"])), looks.theme())
    layers = [{**layer, "encoding": _without_shares(layer["encoding"])} for layer in spec["layer"]]
    return enlarged({**spec, "layer": layers, "height": _HEIGHT}, present_keys.enlarge())


@st.cache_resource(max_entries=16, show_spinner=False)
def _chart(labels: tuple[str, ...], matrix: tuple[tuple[int, ...], ...], theme: Any) -> Spec:
    from sft_core import charts

    return charts.confusion_matrix(matrix, labels, theme=theme, room=_ROOM).to_dict()


def _without_shares(encoding: dict[str, Any]) -> dict[str, Any]:
    told = [tip for tip in encoding["tooltip"] if not tip["field"].startswith("of_")]
    return {**encoding, "tooltip": told}
