"""Which column and which class of a later file is which of the run's: suggested, changeable, with what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from components import later_upload
from components.answered import Answered
from components.kinds.registry import answers_of
from components.later_upload import LaterUpload
from components.layout import card
from components.wording import count, listing, named, number, plain

from sft_core.config import Roles
from sft_core.data.kinds.registry import kind_of
from sft_core.data.own_columns import OWN
from sft_core.evaluation.wording import quoted, visible

if TYPE_CHECKING:  # it brings scipy, 1.4 s, which only a file that was brought is worth
    from sft_core.evaluation.mapping import ColumnMatch, LabelMatch

_UNKNOWN = "a class that the model does not know"
_SHOWN = 8
_ROWS = 4
_MOST_ASKED = 50


@dataclass(frozen=True)
class Mapped:
    """What was said: our columns and theirs, their classes and ours, and their column with the answers given today.

    `ready` where every column that the model reads is found.
    """

    columns: dict[str, str | None]
    labels: dict[str, str]
    rival: str | None
    ready: bool


def ask(answered: Answered, upload: LaterUpload, rows: Path) -> Mapped:
    """Draw the questions, with suggestions in them; the answers are kept with the upload."""
    from sft_core.evaluation.mapping import columns_of_numbers, match_columns

    roles, first = answered.roles, later_upload.first_rows(rows)
    kind, matches, rival = answers_of(roles), match_columns(first, roles, answered.report["labels"]), None
    others = set(first) - {match.theirs for match in matches} - set(OWN)
    if kind.OWN_COLUMNS and not others and all(match.sure for match in matches):
        with card("What is in it"):
            kind.first_look(first, rows.parent, roles.label)
    else:
        with card("Which column is which?"):
            matches = _columns(upload, roles, matches, list(first))
            _not_there(roles, matches)
            _numbers(columns_of_numbers(first, roles, matches), kind_of(roles).noun)
            label = next((match.theirs for match in matches if match.ours == roles.label), None)
            rival = _rival(upload, roles, [name for name in first if name not in (*OWN, label)])
            _first_rows(first, matches)
    columns = {match.ours: match.theirs for match in matches}
    label = columns.get(roles.label) if roles.label else None
    upload = later_upload.choose(upload, columns=columns, rival=rival)
    labels: dict[str, str] = {}
    found = later_upload.labels_in(rows, label) if label else {}
    if label is None or not any(found):
        st.info("Without labels nobody can say what is right: it is answered, and that is estimated.")
    else:
        labels = _labels(answered, upload, found)
    return Mapped(columns, labels, rival, all(theirs for ours, theirs in columns.items() if ours != roles.label))


def _not_there(roles: Roles, matches: "list[ColumnMatch]") -> None:
    """Inputs for which no column was found by name, until a person has said which one is meant."""
    missing = [match.ours for match in matches if match.theirs is None and match.ours != roles.label]
    if missing:
        noun = kind_of(roles).noun
        which = f"the column that holds the {noun}" if len(missing) == 1 else f"the columns that hold the {noun}s"
        st.warning(plain(f"This file has no column like {quoted(missing)}. Choose {which}."), icon=":material/warning:")


def _numbers(names: list[str], noun: str) -> None:
    if names:
        hold = "hold" if len(names) > 1 else "holds"
        said = f"{quoted(names)} {hold} hardly anything but numbers. Is that really the {noun}?"
        st.warning(plain(said), icon=":material/warning:")


def _first_rows(rows: pd.DataFrame, matches: "list[ColumnMatch]") -> None:
    """What stands in the chosen columns, to see that they are the right ones; the others behind them."""
    names = list(dict.fromkeys(match.theirs for match in matches if match.theirs))
    st.dataframe(
        rows.drop(columns=list(OWN), errors="ignore").head(_ROWS),
        column_order=[*names, *(name for name in rows if name not in (*names, *OWN))],
        hide_index=True,
        key="later_rows",
        alt="The first rows of the file",
    )


def _columns(
    upload: LaterUpload, roles: Roles, matches: "list[ColumnMatch]", columns: list[str]
) -> "list[ColumnMatch]":
    """A choice for each column of the run, with the suggestion in it."""
    names = [name for name in columns if name not in OWN]
    chosen = []
    for match, place in zip(matches, st.columns(max(3, len(matches)))[: len(matches)], strict=False):
        options = [*names, None] if match.ours == roles.label else names
        first = upload.columns.get(match.ours, match.theirs)
        theirs = place.selectbox(
            f"{_part(roles, match.ours)} ({plain(match.ours, 30)})",
            options,
            index=options.index(first) if first in options else None,
            format_func=lambda name: "no labels in this file" if name is None else name,
            placeholder="Choose a column",
            key=f"column_{match.ours}_{upload.id}_{'|'.join(names)[:200]}",
        )
        if theirs == match.theirs and theirs is not None and not match.sure:
            place.caption(f"Suggested: {plain(match.reason)}")
        chosen.append(replace(match, theirs=theirs, sure=True))
    return chosen


def _rival(upload: LaterUpload, roles: Roles, columns: list[str]) -> str | None:
    """Which of these is the column with the answers that are given today, to compare the model with; seldom there."""
    options: list[str | None] = [None, *columns]
    first = roles.rival if upload.rival == later_upload.AS_SUGGESTED else upload.rival
    return st.columns(3)[0].selectbox(
        "The answer given today, if it is there",
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda name: "not in this file" if name is None else name,
        key=f"column_today_{upload.id}_{'|'.join(columns)[:200]}",
        help="What your present way of sorting says. The model is compared with it.",
    )


def _part(roles: Roles, ours: str) -> str:
    if ours == roles.label:
        return "The label"
    return "The second text" if ours == roles.text_pair else f"The {kind_of(roles).noun}"


def _labels(answered: Answered, upload: LaterUpload, found: dict[str, int]) -> dict[str, str]:
    """Which of their classes is which of ours; what is unknown and missing is said."""
    from sft_core.evaluation.mapping import suggest_labels

    ours = list(answered.report["labels"])
    matches = suggest_labels(found, ours)
    others = [match for match in matches if match.theirs != match.ours]
    with card("The classes"):
        st.markdown(_classes_found(matches, len(ours)))
        if others:
            st.markdown(_question(len(others)))
        chosen = {match.theirs: _one_label(upload, match, ours) for match in others[:_MOST_ASKED]}
        later_upload.choose(upload, labels=chosen)
        mapping = {theirs: mine for theirs, mine in chosen.items() if mine is not None}
        if len(others) > _MOST_ASKED:
            rest = others[_MOST_ASKED:]
            st.caption(f"and {number(len(rest))} more, each with {count(rest[0].rows, 'row')} or fewer")
        _what_follows(found, mapping, ours, kind_of(answered.roles).noun)
    return mapping


def _classes_found(matches: "list[LabelMatch]", classes: int) -> str:
    """How many classes of the model stand in the file, and how many of these are written in another way."""
    there = {match.ours for match in matches if match.sure}
    differently = len(there - {match.theirs for match in matches})
    if len(there) == classes and classes > 1:
        said = f"All {count(classes, 'class', 'classes')} of the model stand in this file"
    else:
        verb = "stands" if len(there) == 1 else "stand"
        said = f"{number(len(there))} of {count(classes, 'class', 'classes')} of the model {verb} in this file"
    return f"{said}, {number(differently)} of them written in another way." if differently else f"{said} by name."


def _question(names: int) -> str:
    """What is asked of the names that are not exactly those of a class."""
    if names == 1:
        return "1 name in this file is not written like a class of the model. Which class is it?"
    return f"{number(names)} names in this file are not written like a class of the model. Which class is each of them?"


def _one_label(upload: LaterUpload, match: "LabelMatch", ours: list[str]) -> str | None:
    theirs, choice = st.columns([2, 3], vertical_alignment="center")
    theirs.markdown(f"**{named(match.theirs, 60)}** :gray[· {count(match.rows, 'row')}]")
    options: list[str | None] = [None, *ours]
    first = upload.labels.get(match.theirs, match.ours)
    return choice.selectbox(
        f"What is {named(match.theirs, 60)}?",
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda name: _UNKNOWN if name is None else visible(name),
        key=f"label_{match.theirs}_{upload.id}",
        label_visibility="collapsed",
    )


def _what_follows(found: Mapping[str, int], mapping: Mapping[str, str], ours: list[str], noun: str) -> None:
    known = set(ours)
    unknown = {name: n for name, n in found.items() if name and name not in known and name not in mapping}
    here = {mapping.get(name, name) for name in found}
    missing = [name for name in ours if name not in here]
    if unknown:
        names = listing([named(name, 40) for name in unknown], _SHOWN)
        rows = count(sum(unknown.values()), "row")
        st.caption(
            f"Not known to the model: {names} ({rows}). They count as wrong, but for {noun}s that it has met before."
        )
    if missing:
        st.caption(f"Not in this file: {listing([named(name, 40) for name in missing], _SHOWN)}.")
    if found.get(""):
        st.caption(f"{count(found[''], 'row')} without a label: answered, but not scored.")
