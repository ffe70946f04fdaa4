"""What leaves the house: no formulas, no secrets, and nothing that comes back unchecked."""

import csv
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from evaluation_cases import CONFIG, LABELS, answers, report, run_folder

from sft_core.errors import DataError, InputError, SFTError, StateError, Stopped
from sft_core.evaluation.predictions import Predictions, answers_table, our_names
from sft_core.evaluation.seen import read_row_hashes
from sft_core.evaluation.tuned_run import load_tuned_run, training_counts
from sft_core.export import bundle as bundle_module
from sft_core.export.adopting import adopt
from sft_core.export.bundle import export_job, export_zip
from sft_core.export.model_card import model_card
from sft_core.export.predictions import ROW, for_people, predictions_file
from sft_core.jobs import store
from sft_core.records import EventLog, Work, read_json, read_outcome, write_json
from sft_core.workspace import RunFolder

NASTY = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx", "\0x", "a=b", "", "two\nlines", 'a "quote", comma']
GUARDED = [f"'{value}" if i < 7 else value for i, value in enumerate(NASTY)]


def nasty_table() -> pd.DataFrame:
    return pd.DataFrame({"=name": NASTY, "n": range(len(NASTY)), "p": np.float32(0.1)})


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    predictions_file(nasty_table(), tmp_path / "a.csv", "csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["'=name", "n", "p"]
    assert [row[0] for row in rows[1:]] == GUARDED
    assert rows[1][2] == "0.1"


def test_no_cell_of_an_excel_file_is_a_formula(tmp_path):
    predictions_file(nasty_table(), tmp_path / "a.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    cells = [sheet.cell(i + 2, 1) for i in range(len(NASTY))]
    assert all(cell.data_type != "f" for cell in cells)
    assert cells[0].value == "'=1+1" and cells[6].value == "'x"
    assert sheet.cell(2, 3).value == pytest.approx(0.1)


def taken_home(true: list[str]) -> pd.DataFrame:
    """Two rows of a later file, in which the class is called "kind", as they are taken home."""
    rows = pd.DataFrame({"_source": "test", "_row": [0, 4], "message": ["a", "b"], "kind": ["Junk", "Ham"]})
    chances = np.array([[0.9, 0.1], [0.2, 0.8]])
    table = answers_table(rows, chances, ["Spam", "Ham"], true=true)
    return for_people(Predictions(table, ["Spam", "Ham"], our_names(["message", "kind"], ["Spam", "Ham"])))


def test_answers_taken_home_count_rows_as_the_screen_does_and_hold_nothing_twice():
    ours = ["prediction", "confidence", "p(Spam)", "p(Ham)"]
    assert list(taken_home(["Junk", "Ham"])) == [ROW, "message", "kind", *ours]
    assert list(taken_home(["Junk", "Ham"])[ROW]) == [1, 5]
    assert list(taken_home(["", ""])) == [ROW, "message", "kind", *ours]
    assert list(taken_home(["Spam", "Ham"])) == [ROW, "message", "kind", "true", *ours]  # another word for the class


def test_parquet_keeps_every_character(tmp_path):
    predictions_file(nasty_table(), tmp_path / "a.parquet", "parquet")
    assert list(pd.read_parquet(tmp_path / "a.parquet")["=name"]) == NASTY


def test_texts_longer_than_excel_allows_are_cut_there_only(tmp_path):
    table = pd.DataFrame({"message": ["x" * 40_000]})
    predictions_file(table, tmp_path / "a.xlsx", "xlsx")
    value = openpyxl.load_workbook(tmp_path / "a.xlsx").active.cell(2, 1).value
    assert len(value) == 32_767 and value.endswith("…")


def test_a_table_too_large_for_excel_is_refused_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("sft_core.export.predictions.EXCEL_ROWS", 5)
    with pytest.raises(DataError, match="Excel holds 4 rows") as error:
        predictions_file(nasty_table(), tmp_path / "a.xlsx", "xlsx")
    assert "CSV" in error.value.hint and list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(DataError, match="'doc'"):
        predictions_file(nasty_table(), tmp_path / "a.doc", "doc")


def test_answers_without_labels_have_the_columns_of_the_command_line(tmp_path):
    given = answers(3)
    table = answers_table(
        given.rows, given.probabilities, LABELS, known_score=np.ones(3, dtype=np.float32), with_row=False
    )
    expected = ["message", "prediction", "confidence", "known_score", *(f"p({label})" for label in LABELS)]
    assert list(table.columns) == expected


@pytest.fixture
def run(tmp_path) -> RunFolder:
    return run_folder(tmp_path / "runs" / "20260101-abc")


@pytest.fixture
def bundle(run, tmp_path) -> Path:
    export_zip(run, tmp_path / "model.zip")
    return tmp_path / "model.zip"


def test_a_zip_holds_the_model_its_report_and_hashes_and_nothing_private(bundle):
    with zipfile.ZipFile(bundle) as archive:
        names = set(archive.namelist())
        everything = b"".join(archive.read(name) for name in names if not name.endswith(".safetensors"))
        readme = archive.read("README.md").decode()
    assert names == {
        "README.md",
        "config.json",
        "report.json",
        "row_hashes.txt",
        "manifest.json",
        *(f"model/{name}" for name in ("README.md", "config.json", "model.safetensors", "tokenizer.json")),
    }
    assert b"private sentence" not in everything and b"/home/someone" not in everything
    assert "from transformers import pipeline" in readme


def test_a_zip_says_with_what_to_repeat_the_run_but_not_on_which_machine_it_was_made(run, tmp_path):
    machine = {"platform": "Linux-6.1-of-the-clinic", "processor": "x86_64", "gpu": "A card", "threads": 96}
    kept = {"python": "3.11", "packages": {"torch": "2.13.0"}, "precision": "bf16", "token_budget": 1024}
    write_json(run.report, report(environment={**machine, **kept}))
    write_json(run.config, {**CONFIG, "environment": machine})
    export_zip(run, tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        assert json.loads(archive.read("report.json")) == report(environment=kept)
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"of-the-clinic" not in everything and b"A card" not in everything


def test_the_card_says_whose_interval_it_shows():
    (head,) = [line for line in model_card(report(), CONFIG).splitlines() if line.startswith("| class |")]
    assert "| recall | recall, likely |" in head


def test_the_same_run_gives_the_same_zip(run, bundle, tmp_path):
    export_zip(run, tmp_path / "again.zip")
    assert bundle.read_bytes() == (tmp_path / "again.zip").read_bytes()


def test_a_zip_comes_back_as_a_finished_run(bundle, tmp_path):
    folder = RunFolder(adopt(bundle, tmp_path / "other" / "20260202-def", name="From a friend"))
    assert read_json(folder.report) == report()
    assert (folder.model / "model.safetensors").stat().st_size == 3_000_000
    assert read_row_hashes(folder.row_hashes) == {"aa", "bb"}
    assert read_outcome(folder.root).state == "finished"
    assert read_json(folder.root / "job.json")["title"] == "From a friend"
    assert folder.is_run
    assert [path.name for path in folder.root.parent.iterdir()] == ["20260202-def"]


def test_a_zip_tells_how_many_rows_of_each_class_it_learnt_from_and_not_which(run, tmp_path):
    assert training_counts(run) == {}
    split = ["train"] * 5 + ["validation", "test"]
    topics = ["Billing"] * 3 + ["Complaint"] * 2 + ["Delivery"] * 2
    pd.DataFrame({"message": "secret", "topic": topics, "_split": split}).to_parquet(run.rows)
    export_zip(run, tmp_path / "model.zip")
    folder = RunFolder(adopt(tmp_path / "model.zip", tmp_path / "other" / "20260202-def"))
    assert not folder.rows.exists() and "secret" not in folder.config.read_text()
    assert training_counts(folder) == {"Billing": 3, "Complaint": 2}
    export_zip(folder, tmp_path / "again.zip")  # and the next one who gets it knows as much
    assert load_tuned_run(RunFolder(adopt(tmp_path / "again.zip", tmp_path / "third"))).training_counts["Billing"] == 3


def test_what_is_there_is_never_overwritten(bundle, run):
    with pytest.raises(InputError, match="already a run"):
        adopt(bundle, run.root)


def rebuilt(bundle: Path, target: Path, change) -> Path:
    """The zip with its {name: content} changed."""
    with zipfile.ZipFile(bundle) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update({"../evil.txt": b"x"}), "does not belong"),
        (lambda c: c.update({"/etc/evil": b"x"}), "does not belong"),
        (lambda c: c.update({"model/../../evil.json": b"x"}), "does not belong"),
        (lambda c: c.update({"model\\evil.json": b"x"}), "does not belong"),
        (lambda c: c.update({"model/deep/evil.json": b"x"}), "does not belong"),
        (lambda c: c.update({"model/modeling.py": b"x"}), "does not belong"),
        (lambda c: c.update({"model/pytorch_model.bin": b"x"}), "does not belong"),
        (lambda c: c.update({"model/.hidden.json": b"x"}), "does not belong"),
        (lambda c: c.update({"model/extra.json": b"{}"}), "does not hold the files that it lists"),
        (lambda c: c.pop("model/tokenizer.json"), "does not hold the files that it lists"),
        (lambda c: c.pop("report.json"), "no report.json"),
        (lambda c: c.pop("manifest.json"), "no manifest.json"),
        (lambda c: c.update({"manifest.json": b"[]"}), "damaged"),
        (lambda c: c.update({"manifest.json": b"[" * 100_000}), "damaged"),
        (lambda c: c.update({"model/tokenizer.json": b"{ }"}), "tokenizer.json in this zip was changed"),
        (lambda c: c.update({"report.json": b"{}"}), "report.json in this zip was changed"),
    ],
)
def test_a_zip_that_was_tampered_with_is_refused_and_leaves_nothing(bundle, tmp_path, change, words):
    with pytest.raises(InputError, match=words):
        adopt(rebuilt(bundle, tmp_path / "evil.zip", change), tmp_path / "in" / "run1")
    assert list((tmp_path / "in").iterdir()) == []
    assert not list(tmp_path.rglob("evil.txt"))


