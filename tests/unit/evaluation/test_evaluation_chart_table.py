"""Behind each chart stands a table of what its marks tell."""

import pytest
from test_evaluation_charts import every_chart

from sft_core import charts
from sft_core.evaluation.chart_table import tables, written

LOOKS = [
    {"epoch": 0.0, "value": 0.84, "low": 0.8, "high": 0.87, "training": 0.9},
    {"epoch": 1.0, "value": 0.9, "low": 0.87, "high": 0.93},
]


def table_of(chart) -> list[dict[str, list[str]]]:
    return tables(chart.to_dict())


def test_every_chart_has_a_table_with_named_columns_and_rows_of_one_length():
    drawn = every_chart("light")
    assert len(drawn) == 11
    for name, chart in drawn.items():
        found = table_of(chart)
        assert found, name
        for columns in found:
            assert all(title.strip() for title in columns), name
            assert len({len(values) for values in columns.values()}) == 1, name
            assert next(iter(columns.values())), name


def test_the_matrix_says_what_it_was_what_it_said_and_how_often():
    (table,) = table_of(charts.confusion_matrix([[3, 1], [0, 4]], ["A", "B"]))
    assert list(zip(table["it really was"], table["it said"], table["how many"], strict=True)) == [
        ("A", "A", "3"),
        ("A", "B", "1"),
        ("B", "B", "4"),
    ]
    assert table["of this class"] == ["75.0%", "25.0%", "100.0%"]


def test_lines_over_the_same_passes_are_one_table_and_the_baseline_its_own():
    table, beside = table_of(charts.live_curve(LOOKS, epochs=2, baseline=("commonest class", 0.2)))
    assert table["after passes"] == ["0", "1"]
    assert table["right"] == ["84.0%", "90.0%"]
    assert table["right on what it learns from"] == ["90.0%", ""]
    assert beside == {"to compare with": ["commonest class"], "right": ["20.0%"]}


def test_both_losses_stand_beside_each_other_in_the_order_of_the_passes():
    training = [{"epoch": 0.5, "loss": 2.0}, {"epoch": 1.0, "loss": 1.5}]
    (table,) = table_of(charts.loss_curves(training, [{"epoch": 0, "loss": 3.0}, {"epoch": 1, "loss": 1.0}], epochs=2))
    assert table == {
        "after passes": ["0", "0.5", "1"],
        "what it learns from": ["", "2.000", "1.500"],
        "what it has not seen": ["3.000", "", "1.000"],
    }


def test_the_base_model_stands_beside_the_answer_to_each_class():
    (table,) = table_of(charts.answer_bars([("A", 0.9), ("B", 0.1)], {"A": 0.5}))
    assert table == {"class": ["A", "B"], "sure": ["90.0%", "10.0%"], "the base model": ["50.0%", ""]}


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [(1234, ",d", "1,234"), (0.125, ".1%", "12.5%"), (2.50, ".2~f", "2.5"), (None, ".1%", ""), ("A", "", "A")],
)
def test_values_are_written_as_tooltips_write_them(value, form, said):
    assert written(value, form) == said
