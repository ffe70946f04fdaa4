"""Many answers at once: lines as texts, the answers as a table, and their download."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from components import try_answers
from components.layout import card
from components.try_runs import Asked
from components.wording import count, number

from sft_core.evaluation.wording import visible

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


def show(asked: Asked, rows: Rows, answer: dict[str, Any]) -> None:
    """The table of answers with their downloads."""
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
    threshold = try_answers.ask_threshold(asked)
    with head:
        _sentence(asked, answer, threshold)
    with place:
        _table(asked, rows, answer, threshold)


def _sentence(asked: Asked, answer: dict[str, Any], threshold: float) -> None:
    best = [max(shares) for shares in answer["probabilities"]]
    unsure = sum(not try_answers.sure_enough(share, threshold) for share in best)
    st.markdown(f"### {count(len(best), *asked.words)} answered", anchors=False)
    said = f"{number(len(best) - unsure)} with a class"
    st.markdown(f"{said}, {number(unsure)} with “{try_answers.NONE.lower()}”." if unsure else "All with a class.")


def _table(asked: Asked, rows: Rows, answer: dict[str, Any], threshold: float) -> None:
    import pandas as pd

    labels, shown = answer["labels"], []
    bases = answer.get("base") or [None] * len(rows)
    for cells, shares, base in zip(rows, answer["probabilities"], bases, strict=True):
        share = max(shares)
        label = labels[shares.index(share)]
        before = visible(labels[base.index(max(base))]) if base else ""
        said = visible(label) if try_answers.sure_enough(share, threshold) else try_answers.NONE
        shown.append([*cells, said, round(share, 2), before, try_answers.doubts(answer, len(shown))])
    names = [f"column {place}" for place in range(len(asked.columns))]
    st.dataframe(
        pd.DataFrame(shown, columns=[*names, "said", "sure", "before", "doubt"]),
        hide_index=True,
        column_config={
            **{
                name: st.column_config.TextColumn(title, width="large" if len(names) == 1 else "medium")
                for name, title in zip(names, asked.columns, strict=True)
            },
            "said": st.column_config.TextColumn("it says", width="medium" if len(names) == 1 else "small"),
            "sure": st.column_config.ProgressColumn(
                "how sure", min_value=0.0, max_value=1.0, format="percent", width="small"
            ),
            "before": st.column_config.TextColumn("before training"),
            "doubt": st.column_config.TextColumn("doubts") if any(row[-1] for row in shown) else None,
        },
        height="auto" if len(shown) < 12 else 420,
        alt="The answers, a row for each text",
    )


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
