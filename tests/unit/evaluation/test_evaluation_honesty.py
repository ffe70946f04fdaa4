"""What of a test was not new to the model, said with the number of test rows, in the report and in the verdict."""

from evaluation_cases import report

from sft_core.evaluation.honesty import doubts
from sft_core.evaluation.verdict import verdict

WORDS = ("message", "messages")
NONE = {"duplicates_across_splits": 0, "test_rows_met": 0, "groups_across_splits": 0, "test_rows_of_met_groups": 0}


def doubted(**audit: object) -> list[str]:
    return doubts({"rows": {"test": 60}, "audit": {**NONE, **audit}}, WORDS)


def test_an_honest_test_leaves_no_doubt() -> None:
    assert doubted() == doubts({}) == doubts({"audit": {"duplicates_across_splits": None}}) == []


def test_test_rows_are_counted_and_no_others() -> None:
    (said,) = doubted(duplicates_across_splits=142, test_rows_met=31)
    assert said.startswith("31 of the 60 messages in the test also stood in training or validation, so the score is")
    (said,) = doubted(duplicates_across_splits=4)
    assert said.startswith("Training and validation share messages") and "4" not in said


def test_groups_are_said_too() -> None:
    (said,) = doubted(groups_across_splits=13, test_rows_of_met_groups=58)
    assert said.startswith("58 of the 60 messages in the test belong to a group that also lay in training")
    (said,) = doubted(groups_across_splits=1)
    assert said.startswith("1 group lies on more than one side.")


def test_a_report_of_an_older_version_names_no_number_of_test_rows() -> None:
    (said,) = doubts({"rows": {"test": 60}, "audit": {"duplicates_across_splits": 142}}, WORDS)
    assert said.startswith("142 messages have the same text as one on another side")


def test_rows_that_a_later_file_shares_are_no_doubt_since_they_are_left_out() -> None:
    assert (
        doubts({"rows": {"test": 60}, "audit": {"duplicates_across_splits": 3}, "test_file": {"seen_rows": [1]}}) == []
    )


def test_the_report_warns_of_it_first_and_the_verdict_does_not_call_the_rows_new() -> None:
    found = report(audit={**NONE, "duplicates_across_splits": 240, "test_rows_met": 120})
    assert found["warnings"][0].startswith("120 of the 200 rows in the test also stood in training")
    for said in (verdict(found, WORDS).detail, str(verdict(found, WORDS))):
        assert "200 messages, of which it had met 120 before: the true rate is likely lower." in said
        assert "never seen" not in said
    assert "that it had never seen" in verdict(report(), WORDS).detail
