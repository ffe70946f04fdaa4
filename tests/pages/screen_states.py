"""Every page in many states, drawn once, with all that it says: for tests that judge the words on the screens."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import screen_words
from arriving import arrive
from evaluation_page import later_file
from once_imported import Importer
from picture_data import signs
from picture_pages import drawn, pictures_dataset, pictures_run
from reading_here import read_here
from run_material import finish_run, finished_run, labels_of, set_state, submit_run, tell_progress, write_config
from screen_words import Said
from streamlit.testing.v1 import AppTest
from test_page_findings import FLAWS, PLAIN
from test_page_try_it import Oracle
from test_page_try_pictures import Eye

from sft_core.config import Roles
from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.jobs.verdicts import judge
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace, open_workspace

PAGES = Path(__file__).resolve().parents[2] / "pages"
ALL = ("home", "data", "prepare", "model", "training", "evaluation", "try_it", "compare", "system")
TOPICS = [
    (f"{label}: the {word} number {n}", label)
    for n in range(12)
    for label, word in (("Billing", "invoice"), ("Delivery", "parcel"), ("Praise", "thanks"))
]
Screens = dict[str, list[Said]]
Visit = Callable[["Tour"], None]


class Tour:
    """Opens pages in states, and notes all that they say."""

    def __init__(self, folder: Path, import_once: Importer, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.import_once, self.patch = folder, import_once, patch
        self.screens: Screens = {}
        self.workspace: Workspace
        patch.syspath_prepend(str(PAGES))
        patch.setattr(store, "ensure_supervisor", lambda _workspace: None)
        read_here(patch)

    def home(self, name: str) -> Workspace:
        """A workspace of its own, which the pages show from now on."""
        self.patch.setenv("TUNEBOARD_HOME", str(self.folder / name))
        self.workspace = open_workspace()
        return self.workspace

    def dataset(self, lines: Sequence[tuple[str, str]], name: str = "Messages") -> str:
        """The id of a dataset of these texts and labels."""
        path = self.folder / f"{name}.csv"
        pd.DataFrame(lines, columns=["message", "topic"]).to_csv(path, index=False)
        return self.import_once(self.workspace, name, path, Roles(text=("message",), label="topic"))

    def component(self, name: str) -> Any:
        """A module of pages/components."""
        return import_module(f"components.{name}")

    def open(self, state: str, page: str, session: dict[str, Any] | None = None, **address: str) -> AppTest:
        """A page at an address, with values in its session."""
        app = AppTest.from_file(str(PAGES / "main.py"), default_timeout=120)
        for name, value in address.items():
            app.query_params[name] = value
        for name, value in (session or {}).items():
            app.session_state[name] = value
        app.run()
        return self.note(state, app if page == "home" else app.switch_page(f"{page}.py").run())

    def note(self, state: str, app: AppTest) -> AppTest:
        """What the page says in its present state."""
        assert not app.exception, (state, app.exception)
        assert state not in self.screens, state
        self.screens[state] = screen_words.said_on(app)
        return app


def pressed(app: AppTest, start: str) -> AppTest:
    """The page after a click on the first button whose key begins so."""
    return next(one for one in app.button if str(one.key).startswith(start)).click().run()


def empty(tour: Tour) -> None:
    """Nothing is there yet; and the glossary."""
    tour.home("empty")
    for page in ALL:
        tour.open(f"{page}, empty", page)
    tour.open("home, an address that leads nowhere", "evaluation", run="0" * 12)
    tour.note("home, the words", pressed(tour.open("home, before the words", "home"), "words"))


def brought(tour: Tour) -> None:
    """Files of many kinds, before they are taken."""
    tour.home("brought")
    files = {
        "two columns": "message,topic\n" + "".join(f"the parcel {n},{'ab'[n % 2]}\n" for n in range(30)),
        "no labels": "message\n" + "".join(f"the parcel {n} came late\n" for n in range(30)),
        "numbers as labels": "text,score\n" + "".join(f"the text {n},{n * 1.37:.2f}\n" for n in range(300)),
        "broken": '[{"text": "a"',
        "broken lines": '{"text": "a b", "label": "x"}\n{"text": \n[1]\n' + '{"text": "c d", "label": "y"}\n' * 20,
        "old letters": "text,label\n" + "Das Gerät fällt aus,a\nGrüße und Küsse,b\n" * 20,
    }
    for name, content in files.items():
        app = tour.open(f"data, {name} asked for", "data", new="data")
        ending = "json" if content.startswith("[") else "jsonl" if content.startswith("{") else "csv"
        coded = content.encode("cp1252" if name == "old letters" else "utf-8")
        tour.note(f"data, {name}", arrive(app, "upload_train", f"file.{ending}", coded))


def prepared(tour: Tour) -> None:
    """Rows with every flaw that there is a check for, a split, and changes made."""
    tour.home("prepared")
    flawed = tour.dataset([*PLAIN, *(row for flaw in FLAWS for row in flaw.rows)], "Flawed")
    app = tour.open("prepare, all flaws", "prepare", dataset=flawed)
    tour.note("prepare, rows of a finding", pressed(app, "look_"))
    tour.open("prepare, finding and editing", "prepare", {"find_and_edit": True}, dataset=flawed)
    tour.open("data, flawed", "data", dataset=flawed)
    tour.open("training, flawed", "training", dataset=flawed)
    kept = DatasetStore(tour.workspace)
    apply_step(kept, flawed, step("drop_duplicates"))
    apply_step(kept, flawed, step("set_split"))
    tour.open("prepare, changed and split", "prepare", dataset=flawed)
    tour.open("home, changed and split", "home", dataset=flawed)


def trained(tour: Tour) -> None:
    """A run in every state, from the form to the result."""
    workspace, dataset = tour.home("trained"), tour.dataset(TOPICS)
    tour.open("training, the form", "training", dataset=dataset)
    opened = {"all_settings": True, "settings_as_text": True}
    tour.open("training, all settings", "training", opened, dataset=dataset)
    tour.open("model", "model", dataset=dataset)

    def shown(state: str, job: Job, **session: Any) -> None:
        tour.open(f"training, {state}", "training", session or None, dataset=dataset, run=job.id)

    job = submit_run(workspace, dataset, "queued")
    shown("queued", job)
    set_state(workspace, job, "running")
    write_config(workspace, job, dataset)
    shown("getting ready", job)
    tell_progress(workspace, job, dataset, looks=0)
    shown("simple methods", job)
    tell_progress(workspace, job, dataset)
    shown("learning", job)
    shown("loss", job, **{f"curves_{job.id}": "Loss"})
    shown("precision", job, **{f"curves_{job.id}": "Precision, recall"})
    shown("details", job, **{f"details_{job.id}": True})
    tour.open("training, on a phone", "training", {"screen_is_narrow": True}, dataset=dataset, run=job.id)
    tour.open("system, at work", "system", dataset=dataset)
    tour.open("home, at work", "home", dataset=dataset)
    for state, outcome in _ends(job).items():
        set_state(workspace, job, outcome.state, outcome.message, outcome.hint)
        shown(state, job)
    finish_run(workspace, job, dataset)
    shown("finished", job)


def _ends(job: Job) -> dict[str, Any]:
    """All ways in which a run may end without a result of its own."""
    codes = {f"failed {code}": judge(job, code, asked_to_stop=False) for code in (1, -9, -11, -15)}
    return {"stopped": judge(job, -15, asked_to_stop=True), "lost": judge(job, None, asked_to_stop=False), **codes}


def judged(tour: Tour) -> None:
    """A finished run: its result, later files, questions, a comparison, the machine."""
    workspace, dataset = tour.home("judged"), tour.dataset(TOPICS)
    run = finished_run(workspace, dataset)
    tour.open("compare, one run", "compare", dataset=dataset)
    other = submit_run(workspace, dataset, "running", name="Other")
    write_config(workspace, other, dataset)
    tell_progress(workspace, other, dataset)
    finish_run(workspace, other, dataset, right=0.1)
    mended = {**read_json(RunFolder(run.folder).report), "threshold": 0.9}
    write_json(RunFolder(run.folder).report, mended)
    for job in (run, other):
        RunFolder(job.folder).model.mkdir()
    open_all = {f"take_own_{run.id}": True, f"matrix_table_own_{run.id}": True}
    tour.open("evaluation", "evaluation", run=run.id)
    tour.open("evaluation, all open", "evaluation", open_all, run=run.id)
    tour.open("evaluation, on a phone", "evaluation", {"screen_is_narrow": True}, run=run.id)
    tour.open("evaluation, presented", "evaluation", run=run.id, present="1")
    tour.open("training, replayed", "training", run=run.id, replay="1")
    tour.open("evaluation, of no use", "evaluation", run=other.id)
    tour.open("compare", "compare", first=run.id, second=other.id)
    for labelled in (True, False):
        later = later_file(workspace, run, dataset, labelled=labelled)
        named = "with labels" if labelled else "without labels"
        tour.open(f"evaluation, a later file {named}", "evaluation", run=run.id, answers=later.id)
    app = tour.open("evaluation, a later file asked for", "evaluation", run=run.id, test_file="new")
    table = b"text,Category\na question about an invoice,Biling\nwhere is it,Delivery\nback with it,Returns\n"
    tour.note("evaluation, a later file brought", arrive(app, "later_file", "later.csv", table))
    _asked(tour, run, labels_of(workspace, dataset))
    tour.open("home, with results", "home", {"trash": True}, run=run.id)
    store.delete(workspace, other.id)
    tour.open("system, with a trash", "system", {"system_details": True})


def _asked(tour: Tour, run: Job, labels: list[str]) -> None:
    tour.patch.setattr(tour.component("try_asking"), "InferenceClient", Oracle)
    tour.patch.setattr(Oracle, "labels", labels)
    app = tour.open("try it", "try_it", run=run.id)
    for state, text in {"sure": "a billing question", "unsure": "nicht " * 300}.items():
        next(one for one in app.text_area if one.key == "try_text_0").set_value(text)
        tour.note(f"try it, {state}", next(one for one in app.button if one.label == "Ask").click().run())
    tour.patch.setattr(Oracle, "broken", True)
    app.text_area[0].set_value("another one")
    tour.note("try it, broken", next(one for one in app.button if one.label == "Ask").click().run())


def pictured(tour: Tour) -> None:
    """The same with pictures."""
    workspace = tour.home("pictured")
    flawed = tour.import_once(workspace, "Signs", signs(tour.folder / "signs.zip"))
    for page in ("data", "prepare", "model", "training"):
        tour.open(f"{page}, pictures", page, dataset=flawed)
    tour.open("training, settings for pictures", "training", {"all_settings": True}, dataset=flawed)
    run = pictures_run(workspace, pictures_dataset(workspace, tour.folder, tour.import_once))
    tour.open("evaluation, pictures", "evaluation", run=run.id)
    tour.open("training, a run of pictures", "training", run=run.id)
    tour.patch.setattr(tour.component("try_asking"), "InferenceClient", Eye)
    app = tour.open("try it, pictures", "try_it", run=run.id)
    oak = ("oak.png", drawn("leaf", 7), "image/png")
    tour.note("try it, a picture", app.file_uploader[0].set_value([oak]).run())


VISITS: tuple[Visit, ...] = (empty, brought, prepared, trained, judged, pictured)


def walked(folder: Path, import_once: Importer) -> Screens:
    """All screens: what each says."""
    with pytest.MonkeyPatch.context() as patch:
        tour = Tour(folder, import_once, patch)
        for visit in VISITS:
            visit(tour)
        return tour.screens
