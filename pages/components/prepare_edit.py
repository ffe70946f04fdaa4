"""Find and edit: search and filter, select rows, then drop them, give them another label, or edit one text."""

import streamlit as st
from components import changes, row_table, thumbnails, work
from components.kinds.registry import rows_of
from components.row_table import RowId, Shown
from components.trouble import caught
from components.wording import count, plain

from sft_core.data import steps as fix_steps
from sft_core.data.store import DatasetInfo
from sft_core.evaluation.wording import visible


def show(info: DatasetInfo) -> None:
    """The table with what can be done to the selected rows; closed at first."""
    title = f"Find and edit {rows_of(info.roles).MANY}"
    box = st.expander(title, icon=":material/search:", on_change="rerun", key="find_and_edit")
    if not box.open:
        return
    with box:
        _table(info)


@st.fragment
@caught()
def _table(info: DatasetInfo) -> None:
    """Searching and selecting redraw the table only; a change redraws the page."""
    keep = work.datasets()
    facts = keep.facts(info.id, info.current)
    path, key = keep.rows_path(info.id, info.current), f"edit_{info.id}_{info.current}"
    actions = st.container()
    pictures = thumbnails.of_dataset(info.id)
    shown = row_table.browse(path, info.roles, facts, key, selectable=True, filters=True, pictures=pictures)
    with actions:
        _actions(info, shown, list(facts.get("classes") or {}))
        if row_table.PAGE_ROWS < shown.total <= row_table.MOST_SELECTED:
            st.toggle(f"All {_counted(info, shown.total)} that fit, not only this page", key=f"{key}_all")


def _actions(info: DatasetInfo, shown: Shown, classes: list[str]) -> None:
    chosen = shown.selected
    with st.container(horizontal=True, vertical_alignment="center"):
        hint = f"Select {rows_of(info.roles).MANY} at their left edge."
        st.caption(f"{_counted(info, len(chosen))} selected." if chosen else hint)
        if st.button("Drop", key="drop_rows", icon=":material/delete:", disabled=not chosen):
            changes.add(info, fix_steps.step("drop_rows", rows=chosen))
        if st.button(
            "Other label", key="relabel", icon=":material/label:", disabled=not chosen or not info.roles.label
        ):
            _relabel(info, chosen, classes)
        if not rows_of(info.roles).EDITS:
            return
        if st.button("Edit text", key="edit_text", icon=":material/edit:", disabled=len(chosen) != 1):
            _edit(info, chosen[0], shown)


def _counted(info: DatasetInfo, rows: int) -> str:
    kind = rows_of(info.roles)
    return count(rows, kind.ONE, kind.MANY)


@st.dialog("Another label", icon=":material/label:")
@caught()
def _relabel(info: DatasetInfo, chosen: list[RowId], classes: list[str]) -> None:
    st.markdown(f"For {_counted(info, len(chosen))}:")
    label = st.selectbox(
        "Label",
        classes,
        index=None,
        format_func=visible,
        accept_new_options=True,
        placeholder="Choose or type a label",
    )
    if st.button("Give this label", type="primary", key="relabel_yes", disabled=not label):
        changes.add(info, fix_steps.step("relabel_rows", rows=chosen, label=label))


@st.dialog("Edit one text", icon=":material/edit:", width="large")
@caught()
def _edit(info: DatasetInfo, chosen: RowId, shown: Shown) -> None:
    source, number = chosen
    rows = shown.rows[(shown.rows["_source"] == source) & (shown.rows["_row"] == number)]
    columns = [name for name in (*info.roles.text, info.roles.text_pair) if name]
    if rows.empty or not columns:
        st.caption("This row is not on the page any more.")
        return
    column = st.selectbox("Column", columns) if len(columns) > 1 else columns[0]
    now = str(rows.iloc[0][column])
    with st.form("edit_one_text", border=False):
        text = st.text_area(plain(column), now, height=240, key=f"edit_{source}_{number}_{column}")
        if st.form_submit_button("Save", type="primary") and text != now:
            changes.add(info, fix_steps.step("edit_text", row=chosen, column=column, text=text))
