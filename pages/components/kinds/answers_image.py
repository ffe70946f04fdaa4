"""Answered pictures: walls of them, and a closer look at one with its bars and what can be done with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import answers_bars, corrections, picture_wall, session, thumbnails, viewport
from components.answered import Answered
from components.compare_choice import Side
from components.layout import card
from components.matrix import Cell
from components.picture_wall import Tile
from components.trouble import caught
from components.wording import named, number, percent, plain

from sft_core.data.pictures.keeping import PICTURES
from sft_core.evaluation.predictions import Predictions
from sft_core.evaluation.wording import visible

FIRST, FIRST_NARROW, MORE = 9, 8, 12
SIDE_BY_SIDE = 8
LARGE = 4  # on a screen of a projector
PRIVATE = "Nothing in a picture can be masked."  # said before they are shown to a room
CLICK_TO_SEE = "to see its"
BRING = "A zip or a folder of pictures (JPEG, PNG, WebP or BMP). Folders in it are taken for classes."
OWN_COLUMNS = True
_OF_A_CLASS, _LOOKED_AT = 6, 16
FILE = "_file"  # the column that says where a picture lies


def list_rows(answered: Answered, found: Predictions, rows: pd.DataFrame, cell: Cell | None) -> None:
    """The first of the pictures behind a square, and a way to more; a click shows one large."""
    key = f"shown_{answered.key}_{cell}"
    shown = int(st.session_state.get(key, FIRST_NARROW if viewport.is_narrow() else FIRST))
    data = corrections.data_of(answered)
    changed = corrections.done(data) if data else {}
    records = rows.head(shown).to_dict("records")
    with_classes = cell is None or cell.said is None
    tiles = [_tile(answered, found, record, changed, with_classes=with_classes) for record in records]
    picked = picture_wall.pick(tiles, f"wall_{answered.key}_{cell}_{shown}", least_width=104)
    left = len(rows) - shown
    if left > 0 and st.button(f"{number(min(left, MORE))} more", key=f"more_{answered.key}"):
        st.session_state[key] = shown + MORE
        st.rerun()
    if picked is not None:
        _look(answered, found, records[picked])


def list_large(answered: Answered, found: Predictions, rows: pd.DataFrame) -> None:
    """Pictures for a projector: few and large."""
    records = rows.head(LARGE).to_dict("records")
    tiles = [_tile(answered, found, record, {}, with_classes=True) for record in records]
    right = "_".join(str(record[found.names.row]) for record in records)
    least = "40%" if viewport.is_narrow() else f"{100 // LARGE - 3}%"
    picture_wall.show(tiles, f"large_{answered.key}_{right}", least_width=least)


def list_compared(rows: pd.DataFrame, shown: int, sides: tuple[Side, Side], key: str) -> None:
    """The first `shown` of the pictures that only one of two runs answers rightly."""
    a, b = sides
    records = rows.head(shown).to_dict("records")
    tiles = [_compared(a, b, record) for record in records]
    picked = picture_wall.pick(tiles, f"wall_{key}_{shown}")
    if picked is not None:
        _look_at_both(a, b, records[picked])


def first_look(rows: pd.DataFrame, folder: Path, label: str | None) -> None:
    """Some pictures of a later file that was read into `folder`, with the class that it gives them."""
    some = rows.groupby(label, sort=False).head(2) if label and rows[label].any() else rows
    tiles = []
    for record in some.head(_LOOKED_AT).to_dict("records"):
        name = visible(str(record[label])) if label and record[label] else ""
        uri = thumbnails.data_uri(folder / PICTURES, str(record.get(FILE) or ""))
        tiles.append(Tile(uri, name, "", name or "A picture without a class"))
    picture_wall.show(tiles, f"first_{folder.name}", least_width=92)


def class_card(answered: Answered) -> None:
    """For a chosen class the pictures that it is surest of, and those that it gets wrong."""
    found = answered.predictions()
    if found is None or not answered.scored:
        return
    with card("A class in pictures", key=f"class_pictures_{answered.key}"):
        label = st.selectbox(
            "Class",
            _hardest_first(answered),
            format_func=visible,
            key=f"class_shown_{answered.key}",
            label_visibility="collapsed",
            width="stretch" if viewport.is_narrow() else 260,
        )
        right, wrong = st.columns(2, gap="large")
        typical, worst = of_class(found, label, answered.seen())
        with right:
            picked = _part(answered, found, "What it is sure of, and right", typical, f"typical_{label}")
        with wrong:
            picked = _part(answered, found, "What it gets wrong", worst, f"worst_{label}") or picked
    if picked is not None:
        _look(answered, found, picked)


def of_class(found: Predictions, label: str, left_out: Sequence[int] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of a class: right and surest first; then wrong, either missed or wrongly taken for it, the surest first."""
    names, table = found.names, found.table
    table = table[~table[names.row].isin(left_out)] if left_out else table
    was, said = table[names.true] == label, table[names.prediction] == label
    ordered = {"by": [names.confidence, names.row], "ascending": [False, True]}
    wrong = (was != said) & (table[names.true] != "")
    return table[was & said].sort_values(**ordered), table[wrong].sort_values(**ordered)


def given(answered: Answered, record: dict[str, Any]) -> tuple[str, ...]:
    """A stored picture for Try it: its name, and where it lies."""
    return name_of(answered, record), str(answered.pictures / str(record[FILE]))


