"""Step events: at most four a second, and nothing is lost in between."""

from sft_core.records import EventLog, read_events
from sft_core.training.telemetry import StepTelemetry


def test_a_thousand_steps_in_ten_seconds_give_at_most_forty_one_events_with_means(tmp_path):
    now = [0.0]
    telemetry = StepTelemetry(EventLog(tmp_path / "events.jsonl", 1), lambda: 7, lambda: now[0])
    for step in range(1, 1001):
        now[0] += 0.01
        telemetry.add(epoch=step / 100, step=step, loss=float(step), rows=8, lr=1e-4, seconds=0.008)
    telemetry.flush()
    events, _ = read_events(tmp_path / "events.jsonl")
    assert 38 <= len(events) <= 42
    assert events[0]["step"] == 1
    assert events[-1]["step"] == 1000
    assert events[1]["loss"] == (events[0]["step"] + 1 + events[1]["step"]) / 2
    assert events[1]["samples_per_second"] == 1000.0
    assert set(events[1]) == {
        "t", "attempt", "kind", "epoch", "step", "loss", "lr", "samples_per_second", "memory_mb",
    }  # fmt: skip


def test_flushing_nothing_writes_nothing(tmp_path):
    StepTelemetry(EventLog(tmp_path / "events.jsonl", 1), lambda: 7).flush()
    assert read_events(tmp_path / "events.jsonl")[0] == []
