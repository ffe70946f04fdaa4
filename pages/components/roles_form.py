"""What each column is for: selectors for the roles, the seldom ones behind "More columns"."""

from collections.abc import Sequence

import streamlit as st
from components import glossary
from components.kinds.registry import rows_of

from sft_core.config import Roles

_MORE = {
    "time": ("Time", "A date or time: the split can then test on the newest rows."),
    "split": ("Own split", "A column that says train, validation or test.\n\n" + glossary.about("split", "validation")),
    "rival": ("Present answer", "The answer that is given today, to compare the model with."),
}


def ask(columns: Sequence[str], roles: Roles, key: str) -> Roles:
    """The roles as chosen. `key` must change when the columns or the guess change."""
    kind = rows_of(roles)
    with st.grid(3, min_column_width=180):
        read = kind.ask_inputs(columns, roles, key)
        label = _one("Label", columns, roles.label, f"{key}_label", "What the model should answer.")
        group = _one(
            f"{kind.MANY.capitalize()} belong together by",
            columns,
            roles.group,
            f"{key}_group",
            f"Several {kind.MANY} of one person or {kind.THING}: they never stand on both sides of the split.",
        )
    more = {**kind.MORE_ROLES, **_MORE}
    chosen = {name: getattr(roles, name) for name in more}
    with st.expander("More columns", type="compact", key=f"{key}_more"), st.grid(4, min_column_width=150):
        for name, (title, about) in more.items():
            chosen[name] = _one(title, columns, chosen[name], f"{key}_{name}", about)
    return Roles(**read, label=label, group=group, **chosen)


def _one(title: str, columns: Sequence[str], now: str | None, key: str, about: str) -> str | None:
    options = ["", *columns]  # not None: a selector that comes back with it says "Choose an option"
    chosen = st.selectbox(
        title,
        options,
        index=options.index(now) if now in columns else 0,
        format_func=lambda name: name or "nothing",
        key=key,
        help=about,
    )
    return chosen or None
