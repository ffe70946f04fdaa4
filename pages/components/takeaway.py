"""What can be taken home: the report to hand on, answers row by row, figures and matrix, the model with its card."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from components import confusion_view, report_file, running, session
from components.answered import Answered
from components.wording import plain

from sft_core.errors import InputError
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.web.downloads import download_address
from sft_core.workspace import RunFolder

_NARROWEST, _NAME, _COLUMN = 720, 260, 20  # pixels in a picture of a matrix
_FORMATS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
_MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def button(answered: Answered) -> None:
    """A button that opens all downloads of these answers."""
    box = st.popover(
        "Take home", icon=":material/download:", key=f"take_{answered.key}", on_change="rerun", width="content"
    )
    if box.open:
        with box:
            _contents(answered)


def _contents(answered: Answered) -> None:
    st.markdown("**A report to hand on**")
    _file(answered, "report.html", "Report", report_file.ask(answered), "text/html")
    st.markdown("**Answers row by row**")
    with st.container(horizontal=True):
        for ending, title in _FORMATS.items():
            _file(answered, f"answers.{ending}", title, _answers(answered, ending), _MIME[ending])
    st.markdown("**The result as figures**")
    with st.container(horizontal=True):
        _file(answered, "report.json", "JSON", lambda: json.dumps(answered.report, indent=2), "application/json")
        if answered.confusion:
            _file(answered, "matrix.png", "Matrix PNG", _picture(answered, "png"), "image/png")
            _file(answered, "matrix.svg", "Matrix SVG", _picture(answered, "svg"), "image/svg+xml")
    if answered.own:
        st.markdown("**The model**")
        with st.container(horizontal=True):
            _model_card(answered)
            _model_zip(answered)
        st.caption("An ordinary Hugging Face folder: it works without Tuneboard, in three lines of Python.")


def _file(answered: Answered, name: str, title: str, make: Callable[[], Any], mime: str) -> None:
    whose = _file_name(answered.run.name if answered.own else f"{answered.run.name} {answered.title}")
    st.download_button(
        title,
        make,
        file_name=f"{whose}-{'model-card.md' if name == 'README.md' else name}",
        mime=mime,
        on_click="ignore",
        key=f"get_{name}_{answered.key}",
        width="content",
    )


def _answers(answered: Answered, ending: str) -> Callable[[], bytes]:
    def make() -> bytes:
        import tempfile

        from sft_core.export.predictions import for_people, predictions_file

        found = answered.predictions()
        if found is None:
            raise InputError("This run came without its answers row by row.", "Test it on a file.")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"answers.{ending}"
            predictions_file(for_people(found), path, ending)
            return path.read_bytes()

    return make


def _picture(answered: Answered, ending: str) -> Callable[[], Any]:
    def make() -> Any:
        from sft_core import charts

        assert answered.confusion is not None, "offered without a matrix"
        shown = confusion_view.ordered(answered.confusion, "size")
        chart = charts.confusion_matrix(shown["matrix"], shown["labels"], theme="light", room=_NAME)
        width = max(_NARROWEST, _NAME + _COLUMN * len(shown["labels"]))  # each class keeps its name and its column
        return charts.to_png(chart, width=width) if ending == "png" else charts.to_svg(chart, width=width)

    return make


def _model_card(answered: Answered) -> None:
    path = RunFolder(answered.run.job.folder).model / "README.md"
    if path.is_file():
        _file(answered, "README.md", "Model card", path.read_bytes, "text/markdown")


def _model_zip(answered: Answered) -> None:
    """The zip is made by a job, once; afterwards it is a link."""
    job = _export_of(answered)
    made = next(iter(sorted(job.folder.glob("*.zip"))), None) if job and job.state == "finished" else None
    if made is not None:
        name = f"{_file_name(answered.run.name)}.zip"
        st.link_button("Model zip", download_address(session.workspace(), made, name), icon=":material/folder_zip:")
    elif job is not None and job.active:
        running.follow(job.id)
    elif st.button("Make the model zip", key=f"zip_{answered.key}"):
        request = {"run": str(answered.run.job.folder), "format": "zip"}
        title = f"Packing {answered.run.name}"
        store.submit(session.workspace(), "export", request, title=title, parent=answered.run.id)
        store.ensure_supervisor(session.workspace())
        st.rerun()
    if job is not None and job.state == "failed":
        st.caption(plain(f"{job.message} {job.hint}"))


def _export_of(answered: Answered) -> Job | None:
    jobs = store.list_jobs(session.workspace(), kinds=["export"], parent=answered.run.id)
    return jobs[-1] if jobs else None


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_ " else " " for c in name)
    return "-".join(kept.split())[:60] or "model"