def name_of(answered: Answered, record: dict[str, Any]) -> str:
    """What the picture is called in the file that it came from."""
    return next((str(record[name]) for name in answered.inputs() if name in record), "")


def _hardest_first(answered: Answered) -> list[str]:
    entries = [entry for entry in answered.report.get("per_class") or [] if entry["support"]]
    return [str(entry["label"]) for entry in sorted(entries, key=lambda entry: entry["recall"] or 0.0)]


def _part(answered: Answered, found: Predictions, title: str, rows: pd.DataFrame, key: str) -> dict[str, Any] | None:
    """One half of the class card; the picture that was clicked."""
    st.markdown(f"**{title}** · {number(len(rows))}")
    if rows.empty:
        st.caption("None.")
        return None
    records = rows.head(_OF_A_CLASS).to_dict("records")
    tiles = [_tile(answered, found, record, {}, with_classes=True) for record in records]
    picked = picture_wall.pick(tiles, f"{key}_{answered.key}", least_width=112)
    return None if picked is None else records[picked]


def _tile(
    answered: Answered,
    found: Predictions,
    record: dict[str, Any],
    changed: dict[tuple[str, int], corrections.Done],
    *,
    with_classes: bool,
) -> Tile:
    row, sure = _row(answered, found, record), f"{percent(record[found.names.confidence])} sure"
    was, said = visible(row.true), visible(row.said)
    in_words = f"{row.text}: {f'was {was}, ' if row.true else ''}it said {said}, {sure}"
    title = (said if row.true in ("", row.said) else f"{was}, it said {said}") if with_classes else sure
    done = changed.get((row.source, row.number))
    mark = "" if done is None else "left out" if done.label is None else f"corrected to {visible(done.label)}"
    tone = "" if not row.true else "right" if row.true == row.said else "wrong"
    note = mark or (sure if with_classes else "")
    return Tile(_small(answered, record), title, note, in_words, tone)


def _row(answered: Answered, found: Predictions, record: dict[str, Any]) -> corrections.Row:
    names = found.names
    source, place = str(record.get("_source") or "train"), int(record[names.row])
    true, said = str(record[names.true]), str(record[names.prediction])
    return corrections.Row(source, place, name_of(answered, record), true, said)


def _small(answered: Answered, record: dict[str, Any]) -> str | None:
    return thumbnails.data_uri(answered.pictures, str(record.get(FILE) or ""))


def _look(answered: Answered, found: Predictions, record: dict[str, Any]) -> None:
    """One picture large, beside it what it was, what was said, and what can be done."""
    row = _row(answered, found, record)

    @st.dialog("A closer look", width="large", icon=":material/image:")
    @caught()
    def dialog() -> None:
        picture, words = _halves()
        with picture:
            thumbnails.large(answered.pictures, str(record.get(FILE) or ""), row.text)
            st.caption(f"{plain(row.text, 120)} · row {row.number + 1}")
        with words:
            sure = percent(record[found.names.confidence])
            was = f"It was **{named(row.true, 60)}**. " if row.true else ""
            st.markdown(f"{was}It said **{named(row.said, 60)}** and was {sure} sure.")
            shares = [float(record[name]) for name in found.names.probabilities]
            answers_bars.show(answers_bars.sorted_shares(found.labels, shares), None, f"look_{row.source}_{row.number}")
            data = corrections.data_of(answered)
            if data is not None:
                did = corrections.done(data).get((row.source, row.number))
                corrections.offer_inside(answered, data, row, did)
            elif answered.scored:
                st.caption(corrections.instead(answered))
            _try_button(answered, record)

    dialog()


def _compared(a: Side, b: Side, record: dict[str, Any]) -> Tile:
    """Only one of the two is right: the tile says what the other one said."""
    true = str(record["true"])
    wrong = "a" if record["a"] != true else "b"
    sure = percent(float(record[f"confidence_{wrong}"]))
    said, other = visible(str(record[wrong])), (a if wrong == "a" else b).name
    words = f"{name_of(a.answered, record)}: was {visible(true)}, {other} said {said}, {sure} sure"
    return Tile(_small(a.answered, record), f"{visible(true)}, the other said {said}", f"{sure} sure", words, "wrong")


def _look_at_both(a: Side, b: Side, record: dict[str, Any]) -> None:
    name = name_of(a.answered, record)

    @st.dialog("A closer look", width="large", icon=":material/image:")
    @caught()
    def dialog() -> None:
        picture, words = _halves()
        with picture:
            thumbnails.large(a.answered.pictures, str(record.get(FILE) or ""), name)
            st.caption(f"{plain(name, 120)} · row {int(record['row']) + 1}")
        with words:
            st.markdown(f"It was **{named(record['true'], 60)}**.")
            for side, letter in ((a, "a"), (b, "b")):
                sure = percent(float(record[f"confidence_{letter}"]))
                st.markdown(f"{plain(side.name, 50)} said **{named(record[letter], 60)}**, {sure} sure.")
            _try_button(b.answered, record)

    dialog()


def _halves() -> Any:
    if viewport.is_narrow():
        return st.container(), st.container()
    return st.columns([3, 2], gap="medium")


def _try_button(answered: Answered, record: dict[str, Any]) -> None:
    if st.button("Try it", key="look_try", icon=":material/play_arrow:", help="Ask the model again, and others too."):
        st.session_state["try_it_cells"] = given(answered, record)
        session.go("try_it.py", dataset=answered.run.dataset, run=answered.run.id)
