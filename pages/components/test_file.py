"""Test a run on a later file: bring it, say which column and which class is which, and start the test."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from components import later_upload, layout, session
from components.answered import Answered
from components.later_upload import LaterUpload
from components.layout import card
from components.trouble import show as show_error
from components.wording import count, listing, named, number, plain

from sft_core.config import ReadOptions, Roles
from sft_core.errors import SFTError
from sft_core.jobs import store

if TYPE_CHECKING:  # it brings scipy, 1.4 s, which only a file that was brought is worth
    from sft_core.evaluation.mapping import ColumnMatch, LabelMatch

ADDRESS, NEW = "test_file", "new"
_UNKNOWN = "a class that the model does not know"
_SHOWN = 8
_ROWS = 4


def wanted() -> str | None:
    """The address asks for a new test: "new", or the id of a file that was brought."""
    return st.query_params.get(ADDRESS)


def show(answered: Answered) -> None:
    """The whole screen: the uploader, or the mapping of the file that was brought."""
    head = layout.page_head("Test it on a new file")
    if head.button("Back", key="test_back", icon=":material/arrow_back:"):
        _leave()
    upload = later_upload.find(str(wanted())) if wanted() != NEW else None
    if upload is None:
        _bring(answered)
        return
    try:
        _map(answered, upload, head)
    except SFTError as error:
        show_error(error)
        _another(upload)


def _bring(answered: Answered) -> None:
    with card(f"A file that “{plain(answered.run.name, 60)}” has never seen"):
        st.markdown(
            "With labels it is scored and compared with the run's own test. Without labels it is answered, and how "
            "right that may be is estimated."
        )
        given = st.file_uploader("File", key="later_file", label_visibility="collapsed")
        st.caption("CSV, TSV, plain text, Excel, JSON or Parquet.")
    layout.stays_here()
    if given is not None:
        st.query_params[ADDRESS] = later_upload.keep(given.name, given).id
        st.rerun()


def _map(answered: Answered, upload: LaterUpload, head: st.delta_generator.DeltaGenerator) -> None:
    from sft_core.evaluation.mapping import match_columns

    read = ReadOptions()
    path, facts = upload.read(read)
    stamp = path.stat().st_mtime_ns
    rows = later_upload.first_rows(str(path), stamp)
    with card(f"{plain(upload.path.name, 80)}"):
        st.markdown(f"{count(facts.rows, 'row')}. Which column is which?")
        matches = _columns(answered.roles, match_columns(rows, answered.roles, answered.report["labels"]), list(rows))
        _first_rows(rows, matches)
    label = _label_column(answered.roles, matches)
    if label is None:
        labels: dict[str, str] | None = {}
        st.info("Without labels nobody can say what is right: it is answered, and that is estimated.")
    else:
        labels = _labels(answered, later_upload.labels_in(str(path), stamp, label))
    ready = labels is not None and all(match.theirs for match in matches if match.ours != answered.roles.label)
    with head:
        if st.button("Test it", type="primary", icon=":material/fact_check:", key="test_go", disabled=not ready):
            _start(answered, upload, matches, labels or {}, read)
    _another(upload)


def _first_rows(rows: pd.DataFrame, matches: "list[ColumnMatch]") -> None:
    """What stands in the chosen columns, to see that they are the right ones."""
    names = list(dict.fromkeys(match.theirs for match in matches if match.theirs))
    if names:
        st.dataframe(rows[names].head(_ROWS), hide_index=True, key="later_rows", alt="The first rows of the file")


def _columns(roles: Roles, matches: "list[ColumnMatch]", columns: list[str]) -> "list[ColumnMatch]":
    """A choice for each column of the run, with the suggestion in it."""
    names = [name for name in columns if name not in ("_source", "_row", "_split")]
    chosen = []
    for place, column in zip(matches, st.columns(max(3, len(matches)))[: len(matches)], strict=False):
        is_label = place.ours == roles.label
        options = [*names, None] if is_label else names
        theirs = column.selectbox(
            f"{'The label' if is_label else 'The text'} ({plain(place.ours, 30)})",
            options,
            index=options.index(place.theirs) if place.theirs in options else (len(names) if is_label else None),
            format_func=lambda name: "no labels in this file" if name is None else name,
            placeholder="Choose a column",
            key=f"column_{place.ours}",
        )
        if theirs == place.theirs and theirs is not None and not place.sure:
            column.caption(f"Suggested: {plain(place.reason)}")
        chosen.append(replace(place, theirs=theirs, sure=True))
    return chosen


def _label_column(roles: Roles, matches: "list[ColumnMatch]") -> str | None:
    return next((match.theirs for match in matches if match.ours == roles.label), None)


def _labels(answered: Answered, found: dict[str, int]) -> dict[str, str]:
    """Which of their classes is which of ours; what is unknown and missing is said."""
    from sft_core.evaluation.mapping import suggest_labels

    ours = list(answered.report["labels"])
    matches = suggest_labels(found, ours)
    same = [match for match in matches if match.theirs == match.ours]
    others = [match for match in matches if match.theirs != match.ours]
    mapping: dict[str, str] = {}
    with card("The classes"):
        some = "All" if len(same) == len(ours) else f"{number(len(same))} of"
        st.markdown(f"{some} {count(len(ours), 'class', 'classes')} of the model stand in this file by name.")
        if others:
            st.markdown(f"{count(len(others), 'name is', 'names are')} not among them. Is it a class of the model?")
        for match in others[:50]:
            chosen = _one_label(match, ours)
            if chosen is not None:
                mapping[match.theirs] = chosen
        if len(others) > 50:
            st.caption(f"and {number(len(others) - 50)} more, each with {others[50].rows} rows or fewer")
        _what_follows(found, mapping, ours)
    return mapping


def _one_label(match: "LabelMatch", ours: list[str]) -> str | None:
    theirs, choice = st.columns([2, 3], vertical_alignment="center")
    theirs.markdown(f"**{named(match.theirs, 60)}** :gray[· {count(match.rows, 'row')}]")
    options: list[str | None] = [None, *ours]
    return choice.selectbox(
        f"What is {match.theirs}?",
        options,
        index=options.index(match.ours) if match.ours in options else 0,
        format_func=lambda name: _UNKNOWN if name is None else name,
        key=f"label_{match.theirs}",
        label_visibility="collapsed",
    )


def _what_follows(found: dict[str, int], mapping: dict[str, str], ours: list[str]) -> None:
    known = set(ours)
    unknown = {name: n for name, n in found.items() if name and name not in known and name not in mapping}
    here = {mapping.get(name, name) for name in found}
    missing = [name for name in ours if name not in here]
    if unknown:
        names = listing([named(name, 40) for name in unknown], _SHOWN)
        st.caption(f"Not known to the model, so counted as wrong: {names} ({count(sum(unknown.values()), 'row')}).")
    if missing:
        st.caption(f"Not in this file: {listing([named(name, 40) for name in missing], _SHOWN)}.")
    if found.get(""):
        st.caption(f"{count(found[''], 'row')} without a label: answered, but not scored.")


def _start(
    answered: Answered, upload: LaterUpload, matches: "list[ColumnMatch]", labels: dict[str, str], read: ReadOptions
) -> None:
    request = {
        "run": str(answered.run.job.folder),
        "data": str(upload.path),
        "read": read.model_dump(),
        "columns": {match.ours: match.theirs for match in matches},
        "label_map": labels,
        "name": upload.path.name,
    }
    job = store.submit(
        session.workspace(),
        "evaluate",
        request,
        title=upload.path.name,
        idem=f"evaluate-{answered.run.id}-{upload.id}",
        parent=answered.run.id,
    )
    store.ensure_supervisor(session.workspace())
    del st.query_params[ADDRESS]
    st.query_params["answers"] = job.id
    st.rerun()


def _another(upload: LaterUpload) -> None:
    if st.button("Another file", key="test_another", icon=":material/undo:"):
        later_upload.remove(upload)
        st.query_params[ADDRESS] = NEW
        st.rerun()


def _leave() -> None:
    del st.query_params[ADDRESS]
    st.rerun()
