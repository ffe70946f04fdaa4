"""Many answers at once: how many got a class, the answers themselves, and their download."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from components.kinds.ready import Said
from components.kinds.registry import asking_of
from components.layout import card
from components.try_answers import NONE, ask_threshold, sure_enough
from components.try_runs import Asked
from components.wording import count, number

FORMATS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
}
Rows = Sequence[tuple[str, ...]]


def rows_of(text: str, columns: int) -> list[tuple[str, ...]]:
    """One row for each line that is not empty; several cells are parted by tabs, or by | on a line without one."""
    lines = [line for line in text.splitlines() if line.strip()]
    if columns == 1:
        return [(line.strip(),) for line in lines]
    parted = [[cell.strip() for cell in line.split("\t" if "\t" in line else "|", columns - 1)] for line in lines]
    return [tuple(cells + [""] * (columns - len(cells))) for cells in parted]


def show(asked: Asked, said: Said) -> None:
    """The answers with their downloads."""
    rows, answer = said.rows, said.answer
    with card(key="try_answers"):
        head = st.container()
        place = st.container()
        with st.container(horizontal=True):
            for ending, (title, mime) in FORMATS.items():
                st.download_button(
                    title,
                    _file(asked, rows, answer, ending),
                    file_name=f"answers.{ending}",
                    mime=mime,
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"try_get_{ending}",
                )
    threshold = ask_threshold(asked)
    with head:
        _sentence(asked, answer, threshold)
    with place:
        asking_of(asked.roles).show_many(asked, said, threshold)


def _sentence(asked: Asked, answer: dict[str, Any], threshold: float) -> None:
    best = [max(shares) for shares in answer["probabilities"]]
    unsure = sum(not sure_enough(share, threshold) for share in best)
    st.markdown(f"### {count(len(best), *asked.words)} answered", anchors=False)
    said = f"{number(len(best) - unsure)} with a class"
    st.markdown(f"{said}, {number(unsure)} with “{NONE.lower()}”." if unsure else "All with a class.")


def _file(asked: Asked, rows: Rows, answer: dict[str, Any], ending: str) -> Callable[[], bytes]:
    """The answers as `predict` writes them: the texts, prediction, confidence, known_score and every probability."""

    def make() -> bytes:
        import numpy as np
        import pandas as pd

        from sft_core.evaluation.predictions import answers_table
        from sft_core.export.predictions import predictions_file

        table = answers_table(
            pd.DataFrame(rows, columns=list(asked.columns), dtype=object),
            np.asarray(answer["probabilities"], dtype=np.float32),
            answer["labels"],
            known_score=np.asarray(answer["known"], dtype=np.float32),
            with_row=False,
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"answers.{ending}"
            predictions_file(table, path, ending)
            return path.read_bytes()

    return make
