"""Sentences that a nurse understands, with the numbers that they promise."""

import numpy as np
import pytest
from evaluation_cases import answers, one_class, report, table

from sft_core.config import Goal
from sft_core.evaluation import wording
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.live import improvement, live, looks_of, time_left
from sft_core.evaluation.verdict import difference_sentence, later_sentence, verdict


def scored(accuracy: float, interval: tuple[float, float], rows: int, **more) -> dict:
    return {
        "metrics": {"test": {"accuracy": accuracy}},
        "rows": {"test": rows},
        "intervals": {"test": {"accuracy": list(interval)}},
        "baselines": {"tfidf_logreg": {"accuracy": 0.84}},
        **more,
    }


def test_the_verdict_reads_as_promised():
    found = verdict(scored(0.9305, (0.921, 0.939), 3080))
    assert str(found) == "Right 93 times in 100; with 3,080 rows the true rate is likely 92–94."


def test_the_verdict_says_what_the_simple_method_gets():
    versus = {"name": "tfidf_logreg", "p": 0.0002, "fixed": 27, "broken": 6}
    found = verdict(scored(0.91, (0.88, 0.93), 478, versus_baseline=versus), ("message", "messages"))
    assert found.headline == "Right 91 times in 100"
    assert found.detail == (
        "On 478 messages that it had never seen. With that many, the true rate is likely 88–93. "
        "The simple method (words) gets 84: the difference is real (27 fixed, 6 broken, p < 0.001)."
    )


@pytest.mark.parametrize(
    ("versus", "words"),
    [
        ({"p": 0.143, "fixed": 12, "broken": 5}, "the difference may be luck (12 fixed, 5 broken, p = 0.14)"),
        ({"p": 0.004, "fixed": 5, "broken": 30}, "which is better, and no luck (5 fixed, 30 broken, p < 0.01)"),
    ],
)
def test_luck_and_defeat_are_said(versus, words):
    assert words in str(verdict(scored(0.86, (0.8, 0.9), 200, versus_baseline={"name": "tfidf_logreg", **versus})))


def test_a_real_report_has_a_verdict_even_without_rows():
    assert "true rate is likely" in str(verdict(report()))
    assert str(verdict(report(test=answers(0), baselines={}))) == "No score yet. There are no rows."


def two_classes(good: int, bad: int, rows: int = 200, share: float = 0.5) -> dict:
    """A report on two classes, of which so many were found, as it is written; "Good" is the commonest."""
    sizes = {"Good": round(rows * share), "Bad": rows - round(rows * share)}
    true = [label for label, n in sizes.items() for _ in range(n)]
    said = ["Good"] * good + ["Bad"] * (sizes["Good"] - good) + ["Bad"] * bad + ["Good"] * (sizes["Bad"] - bad)
    chances = {"Good": [0.8, 0.2], "Bad": [0.2, 0.8]}
    given = Answers(table(rows), true, np.array([chances[label] for label in said], dtype=np.float32))
    one = {"majority": one_class(given, 0)}
    return report(labels=["Good", "Bad"], test=given, validation=given, baselines=one, temperature=1.0)


def test_a_model_that_is_no_better_than_the_commonest_class_is_called_useless_first():
    found = verdict(two_classes(good=56, bad=52))
    assert found.headline == "Right 54 times in 100"
    assert found.useless == "No better than always saying “Good” (50): do not use it like this."
    assert found.detail.startswith(found.useless) and str(found).startswith(found.useless)
    assert "labels contradict each other" in found.advice and "Prepare" in found.advice and "700 rows" in found.advice


def test_a_model_that_is_worse_than_the_commonest_class_is_said_to_be():
    assert verdict(two_classes(good=70, bad=20, share=0.8)).useless.startswith("Worse than always saying “Good” (80)")


def test_a_model_that_finds_the_rare_class_is_not_called_useless_for_being_right_no_more_often():
    found = verdict(two_classes(good=176, bad=14, share=0.9))  # 95 in 100 against 90, most of the rare ones found
    assert found.useless == "" and found.advice == ""
    found = verdict(two_classes(good=166, bad=14, share=0.9))
    assert found.useless == "" and "but it does find the others" in found.detail