def test_links_bombs_and_giants_are_refused(bundle, tmp_path):
    link = tmp_path / "link.zip"
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("report.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="does not belong"):
        adopt(link, tmp_path / "a")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", b"0" * 50_000_000)
    with pytest.raises(InputError, match="far more than it is"):
        adopt(bomb, tmp_path / "b")
    with pytest.raises(InputError, match="larger than"):
        adopt(bundle, tmp_path / "c", most_bytes=1_000_000)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="not a zip"):
        adopt(tmp_path / "x.zip", tmp_path / "run")


def test_a_zip_cut_anywhere_is_refused(bundle, tmp_path):
    data = bundle.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.zip").write_bytes(data[: int(len(data) * share)])
        with pytest.raises(SFTError):
            adopt(tmp_path / "cut.zip", tmp_path / "run")


def work(run: RunFolder, folder: Path, **request) -> Work:
    folder.mkdir(exist_ok=True)
    return Work(folder, {"run": str(run.root), **request}, 1, EventLog(folder / "events.jsonl", 1))


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_job_writes_answers_as_a_table(run, tmp_path, form):
    export_job(work(run, tmp_path / "job", format=form))
    assert (tmp_path / "job" / f"predictions.{form}").stat().st_size > 500
    if form == "csv":
        first = (tmp_path / "job" / "predictions.csv").read_text().splitlines()[1]
        assert len(first) < 120  # fp32 numbers with their own digits, not those of doubles


