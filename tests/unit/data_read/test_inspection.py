import json
from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data.asked_roles import completed, needed
from sft_core.data.importing import import_job
from sft_core.data.inspection import inspect
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError
from sft_core.records import EventLog, Work, read_events
from sft_core.workspace import Workspace


def write(folder: Path, content: str, name: str = "letters.csv") -> Path:
    path = folder / name
    path.write_text(content)
    return path


GOOD = "".join(f"message number {i} has come,{'xy'[i % 2]}\n" for i in range(40))


def test_inspect_prints_the_keys_that_scripts_rely_on(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, "message,topic\n" + GOOD + "broken\n"))
    assert found["rows"] == 40
    assert found["columns"] == ["message", "topic"]
    assert {key: found["format"][key] for key in ("kind", "encoding", "delimiter", "header", "sheets")} == {
        "kind": "csv", "encoding": "utf-8", "delimiter": ",", "header": True, "sheets": []
    }  # fmt: skip
    assert (found["rejected"]["count"], found["rejected"]["rows"][0]["row"]) == (1, 40)
    assert (found["roles"]["text"], found["roles"]["label"]) == (["message"], "topic")
    assert found["classes"] == {"x": 20, "y": 20}
    assert all({"kind", "message", "rows", "fix"} <= set(issue) for issue in found["issues"])
    assert {"rejected", "two_columns"} <= {issue["kind"] for issue in found["issues"]}
    json.dumps(found, allow_nan=False)


def test_inspect_takes_the_columns_that_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a,message,topic\n" + "".join(f"q,{line}\n" for line in GOOD.splitlines()))
    found = inspect(path, roles=Roles(text=("topic",), label="a"))
    assert (found["roles"]["text"], found["roles"]["label"]) == (["topic"], "a")
    assert "one_class" in {issue["kind"] for issue in found["issues"]}
    with pytest.raises(DataError, match="no column “other”"):
        inspect(path, roles=Roles(text=("other",)))


def test_a_file_that_is_unfit_for_training_is_inspected_all_the_same(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, "only texts, no labels\nand another text\n", "notes.txt"))
    assert (found["rows"], found["classes"]) == (2, {})
    assert "one_column" in {issue["kind"] for issue in found["issues"]}


def test_a_guessed_encoding_is_an_issue(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("text,label\nschöner Tag heute,gut\nübler Tag heute,schlecht\n".encode("cp1252"))
    found = inspect(path)
    assert found["format"]["encoding"] == "cp1252"
    assert "encoding" in {issue["kind"] for issue in found["issues"]}


def test_the_import_job_leaves_a_dataset_with_findings_and_tells_how_it_goes(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = workspace.jobs / "job"
    folder.mkdir()
    request = {"name": "Letters", "files": {"train": str(write(tmp_path, "message,topic\n" + GOOD)), "test": None}}
    import_job(Work(folder, {**request, "read": {"delimiter": ","}, "dataset": "mine"}, 1, EventLog(folder / "e", 1)))
    store = DatasetStore(workspace)
    assert store.get("mine").rows == 40
    assert store.findings("mine") is not None
    events, _offset = read_events(folder / "e")
    shares = [event["done"] for event in events if event["kind"] == "progress"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert events[-2]["dataset"] == "mine"
    import_job(Work(folder, {**request, "dataset": "mine"}, 2, EventLog(folder / "e", 2)))  # resumed at its very end
    assert len(store.list()) == 1


def test_columns_that_somebody_names_make_the_first_row_a_header(tmp_path: Path) -> None:
    """A column may be called as one of its classes: the first row then looks like any other."""
    path = tmp_path / "pairs.csv"
    path.write_text("wortlaut,same\n" + "a cat sits here,same\na dog runs there,other\n" * 20, encoding="utf-8")
    assert inspect(path)["format"]["header"] is False
    found = inspect(path, roles=Roles(text=("wortlaut",), label="same"))
    assert found["columns"] == ["wortlaut", "same"]
    assert found["classes"] == {"same": 20, "other": 20}
    with pytest.raises(DataError, match="no column “kind”"):
        inspect(path, roles=Roles(label="kind"))


@pytest.mark.parametrize("asked", [Roles(text=("text", "text")), Roles(text=("text",), text_pair="text")])
def test_a_column_that_is_named_twice_is_refused(asked: Roles) -> None:
    table = pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"]})
    for complete in (completed, needed):
        with pytest.raises(DataError, match="The column “text” is named twice") as caught:
            complete(asked, table)
        assert caught.value.hint