def test_few_rows_show_neither_use_nor_uselessness():
    found = verdict(two_classes(good=4, bad=3, rows=10))
    assert found.useless == "Too few to show that it is better than always saying “Good” (50): do not rely on it yet."


def test_a_good_model_hears_nothing_of_the_commonest_class():
    found = verdict(two_classes(good=90, bad=88))
    assert "always saying “Good”" not in found.detail and found.useless == found.advice == ""


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0"),
        (0.0004, "0.1"),
        (0.01, "1"),
        (0.5, "50"),
        (0.984, "98"),
        (0.986, "98.6"),
        (0.99, "99"),
        (0.994, "99.4"),
        (0.998, "99.8"),
        (0.99999, "99.9"),
        (1.0, "100"),
    ],
)
def test_a_rare_error_does_not_vanish_in_rounding(share, words):
    assert wording.in_100(share) == words


@pytest.mark.parametrize(
    ("share", "other", "words"),
    [
        (0.9937, 0.9856, "99.4"),
        (0.844, 0.836, "84.4"),
        (0.836, 0.844, "83.6"),
        (0.84, 0.84, "84"),
        (0.84, 0.86, "84"),
        (0.99372, 0.99408, "99.37"),
        (0.84, None, "84"),
    ],
)
def test_what_differs_never_reads_alike(share, other, words):
    assert wording.in_100(share, other) == words


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.883, 0.934), "88–93"),
        ((0.99, 0.997), "99.0–99.7"),
        ((0.9937, 0.99996), "99.4–99.9"),
        ((0.97, 1.0), "97–100"),
        ((0.0, 0.004), "0–0.4"),
        ((0.9301, 0.9349), "93.0–93.5"),
        ((0.5, 0.5), "50–50"),
    ],
)
def test_both_ends_of_an_interval_are_rounded_alike(interval, words):
    assert wording.span(interval) == words


def test_scores_and_sureness_are_rounded_by_the_same_rule():
    assert [wording.fractions(s) for s in (0.9, 0.996, 0.99996, 1.0)] == [("0.90",), ("0.996",), ("0.999",), ("1.00",)]
    assert wording.fractions() == ()
    assert wording.fractions(0.99, 0.998) == ("0.990", "0.998")
    assert wording.points(0.995) == "99.5 of 100"
    assert [wording.sure(share) for share in (1.0, 0.9991, 0.998, 0.5, 0.0)] == [
        *("over 99.9%", "over 99.9%", "99.8%", "50%", "under 0.1%"),
    ]