def test_the_job_writes_the_zip_under_the_name_of_the_run(run, tmp_path):
    export_job(work(run, tmp_path / "job"))
    assert (tmp_path / "job" / "20260101-abc.zip").exists()


def test_the_job_refuses_other_formats_and_unfinished_runs(run, tmp_path):
    with pytest.raises(InputError, match="'pdf'"):
        export_job(work(run, tmp_path / "job", format="pdf"))
    run.report.unlink()
    with pytest.raises(StateError, match="no model yet"):
        export_job(work(run, tmp_path / "job"))


def test_a_stopped_export_leaves_no_half_zip(run, tmp_path):
    with pytest.raises(Stopped):
        export_zip(run, tmp_path / "out.zip", should_stop=lambda: True)
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob("*.tmp"))


def test_a_large_file_is_packed_with_its_progress_told_on_the_way(run, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_module, "CHUNK", 1 << 12)
    (run.model / "model.safetensors").write_bytes(bytes(1 << 20))
    told = []
    export_zip(run, tmp_path / "out.zip", lambda share, words: told.append((share, words)))
    shares = [share for share, _ in told]
    assert 50 < len(shares) <= 100 and shares == sorted(shares) and shares[-1] > 0.98
    assert {words for _, words in told} == {"Packing the model"}


def test_the_card_tells_scores_data_settings_and_limits():
    card = model_card(report(), CONFIG)
    for words in (
        "Right 96 times in 100",
        "macro-F1",
        "Simple method (words)",
        "Hash of rows and split: abc123",
        "epochs: 3",
        "700 to learn from",
        "none of these",
        'model="model"',
    ):
        assert words in card, words


def test_the_card_calls_rows_new_only_where_they_are():
    audit = {"duplicates_across_splits": 240, "test_rows_met": 120}
    card = model_card(report(audit=audit), CONFIG)
    assert "200 rows. Intervals" in card and "120 of the 200 rows in the test also stood in training" in card
    assert "200 rows that it has never seen" in model_card(report(), CONFIG)


def test_the_card_shows_names_from_data_as_plain_text():
    labels = ["<img src=x>", "a|b", "[x](http://y)"]
    given = answers(60, labels=labels)
    card = model_card(report(labels=labels, test=given, validation=given, baselines={}), {"name": "# `x` <b>"})
    assert "<img" not in card and "<b>" not in card
    assert r"a\|b" in card and r"\[x\]" in card


def test_the_card_tells_names_apart_and_leaves_out_what_nobody_has():
    labels = ["Billing", "Billing ", "Delivery"]
    given = answers(60, labels=labels)
    found = report(labels=labels, test=given, validation=given, baselines={})
    card = model_card(found)
    assert "| Billing | " in card and "| “Billing·” | " in card
    assert "macro-F1 | likely | log-loss" in card
    found["intervals"]["test"]["macro_f1"] = None
    assert "macro-F1 | log-loss" in model_card(found) and "| – |" not in model_card(found).split("## Class")[0]


@pytest.mark.parametrize("test", [answers(0), answers(1)])
def test_the_card_of_a_run_without_scores_can_be_written(test):
    assert "## Limits" in model_card(json.loads(json.dumps(report(test=test, validation=answers(0), baselines={}))))


def test_an_adopted_run_can_be_registered_with_the_jobs(bundle, workspace):

    folder = adopt(bundle, workspace.runs / "20260303-ghi", name="From a friend")
    job = store.find(workspace, folder)
    assert (job.state, job.title, job.kind) == ("finished", "From a friend", "train")
