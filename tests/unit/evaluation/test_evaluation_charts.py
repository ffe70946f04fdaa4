"""Charts hold what the report says, in both themes, and become pictures without a network."""

import subprocess
import sys

import numpy as np
import pytest
from evaluation_cases import LABELS, answers, report

from sft_core import charts
from sft_core.evaluation.drawing import lifted, spread, thin
from sft_core.evaluation.matrix import most_confused, ordered
from sft_core.evaluation.shades import PALETTES, contrast, ink, shade
from sft_core.scoring.abstain import at_threshold, risk_coverage

MATRIX = [[101, 3, 2], [4, 42, 6], [1, 0, 88]]
LOOKS = [{"epoch": 0.0, "value": 0.84, "low": 0.8, "high": 0.87}, {"epoch": 1.0, "value": 0.9}]
BOTH = [{"epoch": 0.0, "precision": 0.6, "recall": 0.7}, {"epoch": 1.0, "precision": 0.8, "recall": 0.75}]
PINNED = [{"epoch": float(n), "shares": {"Billing": 0.3 + 0.6 * n, "Praise": 0.7 - 0.6 * n}} for n in range(2)]


def every_chart(theme: str) -> dict:
    test = answers(200, skill=1.5)
    sure, right = test.confidence, test.right(LABELS)
    bins = report(test=test)["calibration"]["bins"]
    return {
        "matrix": charts.confusion_matrix(MATRIX, LABELS, theme=theme),
        "intervals": charts.intervals([{"title": "This model", "value": 0.9, "ours": True}], theme=theme),
        "classes": charts.class_bars({"Billing": 742, "Praise": 4}, theme=theme),
        "answers": charts.answer_bars([("Billing", 0.9), ("Praise", 0.1)], {"Billing": 0.5}, theme=theme),
        "live": charts.live_curve(LOOKS, epochs=6, baseline=("simple method", 0.84), theme=theme),
        "loss": charts.loss_curves([{"epoch": 0.1, "loss": 2.0}], [{"epoch": 1, "loss": 1.0}], epochs=6, theme=theme),
        "both": charts.precision_and_recall(BOTH, epochs=6, theme=theme),
        "pinned": charts.answer_over_time(PINNED, theme=theme),
        "reliability": charts.reliability(bins["after"], bins["before"], theme=theme),
        "risk": charts.risk_coverage(risk_coverage(sure, right), chosen=at_threshold(sure, right, 0.9), theme=theme),
        "lengths": charts.length_histogram({"edges": [0, 10, 20], "counts": [5, 2]}, limit=10, theme=theme),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_becomes_a_picture_on_the_ground_of_its_theme(theme):
    for name, chart in every_chart(theme).items():
        svg = charts.to_svg(chart, theme=theme)
        assert PALETTES[theme].ground.lower() in svg.lower(), name
        assert "NaN" not in svg and "undefined" not in svg, name
    assert charts.to_png(every_chart(theme)["matrix"], theme=theme, scale=1).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "chart",
    [
        charts.live_curve([], epochs=6),
        charts.intervals([{"title": "This model", "value": None}]),
        charts.class_bars({}),
        charts.loss_curves([], [], epochs=1),
        charts.precision_and_recall([], epochs=1),
        charts.reliability([], []),
        charts.risk_coverage([]),
        charts.confusion_matrix([[0]], ["only"]),
        charts.length_histogram({"edges": [0, 1], "counts": [0]}),
    ],
)
def test_charts_of_nothing_can_be_drawn(chart):
    assert charts.to_svg(chart).startswith("<svg")


def values(chart) -> list[dict]:
    spec = chart.to_dict()
    data = spec.get("data") or spec["layer"][0]["data"]
    return data["values"]


def test_empty_squares_stay_blank_and_the_others_say_their_counts():
    found = {(row["true"], row["predicted"]): row["shown"] for row in values(charts.confusion_matrix(MATRIX, LABELS))}
    assert found[("Billing", "Billing")] == "101"
    assert ("Delivery", "Complaint") not in found
    assert len(found) == 8


