"""The one-file report: it says what the page says, fetches nothing, acts on nothing from data, and names nobody."""

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import yaml
from evaluation_cases import CONFIG, LABELS, answers, one_class, report, table

from sft_core.config import Roles, TrainingSettings, validated
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.class_words import FEW, on_sizes
from sft_core.evaluation.predictions import Predictions, answers_table, our_names
from sft_core.evaluation.shades import contrast
from sft_core.evaluation.sureness_words import off_by
from sft_core.evaluation.test_file import evaluate_on
from sft_core.evaluation.tuned_run import TunedRun
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import span
from sft_core.export.html_report import html_report
from sft_core.export.masking import EMAIL, IBAN, PHONE
from sft_core.export.report_examples import examples_of
from sft_core.export.report_sections import Told

WORDS = ("message", "messages")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "safe\u202etxt.exe",
    "{{ 7 * 7 }}{% raw %}",
    "</style><b>",
]


class Seen(HTMLParser):
    """All tags with their attributes, and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def said(self) -> str:
        """What a reader sees, without the marks that keep lines together."""
        return " ".join("".join(self.words).replace("\u2060", "").split())


@cache
def decent() -> dict[str, Any]:
    """A report of three classes."""
    return report()


def told(found: Mapping[str, Any] | None = None, *, drawn: bool = False, **changes: Any) -> Told:
    """What a report is made of; without its drawing, which takes a fifth of a second, where that is not asked for."""
    known = {**(found or decent())}
    if not drawn:
        known["calibration"] = {**known["calibration"], "bins": {}}
    values = {"name": "Messages", "report": known, "config": CONFIG, "words": WORDS}
    return Told(**{**values, "training": {"Billing": 300, "Complaint": 250, "Delivery": 150}, **changes})


def page(*args: Any, **changes: Any) -> str:
    return html_report(told(*args, **changes)).decode("utf-8")


def with_labels(labels: list[str], rows: int = 300) -> dict[str, Any]:
    """A report of as many classes, with these names."""
    test = answers(rows, labels=labels)
    names = {"tfidf_logreg": answers(rows, 1.2, labels=labels), "majority": one_class(test, 0)}
    return report(labels=labels, test=test, validation=answers(100, seed=1, labels=labels), baselines=names)


def predictions(texts: list[str]) -> Predictions:
    """Answers that are all wrong, and less and less sure."""
    rows = table(len(texts)).assign(message=texts)
    chances = np.array([[0.99 - 0.01 * place, 0.01 + 0.01 * place, 0.0] for place in range(len(texts))])
    whole = answers_table(rows, chances, LABELS, true=["Delivery"] * len(texts))
    return Predictions(whole, LABELS, our_names(["message"], LABELS))


def test_it_says_what_the_page_says() -> None:
    found = decent()
    shown, words = Seen(page(drawn=True)).said, verdict(found, WORDS)
    assert words.headline in shown and words.detail in shown
    assert f"likely {span(found['intervals']['test']['accuracy'])}%" in shown
    assert off_by(found["calibration"]) in shown
    for sentence in [*found["warnings"], *on_sizes(found["per_class"], WORDS)]:
        assert sentence in shown
    for name in ("messages.csv, version 2", "700 to learn from, 100 kept for checking, 200 kept back", "abc123"):
        assert name in shown
    assert "All settings" in shown and "Not missing one class: Billing" in shown


def test_every_class_stands_with_its_counts_and_small_ones_are_marked() -> None:
    shown = Seen(page(training={"Billing": 4711})).said
    small = [entry for entry in decent()["per_class"] if entry["support"] < FEW]
    assert "4,711" in shown and shown.count("few rows") == len(small)
    rare = {**decent(), "per_class": [{**entry, "support": 7} for entry in decent()["per_class"]]}
    assert Seen(page(rare)).said.count("few rows") == 3


def test_a_matrix_up_to_25_classes_and_beyond_the_pairs() -> None:
    few, many = (page(with_labels([f"kind {n}" for n in range(k)])) for k in (25, 26))
    assert 'class="matrix' in few and few.count('scope="col"') == 25
    assert 'class="matrix' not in many and many.count("</b> taken for <b>") == 25 and "other pairs" in many


def test_the_matrix_holds_the_counts_of_the_report() -> None:
    found = decent()
    cells = re.findall(r'<td class="(right|wrong)" style="[^"]*">([\d,]+)</td>', page(found))
    counts = [n for row in found["confusion"]["matrix"] for n in row if n]
    assert sorted(int(n.replace(",", "")) for _kind, n in cells) == sorted(counts)
    right = sum(found["confusion"]["matrix"][i][i] for i in range(3))
    assert sum(int(n) for kind, n in cells if kind == "right") == right


def test_every_number_of_the_matrix_can_be_read_on_its_colour() -> None:
    counts = [[100 - n if a == b else n * (b == (a + 1) % 3) for b in range(3)] for a, n in enumerate((0, 12, 55))]
    for share in range(0, 100, 7):
        counts[0] = [100 - share, share, 0]
        found = {**decent(), "confusion": {"labels": LABELS, "matrix": counts}}
        pairs = re.findall(r"background:(#\w{6});color:(#\w{6})", page(found))
        assert pairs and min(contrast(fill, shown) for fill, shown in pairs) >= 4.5


def test_the_same_evaluation_gives_the_same_bytes() -> None:
    found = predictions(["a", "b"])
    first, second = (html_report(told(drawn=True, examples=examples_of(found, ["message"]))) for _ in range(2))
    assert first == second


def test_nothing_is_fetched_and_nothing_runs() -> None:
    shown = page(drawn=True)
    seen = Seen(shown)
    assert "<svg" in shown.split("<footer>")[0].split("</header>")[1]
    assert not {"script", "img", "link", "iframe", "object", "base", "form", "a"} & {tag for tag, _ in seen.tags}
    assert not [name for _tag, given in seen.tags for name in given if name.startswith("on") or name in ("src", "href")]
    assert "://" not in shown and "url(" not in shown and "@import" not in shown
    policy = next(given["content"] for _tag, given in seen.tags if given.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_hostile_names_are_shown_and_do_nothing() -> None:
    plain = {tag for tag, _ in Seen(page(with_labels([f"kind {n}" for n in range(len(HOSTILE))]))).tags}
    config = {**CONFIG, "name": HOSTILE[0], "data": {**CONFIG["data"], "name": HOSTILE[1]}}
    config["roles"] = {"text": HOSTILE[:2], "label": HOSTILE[2]}
    config["model"] = {"name": HOSTILE[1]}
    examples = examples_of(predictions(HOSTILE), ["message"])
    found = with_labels(HOSTILE)
    found["warnings"] = [*found["warnings"], *HOSTILE]
    shown = page(found, config=config, name=HOSTILE[0], file=HOSTILE[1], changes=HOSTILE, examples=examples)
    seen = Seen(shown)
    assert {tag for tag, _ in seen.tags} <= plain | {"ol", "ul", "li", "p", "b"}
    assert not [name for _tag, given in seen.tags for name in given if name.startswith("on")]
    assert "\u202e" not in shown and "49" not in seen.said.split() and "“safe⍽txt.exe”" in seen.said
    assert "<script>alert(1)</script>" in seen.said  # as words


def test_rows_stand_in_it_only_when_chosen_and_masked() -> None:
    texts = ["Write to ann@example.com", "My IBAN is DE89 3704 0044 0532 0130 00", "Call 0170 1234567, order 4711"]
    found = predictions(texts)
    assert "example.com" not in page() and "Write to" not in page() and "a private sentence" not in page()
    shown = Seen(page(examples=examples_of(found, ["message"]))).said
    for expected in (f"Write to {EMAIL}", f"My IBAN is {IBAN}", f"Call {PHONE}, order 4711"):
        assert expected in shown
    assert "was Delivery, it said Billing · 99% sure · row 1" in shown
    assert not re.search("example.com|3704|1234567", shown)


def test_of_pictures_no_row_stands_in_it_even_if_somebody_asks() -> None:
    found = {**decent(), "task": "image-classification"}
    examples = examples_of(predictions(["a secret"]), ["message"])
    shown = Seen(page(found, words=("picture", "pictures"), examples=examples)).said
    assert "a secret" not in shown and "none of the pictures" in shown
    assert "On 200 pictures that it had never seen" in shown and "--task image-classification" in shown


def test_names_from_the_data_are_masked_as_well() -> None:
    shown = page(with_labels(["ann@example.com", "+49 170 1234567", "Other"]), name="DE89 3704 0044 0532 0130 00")
    assert not re.search("example.com|1234567|3704", shown) and EMAIL in shown and PHONE in shown and IBAN in shown


def test_figures_of_our_own_are_never_masked() -> None:
    assert not re.search(r"\[(e-mail|phone number|IBAN|card number)\]", page(with_labels([f"k{n}" for n in range(40)])))


def test_long_texts_are_cut_after_they_were_masked() -> None:
    text = "x" * 480 + " ann.berg@example.com " + "y" * 100_000
    [example] = examples_of(predictions([text]), ["message"])
    assert len(example.text) <= 500 and "ann" not in example.text and EMAIL in example.text


def test_the_surest_mistakes_come_first_and_met_rows_not_at_all() -> None:
    found = predictions([f"text {n}" for n in range(40)])
    assert [one.text for one in examples_of(found, ["message"], met=[0], most=3)] == ["text 1", "text 2", "text 3"]
    assert len(examples_of(found, ["message"])) == 20


def test_it_stays_small_with_very_many_and_very_long_classes() -> None:
    labels = [f"{n} " + "a long name & more " * 20 for n in range(600)]
    per_class = [{**decent()["per_class"][0], "label": label} for label in labels]
    matrix = [[9 * (a == b) + (a - b in (1, 5)) for b in range(len(labels))] for a in range(len(labels))]
    found = {**decent(), "labels": labels, "per_class": per_class, "confusion": {"labels": labels, "matrix": matrix}}
    assert len(html_report(told(found, training=dict.fromkeys(labels, 3)))) < 2_000_000


def test_a_model_of_no_use_is_called_so() -> None:
    found = report(test=one_class(answers(200), 1), baselines={"majority": one_class(answers(200), 0)})
    shown = Seen(page(found)).said
    assert verdict(found, WORDS).useless in shown and verdict(found, WORDS).advice in shown


@pytest.mark.parametrize("labelled", [True, False])
def test_a_later_file_stands_beside_the_runs_own_test(labelled: bool) -> None:
    own, rows = decent(), answers(60, seed=5)
    given = table(60, start=1000).assign(topic=rows.true if labelled else "")
    roles = Roles(text=("message",), label="topic")
    found = evaluate_on(TunedRun(own, {"Billing": 9}), given, roles, {}, frozenset(), rows.probabilities)
    shown = Seen(page(found, file="March.csv", own=own)).said
    assert "March.csv" in shown and "On its own test" in shown and verdict(found, WORDS).detail in shown
    assert ("Class by class" in shown) is labelled and ("How often it says each class" in shown) is not labelled
    assert "python -m sft_core evaluate" in shown


def test_a_run_of_which_little_is_known_has_a_report_too() -> None:
    bare = Answers(table(0), [], np.zeros((0, 3)))
    found = report(test=bare, validation=bare, baselines={})
    shown = Seen(page(found, config={}, training={})).said
    assert "No score yet" in shown and "Not known." in shown


def test_what_is_said_about_repeating_it_can_be_repeated() -> None:
    shown = page()
    text = re.findall(r"<pre>(.*?)</pre>", shown, re.DOTALL)
    values = yaml.safe_load(text[1])
    assert values.pop("preset") == "quick" and values.pop("model") == "bundled"
    assert validated(TrainingSettings, values).epochs == 3
    assert "/home/someone" not in shown and "--text message" in text[0] and "--label topic" in text[0]


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"method": "random", "test_share": 0.2, "validation_share": 0.1, "seed": 7}, False),
        ({"method": "column", "test_share": 0.2, "validation_share": 0.1, "seed": 0}, False),
        ({"method": "random", "test_share": 0.3, "validation_share": 0.1, "seed": 0}, True),
        ({"method": "time", "test_share": 0.2, "validation_share": 0.1, "seed": 0}, True),
        ({"method": "as prepared"}, True),
    ],
)
def test_a_split_that_the_command_cannot_make_is_said_to_be_one(split: dict[str, Any], said: bool) -> None:
    shown = page(config={**CONFIG, "data": {**CONFIG["data"], "split": split}})
    assert ("make the split in Prepare" in shown) is said
    assert ("--split-seed 7" in shown) is (split.get("seed") == 7)
