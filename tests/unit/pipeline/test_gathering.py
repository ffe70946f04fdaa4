"""The rows of a run, from files and from a dataset."""

from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import ReadOptions, Roles, SplitPlan, TrainRequest
from sft_core.data.gathering import foresee, gather, keep, kept, seen_hashes
from sft_core.errors import DataError
from sft_core.workspace import RunFolder, Workspace


def write(path: Path, rows: list[tuple[str, str]], columns: tuple[str, str] = ("text", "label")) -> str:
    pd.DataFrame(rows, columns=list(columns)).to_csv(path, index=False)
    return str(path)


def animals(n: int = 30, start: int = 0) -> list[tuple[str, str]]:
    return [(f"the {kind} number {i} says {sound}", kind) for i in range(start, start + n) for kind, sound in SOUNDS]


SOUNDS = (("cat", "meow"), ("dog", "woof"))


def quiet(_done: float, _message: str) -> None:
    """Progress that nobody watches."""


def test_a_file_is_split_in_three_and_nothing_is_lost(workspace: Workspace, tmp_path: Path) -> None:
    request = TrainRequest(train=write(tmp_path / "a.csv", animals()))
    gathered = gather(request, workspace, tmp_path / "run", quiet)
    assert sum(gathered.counts().values()) == 60
    assert all(gathered.counts().values())
    assert gathered.labels == ("cat", "dog")


def test_rows_without_text_or_label_are_left_out_and_that_is_said(workspace: Workspace, tmp_path: Path) -> None:
    rows = [*animals(), ("", "cat"), ("a lonely text without a label", "")]
    gathered = gather(TrainRequest(train=write(tmp_path / "a.csv", rows)), workspace, tmp_path / "run", quiet)
    assert sum(gathered.counts().values()) == 60
    assert "2 rows were left out: 1 with an empty text and 1 with an empty label." in gathered.warnings


def test_a_given_test_file_stays_whole_and_its_rows_leave_training(workspace: Workspace, tmp_path: Path) -> None:
    shared = animals(3)
    request = TrainRequest(
        train=write(tmp_path / "a.csv", animals()), test=write(tmp_path / "b.csv", [*shared, *animals(5, 90)])
    )
    gathered = gather(request, workspace, tmp_path / "run", quiet)
    assert gathered.counts()["test"] == 16
    assert not set(gathered.rows("train")["text"]) & set(gathered.rows("test")["text"])


def test_validation_rows_of_an_unknown_class_are_left_out(workspace: Workspace, tmp_path: Path) -> None:
    request = TrainRequest(
        train=write(tmp_path / "a.csv", animals()),
        validation=write(tmp_path / "v.csv", [*animals(4, 50), ("a bird sings", "bird")]),
        test=write(tmp_path / "t.csv", [*animals(4, 70), ("a bird sings again", "bird")]),
    )
    gathered = gather(request, workspace, tmp_path / "run", quiet)
    assert set(gathered.rows("validation")["label"]) == {"cat", "dog"}
    assert "bird" in set(gathered.rows("test")["label"])
    assert "1 validation row was left out: no training row has its class (bird)." in gathered.warnings


def test_a_missing_column_is_named_with_those_that_there_are(workspace: Workspace, tmp_path: Path) -> None:
    request = TrainRequest(train=write(tmp_path / "a.csv", animals()), roles=Roles(text=("body",), label="label"))
    with pytest.raises(DataError, match="no column “body”") as caught:
        gather(request, workspace, tmp_path / "run", quiet)
    assert "text, label" in caught.value.hint


def test_a_test_file_without_the_text_column_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    other = write(tmp_path / "b.csv", animals(4), ("words", "kind"))
    request = TrainRequest(train=write(tmp_path / "a.csv", animals()), test=other)
    with pytest.raises(DataError, match=r"b\.csv has no column 'text'"):
        gather(request, workspace, tmp_path / "run", quiet)


def test_one_class_only_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    rows = [(f"the cat number {i} says meow", "cat") for i in range(40)]
    with pytest.raises(DataError, match="nothing to tell apart"):
        gather(TrainRequest(train=write(tmp_path / "a.csv", rows)), workspace, tmp_path / "run", quiet)


