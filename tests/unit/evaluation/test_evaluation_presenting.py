"""What is shown on a projector: the classes that are mixed up most, the rows that show most, charts drawn larger."""

from itertools import pairwise

import pandas as pd
import pytest

from sft_core import charts
from sft_core.evaluation.enlarging import enlarged
from sft_core.evaluation.examples import least_sure, surest_right, surest_wrong
from sft_core.evaluation.matrix import mistakes, mixed_up_most
from sft_core.evaluation.predictions import Predictions, our_names

CONFUSION = {
    "labels": ["a", "b", "c", "d"],
    "matrix": [[9, 0, 1, 0], [0, 20, 0, 0], [5, 0, 4, 0], [0, 2, 0, 8]],
}


def test_the_classes_of_the_worst_pairs_stand_together() -> None:
    assert mixed_up_most(CONFUSION, 2) == {"labels": ["c", "a"], "matrix": [[4, 5], [1, 9]]}
    assert mixed_up_most(CONFUSION, 3)["labels"] == ["c", "a", "b"]  # the next pair has no room: the largest class


def test_few_classes_stand_there_as_a_whole_the_largest_first() -> None:
    whole = mixed_up_most(CONFUSION, 4)
    assert whole["labels"] == ["b", "a", "d", "c"]
    assert mistakes(whole) == mistakes(CONFUSION) == 8
    assert mistakes(mixed_up_most(CONFUSION, 2)) == 6


def test_without_mistakes_the_largest_classes_are_shown() -> None:
    right = {"labels": ["a", "b", "c"], "matrix": [[1, 0, 0], [0, 3, 0], [0, 0, 2]]}
    assert mixed_up_most(right, 2) == {"labels": ["b", "c"], "matrix": [[3, 0], [0, 2]]}


def answered(rows: list[tuple[str, str, float]]) -> Predictions:
    """Rows as (true, said, how sure)."""
    labels = ["a", "b"]
    names = our_names(["text"], labels)
    table = pd.DataFrame(
        {
            names.row: range(len(rows)),
            "text": [f"row {place}" for place in range(len(rows))],
            names.true: [true for true, _, _ in rows],
            names.prediction: [said for _, said, _ in rows],
            names.confidence: [sure for _, _, sure in rows],
        }
    )
    return Predictions(table, labels, names)


ROWS = answered([("a", "a", 0.9), ("a", "a", 0.99), ("b", "b", 0.7), ("a", "b", 0.8), ("b", "a", 0.95)])


def test_the_surest_right_answers_begin_with_one_of_each_class() -> None:
    assert list(surest_right(ROWS)["row"]) == [1, 2, 0]


def test_the_surest_wrong_answers_come_first() -> None:
    assert list(surest_wrong(ROWS)["row"]) == [4, 3]


def test_rows_that_the_model_has_met_are_never_shown() -> None:
    assert list(surest_right(ROWS, [1])["row"]) == [0, 2]
    assert list(surest_wrong(ROWS, [4, 3])["row"]) == []


def test_without_labels_all_answers_count_by_how_sure_they_are() -> None:
    found = answered([("", "a", 0.5), ("", "b", 0.9)])
    assert list(surest_right(found)["row"]) == [1, 0]
    assert list(least_sure(found)["row"]) == [0, 1]


def test_a_chart_grows_and_its_data_and_width_stay() -> None:
    small = charts.confusion_matrix([[3, 1], [0, 2]], ["A", "B"]).to_dict()
    large = enlarged(small, 2)
    assert large["height"] == 2 * small["height"]
    assert large["config"]["axis"]["labelFontSize"] == 24
    assert large["config"]["axis"]["maxExtent"] == 400  # names beside an axis keep clear of its title
    assert large["layer"][1]["mark"]["fontSize"] == 2 * small["layer"][1]["mark"]["fontSize"]
    assert large["width"] == small["width"] == "container"
    assert large["data"] == small["data"]
    assert large["layer"][0]["encoding"]["x"]["scale"] == small["layer"][0]["encoding"]["x"]["scale"]


def test_names_across_lean_at_the_same_proportions() -> None:
    large = enlarged(charts.confusion_matrix([[3, 1], [0, 2]], ["A", "B"]).to_dict(), 2)
    angle = large["layer"][0]["encoding"]["x"]["axis"]["labelAngle"]["expr"]
    assert angle == "width / 2 < 28 ? -40 : 0"


@pytest.mark.parametrize("factor", [1.2, 2.35, 3.5])
def test_dots_grow_by_area(factor: float) -> None:
    bars = charts.intervals([{"title": "x", "value": 0.5, "low": 0.4, "high": 0.6, "ours": True}]).to_dict()
    dots = [enlarged(bars, size)["layer"][1]["mark"]["size"] for size in (1, factor)]
    assert dots[1] == pytest.approx(dots[0] * factor**2, rel=0.01)
    assert all(small < large for small, large in pairwise(dots))
