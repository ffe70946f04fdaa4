"""What people type becomes settings, or one sentence and one hint."""

import json
from pathlib import Path

import pytest

from sft_core.cli import options
from sft_core.cli.lines import event_line
from sft_core.cli.main import exit_code
from sft_core.config import ReadOptions
from sft_core.errors import ConfigError, InputError


def test_a_day_that_no_calendar_has_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text("epochs: 2026-02-30\n")
    with pytest.raises(ConfigError, match="is not valid YAML"):
        options.changes(file, [])
    assert options.changes(None, ["epochs=2026-02-30"]) == {"epochs": "2026-02-30"}  # refused by its type later


def test_set_wins_over_the_yaml_file(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("epochs: 3\ngoal:\n  kind: macro_f1\n")
    values = options.changes(path, ["epochs=5", "goal.kind=recall", "goal.label=spam", "lr_body=1e-4"])
    assert values == {"epochs": 5, "goal": {"kind": "recall", "label": "spam"}, "lr_body": "1e-4"}


@pytest.mark.parametrize("text", ["epochs", "=3"])
def test_a_setting_without_a_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not of the form key=value"):
        options.changes(None, [text])


def test_the_reading_can_be_chosen() -> None:
    words = ["delimiter=;", "quote=none", "encoding=cp1252", "header=no", "skip=2", "format=csv"]
    chosen = ReadOptions(delimiter=";", quote="", encoding="cp1252", header=False, skip=2, format="csv", sheet="May")
    assert options.reading(words, "May") == chosen
    assert options.reading(["delimiter=tab"]).delimiter == options.reading(["delimiter=\\t"]).delimiter == "\t"
    assert options.reading(["quote="]).quote == "" and options.reading(None) == ReadOptions()


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("delimiter", "not of the form key=value with one of: delimiter, quote, encoding"),
        ("delimiter=", "not of the form key=value"),
        ("sheet=May", "not of the form key=value"),
        ("delimiter=ab", "The delimiter “ab” is not one character"),
        ("skip=-1", "skip: input should be greater than or equal to 0"),
        ("header=perhaps", "header: input should be a valid boolean"),
        ("format=doc", "format: input should be"),
        ("encoding=klingon", "klingon"),
    ],
)
def test_a_reading_that_cannot_be_is_a_sentence(word: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        options.reading([word])


def test_inspect_reads_a_file_as_it_was_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Week 12;all teams\nAnliegen;Bereich\n" + "card is lost;a\nparcel is late;b\n" * 4)
    words = ["--read", "skip=1", "--read", "header=yes", "--read", "delimiter=semicolon"]
    assert exit_code(["inspect", "--data", str(tmp_path / "a.csv"), *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["columns"], found["rows"], found["format"]["skip"]) == (["Anliegen", "Bereich"], 8, 1)


def test_labels_are_mapped_from_theirs_to_ours() -> None:
    assert options.mapping(["billing =Billing", "a=b=c"]) == {"billing ": "Billing", "a": "b=c"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--data", "nowhere.csv", "--out", "run"], "There is no file nowhere.csv."),
        (["train", "--data", "nowhere.csv", "--out", "run", "--task", "telepathy"], "There is no task 'telepathy'"),
        (["evaluate", "--run", "nowhere", "--data", "x.csv", "--out", "r.json"], "There is no run in nowhere."),
        (["export", "--run", "nowhere", "--format", "onnx", "--out", "m.onnx"], "The format onnx cannot be made yet."),
        (["train", "--out", "run"], "Missing option '--data'"),
        (["dance"], "No such command 'dance'"),
        (["stop"], "Say which run to stop."),
    ],
)
def test_bad_input_is_one_sentence_and_one_hint_and_exit_2(
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith(sentence)
    assert len(said.err.strip().splitlines()) == 2
    assert said.out == ""


def test_events_that_matter_become_lasting_lines() -> None:
    evaluation = {"kind": "evaluation", "epoch": 1.0, "metrics": {"accuracy": 0.912}}
    assert event_line(evaluation) == ("Pass 1.00: right 91.2% on validation", True)
    unknown = {"kind": "baseline", "name": "probe", "metrics": {"accuracy": None}}
    assert event_line(unknown)[0] == "Baseline probe: right unknown on validation"
    assert event_line({**evaluation, "epoch": 0.0})[0] == "Before the first pass: right 91.2% on validation"
    assert event_line({"kind": "pinned"}) == ("", False)


def test_a_class_to_judge_by_is_a_name_also_where_it_looks_like_a_number() -> None:
    for said, meant in (("007", "007"), ("no", "no"), ("'5'", "5"), ("spam", "spam")):
        assert options.changes(None, [f"goal.label={said}"]) == {"goal": {"label": meant}}


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", "--data", "b\udcff.csv"],
        ["train", "--data", "b\udcff.csv", "--out", "run"],
        ["train", "--data", "b.csv", "--out", "r\udcff"],
        ["train", "--data", "b.csv", "--out", "run", "--label", "\udcff"],
        ["train", "--data", "b.csv", "--out", "run", "--model", "m\udcff"],
        ["evaluate", "--run", "r\udcff", "--data", "b.csv", "--out", "r.json"],
        ["predict", "--run", "run", "--data", "b\udcff.csv", "--out", "r.csv"],
        ["export", "--run", "run", "--out", "m\udcff.zip"],
        ["resume", "--run", "r\udcff"],
        ["stop", "--run", "r\udcff"],
        ["demo", "--out", "r\udcff"],
    ],
)
def test_a_word_that_is_no_utf8_is_a_sentence_on_every_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b\udcff.csv").write_text("text,label\na,x\n")
    assert exit_code(arguments) == 2
    said = capsys.readouterr()
    assert "is not written in UTF-8." in said.err and len(said.err.splitlines()) == 2 and not said.out


@pytest.mark.parametrize("words", [["inspect"], ["train", "--out", "run"]])
def test_a_folder_above_whose_name_is_no_utf8_is_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "f\udcff"
    folder.mkdir()
    (folder / "a.csv").write_text("text,label\na,x\n")
    (tmp_path / "link.csv").symlink_to(folder / "a.csv")
    for place, data in ((folder, "a.csv"), (tmp_path, "link.csv")):
        monkeypatch.chdir(place)
        assert exit_code([*words, "--data", data]) == 2
        assert "is not written in UTF-8." in capsys.readouterr().err