def test_squares_can_show_shares_of_the_real_class_or_of_what_was_said():
    of_true = values(charts.confusion_matrix(MATRIX, LABELS, show="of_true"))
    of_said = values(charts.confusion_matrix(MATRIX, LABELS, show="of_said"))
    assert of_true[0]["shown"] == f"{round(100 * 101 / 106)}%"
    assert of_said[0]["shown"] == f"{round(100 * 101 / 106)}%"
    assert of_true[4]["shown"] != of_said[4]["shown"]


def test_a_click_selects_the_true_and_the_predicted_class():
    params = charts.confusion_matrix(MATRIX, LABELS, name="picked").to_dict()["params"]
    found = next(param for param in params if param["name"] == "picked")
    assert found["select"]["fields"] == ["true", "predicted"]
    assert found["select"]["type"] == "point"


def test_labels_from_data_stay_text_in_the_picture():
    svg = charts.to_svg(charts.confusion_matrix([[1, 1], [0, 2]], ["<script>alert(1)</script>", "a & b"]))
    assert "<script" not in svg


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_number_can_be_read_on_its_square(theme):
    for right in (True, False):
        for share in np.linspace(0, 1, 101):
            fill = shade(float(share), right, theme)
            assert contrast(ink(fill, theme), fill) >= 4.5
    assert contrast(PALETTES[theme].quiet, PALETTES[theme].ground) >= 4.5


def test_few_mistakes_are_as_visible_as_many_hits():
    assert shade(0.10, False, "light") == shade(0.9, False, "light") == PALETTES["light"].wrong
    assert shade(1.0, True, "dark") == PALETTES["dark"].right


def test_long_runs_are_drawn_with_at_most_a_thousand_points():
    points = [{"epoch": i / 1000, "loss": 1.0} for i in range(6000)]
    thinned = thin(points)
    assert len(thinned) == 1000 and thinned[0] == points[0] and thinned[-1] == points[-1]
    spec = charts.loss_curves(points, points, epochs=6).to_dict()
    assert sum(len(layer["data"]["values"]) for layer in spec["layer"]) <= 1004


def test_the_live_curve_shows_the_whole_plan_and_the_baseline_by_name():
    svg = charts.to_svg(charts.live_curve(LOOKS, epochs=6, baseline=("simple method", 0.84)))
    assert "simple method" in svg and ">6<" in svg


def test_the_matrix_can_be_sorted_by_size_name_and_confusion():
    confusion = {"labels": ["b", "a", "c"], "matrix": [[1, 0, 0], [0, 9, 1], [3, 0, 3]]}
    assert ordered(confusion, "size")[0] == ["a", "c", "b"]
    assert ordered(confusion, "name")[0] == ["a", "b", "c"]
    assert ordered(confusion, "confusion")[0] == ["c", "b", "a"]
    assert ordered(confusion, "name")[1] == [[9, 0, 1], [0, 1, 0], [0, 3, 3]]


def test_classes_that_differ_by_spaces_at_their_ends_look_different():
    labels = ["Billing", "Billing ", "Delivery"]
    svg = charts.to_svg(charts.confusion_matrix(MATRIX, labels))
    assert svg.count(">Billing</text>") == svg.count(">“Billing·”</text>") == 2
    rows = values(charts.confusion_matrix(MATRIX, labels))
    assert {(row["true"], row["was"]) for row in rows} >= {("Billing ", "“Billing·”"), ("Billing", "Billing")}
    assert "“Billing·”" in charts.to_svg(charts.answer_bars([("Billing ", 0.6), ("Billing", 0.4)]))


def test_no_class_loses_its_name_in_an_exported_matrix():
    labels = [f"a class with a long name {i:02}" for i in range(60)]
    svg = charts.to_svg(charts.confusion_matrix(np.eye(60, dtype=int).tolist(), labels), width=600)
    assert svg.count("a class with") >= 2 * len(labels)


