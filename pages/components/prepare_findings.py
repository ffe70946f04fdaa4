"""What was noticed in the rows: a card of one line each, a look at the rows, and one button that fixes it."""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st
from components import changes, glossary, layout, viewport, work
from components.kinds.registry import rows_of
from components.running import follow
from components.trouble import caught
from components.wording import count, plain

from sft_core.data import previews, steps
from sft_core.data.findings.registry import find
from sft_core.data.store import DatasetInfo
from sft_core.evaluation.wording import visible

_ICONS = {
    "empty": ":material/check_box_outline_blank:",
    "duplicate": ":material/content_copy:",
    "conflict": ":material/call_split:",
    "spelling": ":material/spellcheck:",
    "markup": ":material/code_off:",
    "mojibake": ":material/translate:",
    "rare": ":material/bar_chart:",
    "long": ":material/expand:",
    "short": ":material/compress:",
    "language": ":material/language:",
    "blurred": ":material/blur_on:",
    "dark": ":material/dark_mode:",
    "bright": ":material/light_mode:",
    "tiny": ":material/compress:",
    "shape": ":material/aspect_ratio:",
    "near": ":material/content_copy:",
}

_QUOTED = re.compile("“([^“”]*)”")
_WEIGHTY = ("label_spellings", "conflicting_labels", "mojibake", "empty", "rare_classes", "markup")

_LOOK = "effect_preview"
_OTHER_WAYS = {"resolve_conflicts": ("Leave all of them out", {"how": "drop"})}

Finding = dict[str, Any]


def show(info: DatasetInfo) -> None:
    """All findings of the current version, the worst first."""
    found = findings(info)
    st.subheader("What we noticed", anchor=False, help=_words_of(info, found or []))
    if found is None:
        st.caption("Nobody has looked through these rows yet.")
        if st.button("Look for problems", icon=":material/search:", key=f"look_through_{info.id}_{info.current}"):
            changes.look_through(info)
    elif not found:
        st.markdown(":material/check: Nothing that needs a hand.")
    for number, finding in enumerate(found or []):
        _card(info, finding, f"{info.id}_{info.current}_{number}")


def _words_of(info: DatasetInfo, found: list[Finding]) -> str | None:
    """What the words on the cards mean."""
    buttons = [steps.button(finding["fix"], info.roles) for finding in found if finding.get("fix")]
    said = [str(finding[part]) for finding in found for part in ("message", "why")]
    return glossary.said_in(" ".join([*said, *buttons]))


def findings(info: DatasetInfo) -> list[Finding] | None:
    """What was found in the current version: as stored, or looked for now where the table is small."""
    keep = work.datasets()
    stored = keep.findings(info.id, info.current)
    if stored is None and changes.is_small(info):
        with st.spinner("Looking through the rows"):
            stored = [finding.as_dict() for finding in find(changes.rows_now(info), info.roles)]
            keep.save_findings(info.id, info.current, stored)
    return stored


def noticed(found: list[Finding], rows: str) -> str:
    """How much was noticed, with the weightiest of it as an example; "" where nothing of it matters much."""
    serious = [finding for finding in found if finding["severity"] != "info"]
    if not serious:
        return ""
    first = min(serious, key=lambda finding: _rank(str(finding["kind"])))
    what = re.split(r"[:.]", str(first["message"]), maxsplit=1)[0]
    many = count(len(found), "thing was", "things were")
    return f"{many} noticed in the {rows}, for example: {plain(what[:1].lower() + what[1:], 120)}."


def in_words(text: object, limit: int = 0) -> str:
    """A sentence from the core as `plain` Markdown; spaces around a class name in it are shown as on other pages."""
    return plain(_QUOTED.sub(lambda found: f"“{visible(found[1]).strip('“”')}”", str(text)), limit)


def _rank(kind: str) -> int:
    return _WEIGHTY.index(kind) if kind in _WEIGHTY else len(_WEIGHTY)


def _card(info: DatasetInfo, finding: Finding, key: str) -> None:
    with layout.card():
        widths = [1] if viewport.is_narrow() else [5, 1.2, 2.2]
        columns = st.columns(widths, vertical_alignment="center")
        with columns[0]:
            what = in_words(str(finding["message"]).rstrip("."), 200)
            layout.line(what, plain(finding["why"], 300), _icon(str(finding["kind"])))
        buttons = columns[0].container(horizontal=True) if viewport.is_narrow() else None
        look, fix = (buttons, buttons) if buttons else (columns[1], columns[2])
        word, width = rows_of(info.roles).LOOK, "content" if buttons else "stretch"
        if look.button(word, key=f"look_{key}", type="tertiary", icon=":material/visibility:", width=width):
            _rows_dialog(info, finding)
        step = finding.get("fix")
        if step and not changes.is_small(info):
            _effect_by_job(info, step)
        if step and fix.button(plain(steps.button(step, info.roles), 60), key=f"fix_{key}", width=width):
            changes.add(info, step)


def _icon(kind: str) -> str:
    return next((icon for word, icon in _ICONS.items() if word in kind), ":material/info:")


@st.dialog("What it is about", width="large")
@caught()
def _rows_dialog(info: DatasetInfo, finding: Finding) -> None:
    st.markdown(f"**{in_words(finding['message'])}**  \n:gray[{plain(finding['why'])}]")
    rows_of(info.roles).of_finding(info, finding)
    if finding.get("fix") and changes.is_small(info):
        _effect(info, finding["fix"])
    elif finding.get("fix"):
        with st.container(horizontal=True):
            if st.button("Show what it does", type="primary", key="look_from_dialog"):
                changes.ask_preview(info, finding["fix"], _LOOK)
            if st.button(plain(steps.button(finding["fix"], info.roles), 60), key="fix_from_dialog"):
                changes.add(info, finding["fix"])
            _other_way(info, finding["fix"])


def _other_way(info: DatasetInfo, step: changes.Step) -> None:
    """A second button where one may rather not trust what the first one does."""
    if step["fix"] in _OTHER_WAYS:
        title, params = _OTHER_WAYS[step["fix"]]
        if st.button(title, key="fix_other_way"):
            changes.add(info, {"fix": step["fix"], "params": params})


def _effect(info: DatasetInfo, step: changes.Step) -> None:
    key = f"{info.id}_{info.current}_{step}"
    seen = changes.once(key, lambda: previews.of(changes.rows_now(info), step, info.roles))
    _does(info, seen)
    with st.container(horizontal=True):
        if st.button(plain(steps.button(step, info.roles), 60), type="primary", key="fix_from_dialog"):
            changes.add(info, step)
        _other_way(info, step)


def _effect_by_job(info: DatasetInfo, step: changes.Step) -> None:
    """On the card of a large table: what a job is finding out, or has found, about this fix."""
    job, seen = changes.preview_asked(info, step, _LOOK)
    if job is not None:
        follow(job.id)
    elif seen is not None:
        _does(info, seen)


def _does(info: DatasetInfo, seen: Mapping[str, Any]) -> None:
    """The effect of a fix (see `previews`) in words, with some rows before and after."""
    st.markdown(f"**What the button does:** {in_words(seen['effect']['message'])}")
    rows_of(info.roles).examples(info, seen["examples"])