def test_rows_come_back_from_the_run_folder_as_they_were_put_there(workspace: Workspace, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    gathered = gather(TrainRequest(train=write(tmp_path / "a.csv", animals())), workspace, run.root, quiet)
    assert kept(run) is None
    keep(gathered, run)
    again = kept(run)
    assert again is not None
    pd.testing.assert_frame_equal(again.table, gathered.table)
    assert (again.labels, again.roles, again.warnings) == (gathered.labels, gathered.roles, gathered.warnings)
    assert again.fingerprint() == gathered.fingerprint()
    assert run.row_hashes.read_text().split() == seen_hashes(gathered)


def test_the_same_seed_gives_the_same_split(workspace: Workspace, tmp_path: Path) -> None:
    request = TrainRequest(train=write(tmp_path / "a.csv", animals()))
    hashes = {gather(request, workspace, tmp_path / f"run{i}", quiet).fingerprint() for i in range(2)}
    assert len(hashes) == 1


def test_a_doubtful_encoding_and_rejected_lines_are_said(workspace: Workspace, tmp_path: Path) -> None:
    lines = ["text;label", *(f"{text} é ü;{label}" for text, label in animals()), "a line; too; many; cells"]
    (tmp_path / "a.csv").write_bytes("\n".join(lines).encode("cp1252"))
    gathered = gather(TrainRequest(train=str(tmp_path / "a.csv")), workspace, tmp_path / "run", quiet)
    said = " ".join(gathered.warnings)
    assert "a.csv is not UTF-8: it was read as cp1252" in said
    assert "1 line of a.csv could not be read and was left out." in said


def test_titles_above_the_table_are_said_where_nobody_counted_them(workspace: Workspace, tmp_path: Path) -> None:
    lines = ["My export, of today", "text,label", *(f"{text},{label}" for text, label in animals())]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    said = "1 line above the table of a.csv was left out."
    for number, read in enumerate((ReadOptions(), ReadOptions(skip=1))):
        request = TrainRequest(train=str(tmp_path / "a.csv"), read=read)
        gathered = gather(request, workspace, tmp_path / f"run{number}", quiet)
        assert gathered.roles.text == ("text",) and (said in gathered.warnings) == (read.skip is None)


def test_what_a_run_would_get_is_what_it_gets(workspace: Workspace, tmp_path: Path) -> None:
    rows = [*animals(), ("", "cat")]
    gathered = gather(TrainRequest(train=write(tmp_path / "a.csv", rows)), workspace, tmp_path / "run", quiet)
    table = pd.DataFrame(rows, columns=["text", "label"]).assign(_source="train", _row=range(len(rows)), _split="")
    foreseen = foresee(table, Roles(text=("text",), label="label"), SplitPlan())
    assert foreseen.counts == gathered.counts()
    assert foreseen.unlearnt == ()


def test_a_given_file_needs_no_column_by_which_the_others_are_dealt_out(workspace: Workspace, tmp_path: Path) -> None:
    people = [(text, label, f"person {i // 4}") for i, (text, label) in enumerate(animals())]
    pd.DataFrame(people, columns=["text", "label", "person"]).to_csv(tmp_path / "a.csv", index=False)
    request = TrainRequest(
        train=str(tmp_path / "a.csv"), test=write(tmp_path / "b.csv", animals(5, 90)), roles=Roles(group="person")
    )
    gathered = gather(request, workspace, tmp_path / "run", quiet)
    assert gathered.counts()["test"] == 10
    learnt, checked = (set(gathered.rows(split)["person"]) for split in ("train", "validation"))
    assert learnt and checked and not learnt & checked
    assert not any("without a group" in warning for warning in gathered.warnings)


def test_a_single_row_that_is_left_out_is_one_row(workspace: Workspace, tmp_path: Path) -> None:
    request = TrainRequest(train=write(tmp_path / "a.csv", [*animals(), ("", "cat")]))
    said = gather(request, workspace, tmp_path / "run", quiet).warnings
    assert "1 row was left out: 1 with an empty text and 0 with an empty label." in said
