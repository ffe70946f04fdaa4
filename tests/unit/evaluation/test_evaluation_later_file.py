"""A later file meets a run: read with care, judged beside the simple methods, and nothing is lost in silence."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from evaluation_cases import report

from sft_core.config import Roles, TrainRequest
from sft_core.data.gathering import gather, keep
from sft_core.errors import DataError, Stopped
from sft_core.evaluation import later_rivals
from sft_core.evaluation.baselines import try_probe
from sft_core.evaluation.later_file import answer_file, judge_file
from sft_core.evaluation.verdict import verdict
from sft_core.features.inference import forward
from sft_core.features.material import parts
from sft_core.features.predictor import Predictor
from sft_core.features.probe import fit_probe, load_probe
from sft_core.models.resolve import resolve
from sft_core.records import EventLog, Work, read_events, read_json, write_json
from sft_core.scoring.calibration import ece, fit_temperature
from sft_core.tasks.registry import get_task, load_engine
from sft_core.workspace import RunFolder, open_workspace

WORDS = {"Billing": "invoice", "Complaint": "unacceptable", "Delivery": "parcel"}
LENGTH = 16


def rows(n: int, start: int = 0) -> str:
    lines = [f"the {word} number {i} of mine,{label}" for i in range(start, n + start) for label, word in WORDS.items()]
    return "".join(f"{line}\n" for line in lines)


def work_in(folder: Path, request: dict) -> Work:
    folder.mkdir(parents=True, exist_ok=True)
    return Work(folder, request, 1, EventLog(folder / "events.jsonl", 1))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run as the pipeline leaves it; its model has learnt nothing, so the simple methods are better."""
    tmp_path = tmp_path_factory.mktemp("made")
    workspace = open_workspace(tmp_path / "home")
    (tmp_path / "train.csv").write_text("message,topic\n" + rows(30), encoding="utf-8")
    folder = RunFolder(workspace.runs / "a-run")
    folder.root.mkdir()
    wish = TrainRequest(train=str(tmp_path / "train.csv"), roles=Roles(text=("message",), label="topic"))
    gathered = gather(wish, workspace, folder.root, lambda *_: None)
    keep(gathered, folder)
    engine, base = load_engine(get_task("text-classification")), resolve("bundled")
    model, encoder = (
        engine.load_base(base.folder, gathered.labels, dropout=None, seed=0),
        engine.load_encoder(base.folder, LENGTH),
    )
    engine.save(model, encoder, folder.model)
    splits = parts(gathered)
    features = {
        name: forward(model, engine, engine.encode(encoder, part.inputs, None, LENGTH), output="features")
        for name, part in splits.items()
    }
    probe = try_probe(splits, features, gathered.labels, 0, work_in(tmp_path / "baselines", {}))
    probe.save(folder.probe)
    write_json(
        folder.config,
        {
            "task": "text-classification",
            "seed": 0,
            "labels": list(gathered.labels),
            "roles": gathered.roles.model_dump(mode="json"),
            "model": {"asked": "bundled", "sha256": base.sha256},
            "settings": {"max_length": LENGTH},
        },
    )
    write_json(folder.report, report())
    return folder


def judged(run: RunFolder, tmp_path: Path, content: str, **more: object) -> dict:
    (tmp_path / "later.csv").write_text(content, encoding="utf-8")
    work = work_in(tmp_path / "job", {"run": str(run.root), "data": str(tmp_path / "later.csv"), **more})
    judge_file(work)
    return dict(read_json(work.folder / "report.json"))


