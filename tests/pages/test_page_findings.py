"""Every kind of finding in Prepare: its card, its rows, its button, what the button did, and the way back."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from pages_words import words_of
from streamlit.testing.v1 import AppTest

from sft_core.config import Roles
from sft_core.data.findings.finding import Material
from sft_core.data.importing import import_files
from sft_core.data.kinds.text import TEXT
from sft_core.data.store import DatasetStore
from sft_core.workspace import Workspace

ROLES = Roles(text=("text",), label="label")
PLAIN = [(f"This is about the order {n} that I have not received.", ("Billing", "Delivery")[n % 2]) for n in range(40)]
GERMAN = "Ich habe das Paket nicht und auch noch keine Antwort"

Rows = list[tuple[str, str]]
Bring = Callable[..., tuple[AppTest, DatasetStore, str]]


class Flaw(NamedTuple):
    """Rows with one thing wrong, beside the plain ones: who finds it, what its card says, and what its button does."""

    check: str
    rows: Rows
    said: str
    button: str
    left: Rows


FLAWS = [
    Flaw(
        "empty rows",
        [("", "Billing"), ("a text without its class", "")],
        "1 row has no text and 1 row has no label",
        "Drop empty rows",
        [],
    ),
    Flaw(
        "spellings of class names",
        [(f"another question {n}", "billing") for n in range(5)],
        "One class is written in several ways: “Billing” also as “billing”",
        "Write all as Billing",
        [(f"another question {n}", "Billing") for n in range(5)],
    ),
    Flaw(
        "contradictions",
        [("which one is it", "Billing"), ("Which one is it?", "Delivery")],
        "2 rows have the same text as another row, but another class",
        "Resolve contradictions",
        [],
    ),
    Flaw("duplicates", [PLAIN[0]], "1 row repeats an earlier row letter by letter", "Drop duplicates", []),
    Flaw(
        "near copies",
        [(PLAIN[0][0].upper() + "!", "Billing")],
        "1 row repeats an earlier row but for capitals, spaces or sentence marks",
        "Drop near copies",
        [],
    ),
    Flaw(
        "HTML crumbs",
        [("Hello<br>you &amp; me", "Billing"), ("a bell\x07 here", "Billing")],
        "2 rows hold HTML crumbs",
        "Remove HTML crumbs",
        [("Hello you & me", "Billing"), ("a bell here", "Billing")],
    ),
    Flaw(
        "broken letters",
        [("Das ist schÃ¶n", "Billing")],
        "1 row has broken letters",
        "Repair broken letters",
        [("Das ist schön", "Billing")],
    ),
    Flaw(
        "rare classes",
        [("one thing", "Other"), ("two things", "Other")],
        "1 class has fewer than 5 rows: Other",
        "Drop rare classes",
        [],
    ),
    Flaw(
        "very short texts",
        [("ok", "Billing"), ("?", "Billing")],
        "2 rows have a text of fewer than 3 characters",
        "Drop very short texts",
        [],
    ),
    Flaw(
        "very long texts",
        [("long text " * 200, "Billing")],
        "1 row has a text of more than 1,000 characters",
        "Drop very long texts",
        [],
    ),
    Flaw("languages", [(GERMAN, "Delivery")], "1 row seems to be in another language", "Drop rows", []),
]
ONLY_SHOWN = [
    ("empty rows", {"test": [*PLAIN[:2], ("", "Billing")]}, "1 row has no text", [("test", 2)]),
    (
        "languages",
        {"train": [(f"{GERMAN}, Nummer {n}", "Delivery") for n in range(4)]},
        "4 rows seem to be in another language than the rest",
        [("train", n) for n in range(40, 44)],
    ),
]


@pytest.fixture
def bring(open_page: Callable[..., AppTest], workspace: Workspace, tmp_path: Path) -> Bring:
    """Prepare with a dataset of the plain rows and some more."""

    def open_(more: Rows, test: Rows | None = None) -> tuple[AppTest, DatasetStore, str]:
        files = {"train": [*PLAIN, *more], **({"test": test} if test else {})}
        for name, rows in files.items():
            pd.DataFrame(rows, columns=["text", "label"]).to_csv(tmp_path / f"{name}.csv", index=False)
        paths = {name: tmp_path / f"{name}.csv" for name in files}
        dataset = import_files(workspace, "Flawed", paths, roles=ROLES)
        return open_page("prepare.py", dataset=dataset), DatasetStore(workspace), dataset

    return open_


def rows_of(kept: DatasetStore, dataset: str) -> Rows:
    table = kept.read_rows(dataset)
    return list(zip(table["text"], table["label"], strict=True))


def finders(kept: DatasetStore, dataset: str) -> list[str]:
    """Which checks of the registry find something in the rows as they stand."""
    material = Material(kept.read_rows(dataset), ROLES)
    places = {name: place.split(":") for name, place in TEXT.checks.items()}
    return [name for name, (module, check) in places.items() if getattr(import_module(module), check)(material)]


def spoken(app: AppTest) -> str:
    return words_of(app).replace("\\", "")


def buttons(app: AppTest, start: str) -> list[str]:
    """The labels of the buttons whose key begins so."""
    return [one.label.replace("\\", "") for one in app.button if str(one.key).startswith(start)]


def press(app: AppTest, start: str) -> AppTest:
    """Press the only button whose key begins so."""
    (one,) = [one for one in app.button if str(one.key).startswith(start)]
    one.click().run()
    assert not app.exception and not app.error
    return app


def shown_rows(app: AppTest) -> pd.DataFrame:
    """The rows in the dialog of a finding."""
    return next(frame.value for frame in app.dataframe if "_row" in frame.value.columns)


def test_every_check_of_the_registry_has_its_flaw_here() -> None:
    assert [flaw.check for flaw in FLAWS] == list(TEXT.checks)


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.check)
def test_the_button_of_a_finding_mends_its_rows_and_undo_brings_them_back(bring: Bring, flaw: Flaw) -> None:
    app, kept, dataset = bring(flaw.rows)
    assert finders(kept, dataset) == [flaw.check]
    assert flaw.said in spoken(app) and buttons(app, "fix_") == [flaw.button]
    press(app, "fix_")
    assert kept.get(dataset).current == 1
    assert rows_of(kept, dataset) == [*PLAIN, *flaw.left]
    assert "Nothing that needs a hand" in spoken(app) and buttons(app, "fix_") == []
    press(app, "undo_")
    assert rows_of(kept, dataset) == [*PLAIN, *flaw.rows]
    assert flaw.said in spoken(app)


@pytest.mark.parametrize(("check", "files", "said", "places"), ONLY_SHOWN, ids=["empty rows", "languages"])
def test_a_finding_that_no_button_mends_says_what_it_is_and_shows_its_rows(
    bring: Bring, check: str, files: dict[str, Rows], said: str, places: list[tuple[str, int]]
) -> None:
    app, kept, dataset = bring(files.get("train", []), files.get("test"))
    assert finders(kept, dataset) == [check]
    assert said in spoken(app) and buttons(app, "fix_") == []
    press(app, "look_")
    shown = shown_rows(app)
    assert list(zip(shown["_source"], shown["_row"] - 1, strict=True)) == places  # shown from 1, kept from 0
    assert buttons(app, "fix_") == [] and "What the button does" not in spoken(app)


def test_the_rows_of_a_finding_stand_beside_what_its_button_makes_of_them(bring: Bring) -> None:
    app, kept, dataset = bring([("Hello<br>you", "Billing"), ("more &amp; more", "Delivery")])
    press(app, "look_")
    assert list(shown_rows(app)["text"]) == ["Hello<br>you", "more &amp; more"]
    effect = next(frame.value for frame in app.dataframe if "after" in frame.value.columns)
    assert list(effect["after"]) == ["Hello you", "more & more"]
    assert "**What the button does:** 2 rows changed." in spoken(app)
    next(one for one in app.button if str(one.key).startswith("look_")).click()  # or AppTest closes the dialog
    press(app, "fix_from_dialog")
    assert rows_of(kept, dataset) == [*PLAIN, ("Hello you", "Billing"), ("more & more", "Delivery")]


def test_contradictions_can_also_be_left_out_altogether(bring: Bring) -> None:
    said = [("which one is it", "Billing"), ("Which one is it?", "Delivery"), ("which one is it", "Delivery")]
    app, kept, dataset = bring(said)
    next(one for one in app.button if str(one.key).startswith("look_")).click().run()
    next(one for one in app.button if str(one.key).startswith("look_")).click()  # or AppTest closes the dialog
    press(app, "fix_other_way")
    assert rows_of(kept, dataset) == PLAIN
    assert "Rows that contradict each other dropped" in spoken(app)


def test_spaces_around_a_class_are_shown_and_one_kind_of_crumbs_is_not_counted_twice(bring: Bring) -> None:
    rows = [(f"another question {n}", "Billing ") for n in range(5)] + [("Hello<br>you", "Billing")]
    app, _kept, _dataset = bring(rows)
    said = spoken(app)
    assert "“Billing” also as “Billing·”" in said
    assert "1 row holds HTML crumbs such as <br> or &amp;" in said and "(1)" not in said
    next(one for one in app.button if one.label == "Write all as Billing").click().run()
    assert "“Billing·” renamed to “Billing”" in spoken(app)


def test_rows_without_label_only_are_not_called_empty(bring: Bring) -> None:
    app, _kept, _dataset = bring([("a text without its class", ""), ("another one", "")])
    assert "2 rows have no label" in spoken(app) and "no text" not in spoken(app)