def test_headline_simple_method_and_interval_tell_half_the_mistakes_apart():
    versus = {"name": "tfidf_logreg", "p": 0.04, "fixed": 12, "broken": 3}
    found = scored(1107 / 1114, (0.98707, 0.99695), 1114, versus_baseline=versus)
    found["baselines"]["tfidf_logreg"]["accuracy"] = 1098 / 1114
    said = verdict(found)
    assert said.headline == "Right 99.4 times in 100"
    assert "likely 98.7–99.7. The simple method (words) gets 98.6: the difference is real" in said.detail


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Billing", "Billing"),
        ("Billing ", "“Billing·”"),
        ("  My bill ", "“··My bill·”"),
        ("Billing\u00a0", "“Billing⍽”"),
        ("\tBilling", "“→Billing”"),
        ("My\u00a0bill", "“My⍽bill”"),
        ("My  bill", "“My··bill”"),
        ("My\nbill", "“My␊bill”"),
        ("\x1b[2JBilling", "“␛[2JBilling”"),
        ("gnilliB\u202e", "“gnilliB⍽”"),
        ("日本\u3000語", "日本\u3000語"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_one_would_not_see_in_a_class_can_be_seen(label, shown):
    assert wording.visible(label) == shown
    assert wording.visible(shown) == shown


def test_small_words():
    assert wording.times(0.01) == "1 time in 100"
    assert wording.counted(1, ("message", "messages")) == "1 message"


def test_a_later_score_is_compared_in_words():
    assert difference_sentence(0.91, 0.84, 0.004) == "84 now, 91 then: a real drop, p < 0.01."
    assert difference_sentence(0.91, 0.95, 0.0004) == "95 now, 91 then: a real gain, p < 0.001."
    assert difference_sentence(0.91, 0.90, 0.6) == "90 now, 91 then: the difference may be luck (p = 0.60)."
    assert difference_sentence(0.91, 0.90, None) == "90 now, 91 then."


@pytest.mark.parametrize(
    ("accuracy", "p", "words"),
    [
        (0.862, 0.97, "it is right 86.2 times in 100: no proven change (p = 0.97)."),
        (0.84, 0.4, "it is right 84 times in 100: no proven change (p = 0.40)."),
        (0.70, 0.0004, "it is right 70 times in 100: a real drop (p < 0.001)."),
        (0.95, 0.004, "it is right 95 times in 100: a real gain (p < 0.01)."),
        (None, None, ""),
    ],
)
def test_classes_that_it_never_learnt_are_not_called_a_drop(accuracy, p, words):
    known = {"rows": 434, "accuracy": accuracy, "p": p, "unlearnt": {"Return ": 30, "Refund": 8}}
    versus = {"accuracy_then": 0.86, "accuracy_now": 0.792, "p": 0.004, "known": known}
    said = later_sentence(versus, ("message", "messages"))
    assert said.startswith("79 now, 86")
    assert ("then. 38 messages are" if words else "then. All 38 messages are") in said
    assert "of classes that it never learnt (“Return·”, Refund)." in said
    assert said.endswith(f" Without these {words}") if words else said.endswith("Refund).")


def looks(*scores: float, **more) -> list[dict]:
    """One evaluation event a pass, starting before the first."""
    return [
        {"kind": "evaluation", "epoch": float(i), "step": i * 10, "loss": None, "metrics": {"accuracy": s}, **more}
        for i, s in enumerate(scores)
    ]


def said(*events: dict, goal: Goal | None = None) -> str:
    return live(events, goal=goal).headline


def test_progress_is_said_as_in_the_pictures():
    assert said(*looks(0.84, 0.88, 0.91)) == "Still improving: right 91 times in 100, up from 88 a pass ago"
    assert said(*looks(0.84)) == "First look: right 84 times in 100"
    assert said(*looks(0.84, 0.91, 0.912)) == "Hardly moving any more: right 91 times in 100, best 91 after 2 passes"


def test_learning_by_heart_is_named_with_the_pass_that_is_kept():
    events = looks(0.80, 0.85, 0.88, 0.90, 0.91, 0.88)
    events[-1]["train_accuracy"] = 0.99
    assert said(*events) == (
        "It begins to learn by heart: 99 in 100 on what it learns from, 88 on the rest and falling; "
        "the best model is kept from pass 4"
    )


def test_learning_by_heart_is_named_by_what_matters_most():
    events = looks(0.88, 0.91, 0.89)
    events[-1]["train_accuracy"] = 0.99
    for event, macro in zip(events, (0.70, 0.75, 0.62), strict=True):
        event["metrics"]["macro_f1"] = macro
    assert said(*events, goal=Goal(kind="macro_f1")) == (
        "It begins to learn by heart: 99 in 100 on what it learns from, 89 on the rest, and every class alike 62 of "
        "100 (macro-F1), down from 75; the best model is kept from pass 1"
    )


def test_the_state_before_the_first_pass_is_not_called_a_pass():
    assert said(*looks(0.91, 0.85)).endswith("the best model is kept from before the first pass")
    assert said(*looks(0.91, 0.907)).endswith("best 91 before the first pass")


def test_a_score_that_recovers_is_not_said_to_fall():
    events = looks(0.91, 0.85, 0.87)
    events[-1]["train_accuracy"] = 0.99
    assert "99 in 100 on what it learns from, 87 on the rest, down from 91; the best" in said(*events)


def test_a_worse_look_with_training_no_better_is_not_called_learning_by_heart():
    events = looks(0.80, 0.90, 0.88)
    events[-1]["train_accuracy"] = 0.89
    assert said(*events).startswith("A little worse just now")


def test_learning_by_heart_shows_in_the_validation_loss_too():
    events = looks(0.80, 0.90, 0.89, 0.88)
    for event, loss in zip(events, (0.6, 0.4, 0.45, 0.5), strict=True):
        event["loss"] = loss
    assert said(*events).startswith("It begins to learn by heart: right 88 times in 100, down from 90")


def test_one_bad_pass_is_not_called_learning_by_heart():
    assert said(*looks(0.80, 0.90, 0.88)).startswith("A little worse just now")


def test_the_goal_decides_what_is_said():
    events = looks(0.80, 0.90)
    for event, found, macro in zip(events, (50, 62), (0.5, 0.62), strict=True):
        event["metrics"]["macro_f1"] = macro
        event["confusion"] = {"labels": ["Billing", "Complaint"], "matrix": [[80, 20], [100 - found, found]]}
    recall = said(*events, goal=Goal(kind="recall", label="Complaint"))
    assert recall == "Still improving: finds 62 in 100 of Complaint, up from 50 a pass ago"
    assert "every class alike 62 of 100 (macro-F1), up from 50" in said(*events, goal=Goal(kind="macro_f1"))
    precision = said(*events, goal=Goal(kind="precision", label="Complaint"))
    assert "76 in 100 are right where it says Complaint" in precision
    assert "right 90 times in 100" in said(*events, goal=Goal())


def test_a_goal_without_a_matrix_is_read_from_the_event():
    events = looks(0.80)
    events[0]["metrics"]["goal"] = 0.62
    assert "finds 62 in 100" in said(*events, goal=Goal(kind="recall", label="Complaint"))


def test_before_the_first_look_the_stage_and_then_the_baseline_are_said():
    stage = {"kind": "stage", "name": "loading the base model"}
    baseline = {"kind": "baseline", "name": "tfidf_logreg", "metrics": {"accuracy": 0.84}}
    assert said() == "Getting ready"
    assert said(stage) == "Loading the base model"
    assert said(stage, baseline) == "The simple method (words) is right 84 times in 100: that is to be beaten"


def test_pace_and_time_left_follow_the_plan_of_this_attempt():
    plan = {"kind": "plan", "steps": 100}
    steps = [
        {"kind": "step", "attempt": 1, "t": 0.0, "step": 10, "epoch": 0.6, "samples_per_second": 200.0},
        {"kind": "step", "attempt": 2, "t": 1000.0, "step": 20, "epoch": 1.2, "samples_per_second": 200.0},
        {"kind": "step", "attempt": 2, "t": 1010.0, "step": 40, "epoch": 2.4, "samples_per_second": 204.0},
    ]
    assert time_left([plan, *steps]) == 30.0
    found = live([plan, *steps], epochs=6, words=("message", "messages"))
    assert found.detail == "Pass 3 of 6 · 204 messages a second · about 30 seconds left"
    assert found.share == 0.4
    assert time_left([plan, *steps[:2]]) is None


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"kind": "finished"}, "Done"),
        ({"kind": "stopped"}, "Stopped"),
        ({"kind": "failed", "message": "The disk is full."}, "The disk is full."),
    ],
)
def test_an_end_is_said(event, words):
    assert said(*looks(0.8), event) == words
    assert said(*looks(0.8), event, {"kind": "started"}) == "First look: right 80 times in 100"


def test_a_repeated_evaluation_of_a_resumed_run_counts_once():
    events = [*looks(0.8, 0.9), *looks(0.8, 0.9)]
    assert len(looks_of(events, Goal())) == 2
    assert "up from 80" in improvement(looks_of(events, Goal()), Goal())