def test_the_simple_methods_are_tried_on_a_later_file_and_the_verdict_says_who_is_better(
    run: RunFolder, tmp_path: Path
) -> None:
    found = judged(run, tmp_path, "message,topic\n" + rows(20, start=100))
    assert found["baselines"]["tfidf_logreg"]["accuracy"] == 1.0
    assert found["baselines"]["probe"]["accuracy"] > 0.9
    assert found["baselines"]["majority"]["accuracy"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["versus_baseline"]["p"] < 0.001
    assert "which is better, and no luck" in verdict(found).detail
    assert any("Training made it worse" in warning for warning in found["warnings"])


def test_a_later_file_has_the_time_and_the_machine_of_its_own_job(run: RunFolder, tmp_path: Path) -> None:
    found = judged(run, tmp_path, "message,topic\n" + rows(5, start=100))
    timing, environment = found["timing"], found["environment"]
    assert 0 < timing["answer_seconds"] < timing["total_seconds"] < 60
    assert timing["answers_per_second"] == pytest.approx(15 / timing["answer_seconds"], rel=0.05)
    assert timing["peak_memory_mb"] > 50
    assert {"python", "platform", "processor", "threads", "packages", "gpu"} <= set(environment)
    assert environment["precision"] == "off" and environment["device"] in ("cpu", "cuda")
    missing = [name for name, value in timing.items() if value is None]
    assert missing and all(f"timing.{name}" in found["unavailable"] for name in missing)
    assert found["audit"]["duplicates_across_splits"] == 0


def test_the_probe_of_a_later_file_is_the_one_that_the_run_kept(run: RunFolder, tmp_path: Path) -> None:
    texts = [f"where is the parcel {i}" for i in range(5)]
    found, missing = later_rivals.answer_by_rivals(run, texts, None, work_in(tmp_path / "job", {}))
    engine, base = load_engine(get_task("text-classification")), resolve("bundled")
    model = engine.load_base(base.folder, list(WORDS), dropout=None, seed=0)
    encoded = engine.encode(engine.load_encoder(base.folder, LENGTH), texts, None, LENGTH)
    expected = load_probe(run.probe, list(WORDS)).probabilities(forward(model, engine, encoded, output="features"))
    np.testing.assert_allclose(found["probe"], expected, atol=1e-6)
    assert missing == {}


def test_an_adopted_run_without_rows_or_probe_says_why_the_simple_methods_are_missing(
    run: RunFolder, tmp_path: Path
) -> None:
    adopted = RunFolder(tmp_path / "adopted")
    shutil.copytree(run.root, adopted.root, ignore=shutil.ignore_patterns("data.json", "rows.parquet", "probe.npz"))
    found = judged(adopted, tmp_path, "message,topic\n" + rows(5, start=100))
    assert found["versus_baseline"] is None
    assert "without the rows" in found["unavailable"]["baselines.tfidf_logreg"]
    assert "nothing of the base model" in found["unavailable"]["baselines.probe"]


def test_large_files_are_judged_without_the_simple_methods(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later_rivals, "MOST_ROWS", 10)
    found = judged(run, tmp_path, "message,topic\n" + rows(5, start=100))
    assert found["versus_baseline"] is None
    assert "more than 10 rows" in found["unavailable"]["baselines.probe"]


def test_the_present_answers_of_a_later_file_are_a_rival_in_our_words(run: RunFolder, tmp_path: Path) -> None:
    lines = [line for line in rows(10, start=100).splitlines() if line]
    table = "message,topic,now\n" + "".join(f"{line},{line.rsplit(',')[-1].lower()}\n" for line in lines)
    wishes = {"rival": "now", "label_map": {label.lower(): label for label in WORDS}}
    found = judged(run, tmp_path, table, **wishes)
    assert found["baselines"]["rival"]["accuracy"] == 1.0
    assert "The present answer gets 100" in verdict(found).detail


def test_rows_that_cannot_be_read_are_counted_in_the_report(run: RunFolder, tmp_path: Path) -> None:
    found = judged(run, tmp_path, "message,topic\n" + rows(5, start=100) + "one,two,three,four\n")
    assert found["test_file"]["rejected"]["count"] == 1
    assert found["test_file"]["read"]["delimiter"] == ","
    assert any("1 row of the file could not be read" in warning for warning in found["warnings"])


def test_predictions_tell_of_rows_that_cannot_be_read(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "later.csv").write_text("message,topic\n" + rows(2) + "one,two,three,four\n", encoding="utf-8")
    work = work_in(tmp_path / "job", {"run": str(run.root), "data": str(tmp_path / "later.csv")})
    assert len(answer_file(work)) == 6
    warnings = [event for event in read_events(work.folder / "events.jsonl")[0] if event["kind"] == "warning"]
    assert "1 row of the file could not be read" in warnings[0]["message"]


def test_rows_without_a_text_are_counted_in_a_warning(run: RunFolder, tmp_path: Path) -> None:
    content = "message,topic\n" + rows(4, start=100) + ",Billing\n  ,Delivery\n"
    sentence = "2 rows have no text: the answer there is a guess without a reason."
    assert sentence in judged(run, tmp_path, content)["warnings"]
    work = work_in(tmp_path / "answers", {"run": str(run.root), "data": str(tmp_path / "later.csv")})
    answer_file(work)
    told = [event["message"] for event in read_events(work.folder / "events.jsonl")[0] if event["kind"] == "warning"]
    assert told == [sentence]


def test_a_file_without_the_text_is_refused_until_the_column_is_named(run: RunFolder, tmp_path: Path) -> None:
    other = "foo,bar\n" + "".join(f"{n},not a word of it {n}\n" for n in range(50))
    with pytest.raises(DataError, match="no column “message”"):
        judged(run, tmp_path, other)
    with pytest.raises(DataError, match="no column “message”"):
        answer_file(work_in(tmp_path / "job", {"run": str(run.root), "data": str(tmp_path / "later.csv")}))
    assert judged(run, tmp_path, other, text=["bar"])["test_file"]["columns"]["message"] == "bar"
    warnings = judged(run, tmp_path, other, text=["foo"])["warnings"]
    assert "“foo”, read as the text, holds hardly anything but numbers." in warnings


def test_a_label_of_spaces_is_no_label(run: RunFolder, tmp_path: Path) -> None:
    found = judged(run, tmp_path, "message,topic\n" + rows(5, start=100) + "who knows,  \n")
    assert found["test_file"]["unknown_labels"] == {}
    assert found["test_file"]["rows"]["unlabelled"] == 1


def test_a_probe_that_is_too_sure_is_made_as_sure_as_it_is_right() -> None:
    dice = np.random.default_rng(0)
    y = dice.integers(0, 4, 1500)
    features = (np.eye(4)[y] @ dice.normal(size=(4, 20)) * 0.5 + dice.normal(size=(1500, 20))).astype(np.float32)
    probe = fit_probe(features[:500], y[:500], list("abcd")).cooled(0.2)  # five times as sure as it has learnt to be
    calm = probe.cooled(fit_temperature(probe.logits(features[500:1000]), y[500:1000]))
    shares = [one.probabilities(features[1000:]) for one in (probe, calm)]
    right = shares[0].argmax(axis=1) == y[1000:]
    assert (shares[0].argmax(axis=1) == shares[1].argmax(axis=1)).all()
    before, after = (ece(one.max(axis=1), right) for one in shares)
    assert after < 0.08 < 0.15 < before
    assert calm.temperature == pytest.approx(1, rel=0.3)


def test_the_kept_probe_is_the_calibrated_one(run: RunFolder) -> None:
    assert load_probe(run.probe, list(WORDS)).temperature != 1.0


def test_a_stop_while_the_base_model_is_asked_is_a_stop(run: RunFolder, tmp_path: Path) -> None:
    """It must not end as a finished report that lacks the probe."""
    work = Work(tmp_path, {}, 1, EventLog(tmp_path / "events.jsonl", 1), lambda: True)
    with pytest.raises(Stopped):
        later_rivals.answer_by_rivals(run, ["where is the parcel"], None, work)


def test_a_mapping_of_a_label_that_the_file_does_not_have_is_refused_before_the_work(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Predictor, "load", lambda *_: pytest.fail("refused before the work"))
    table, wishes = "message,topic\n" + rows(5, start=100), {"label_map": {"Bills": "Billing", "Delivery": "Billing"}}
    with pytest.raises(DataError, match=r"The file has no label Bills\. It has Billing, Complaint, Delivery"):
        judged(run, tmp_path, table, **wishes)
    with pytest.raises(DataError, match="It has no column of labels"):
        judged(run, tmp_path, "message\nwhere is my parcel\n", **wishes)