def test_names_of_lines_stand_over_their_ends_each_on_a_line_of_its_own():
    assert lifted([100.0, 20.0]) == [12, 12]
    assert lifted([4.0, 4.0]) == [12, 28]
    assert lifted([30.0, 20.0]) == [18, 12]


def test_the_live_curve_draws_the_training_score_where_it_is_known():
    points = [{**look, "training": score} for look, score in zip(LOOKS, [None, *[0.9] * 20], strict=False)]
    drawn = charts.live_curve(points, epochs=6, baseline=("simple method", 0.84))
    assert "right on what it learns from: 90.0%" in charts.to_svg(drawn)
    assert "what it learns from" not in charts.to_svg(charts.live_curve(LOOKS, epochs=6))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_answers_about_as_many_classes_differ_in_their_rows_only(theme):
    here, there = [("Billing", 0.9), ("Praise", 0.1)], [("a", 0.5), ("b ", 0.5)]
    first = charts.answer_bars(here, dict(here), theme=theme).to_dict()
    second = charts.answer_bars(there, dict(there), theme=theme).to_dict()
    assert first["data"]["values"] == charts.answer_rows(here, dict(here), theme=theme)
    assert {**first, "data": second["data"]} == second


def test_names_beside_a_pinned_answer_keep_their_order_and_do_not_meet():
    places = spread([4.0, 66.0, 70.0], gap=17, bottom=72)
    assert places == [4.0, 55.0, 72.0]
    assert spread([70.0, 71.0], gap=17, bottom=72) == [55.0, 72.0]


def test_a_pinned_answer_names_its_classes_with_what_they_have_now():
    svg = charts.to_svg(charts.answer_over_time(PINNED))
    assert ">90% Billing<" in svg and ">10% Praise<" in svg
    assert "Billing" in charts.to_svg(charts.answer_over_time(PINNED[:1])), "one look is a dot"


@pytest.mark.parametrize("looks", [1, 3])
def test_a_pinned_answer_that_is_certain_is_read_whole_and_not_called_so(looks):
    sure = [{"epoch": float(n), "shares": {"spam": 1.0, "ham": 0.0}} for n in range(looks)]
    svg = charts.to_svg(charts.answer_over_time(sure), width=300)
    assert ">&gt;99.9% spam<" in svg and ">&lt;0.1% ham<" in svg


def test_beside_a_pinned_answer_a_long_class_loses_its_end_and_never_its_number():
    shares = {"Returned_cheque_charge_fee_inquiry_of_a_customer": 0.64, "b": 0.36}
    svg = charts.to_svg(charts.answer_over_time([{"epoch": 1.0, "shares": shares}]), width=300)
    assert ">64% Returned" in svg and "…<" in svg and ">36% b<" in svg


def test_precision_and_recall_stand_on_their_lines():
    svg = charts.to_svg(charts.precision_and_recall(BOTH, epochs=6))
    assert "(precision)" in svg and "(recall)" in svg


def test_the_worst_pairs_come_first():
    pairs = most_confused({"labels": LABELS, "matrix": MATRIX})
    assert [(pair.true, pair.predicted, pair.rows) for pair in pairs[:2]] == [
        ("Complaint", "Delivery", 6),
        ("Complaint", "Billing", 4),
    ]
    assert pairs[0].share == 6 / 52
    assert most_confused({"labels": LABELS, "matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}) == []


def test_charts_need_no_torch():
    code = "import sys, sft_core.charts; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_picture_has_room_for_whole_names():
    labels = ["balance_not_updated_after_bank_transfer", "other"]
    whole = f">{labels[0]}</text>"
    assert whole in charts.to_svg(charts.confusion_matrix([[1, 0], [0, 1]], labels, room=260))
    assert whole not in charts.to_svg(charts.confusion_matrix([[1, 0], [0, 1]], labels))
