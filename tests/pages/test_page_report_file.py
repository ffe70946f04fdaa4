"""Taking the report home: figures only, unless somebody ticks that rows may stand in it."""

from evaluation_page import Open, later_file

from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.evaluation.predictions import read_predictions
from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace


def opened(open_page: Open, run: Job, *, ticked: bool = False) -> object:
    """The page with “Take home” open."""
    app = open_page("evaluation.py", run=run.id)
    app.session_state[f"take_own_{run.id}"] = True
    app.run()
    return app.checkbox(key=f"with_rows_own_{run.id}").set_value(ticked).run()


def test_it_says_what_stands_in_it(open_page: Open, run: Job) -> None:
    said = [one.value for one in opened(open_page, run).caption]
    assert any("figures only, none of the messages" in one for one in said)
    said = [one.value for one in opened(open_page, run, ticked=True).caption]
    assert any("word for word" in one and "names and whatever else is private are not" in one for one in said)


def test_rows_stand_in_it_only_when_that_was_ticked(open_page: Open, run: Job, component: Open) -> None:
    open_page("evaluation.py", run=run.id)
    report_file, answered = component("report_file"), component("answered")
    own = answered.own_test(component("work").as_run(run))
    wrong = list(read_predictions(RunFolder(run.folder).predictions).mistakes()["message"])
    plain, chosen = (report_file.told(own, with_rows=ticked) for ticked in (False, True))
    assert wrong and plain.examples == () and [one.text for one in chosen.examples] == wrong[:20]
    assert plain.tested and plain.own is None and plain.file == ""


def test_a_later_file_brings_its_own_name_and_the_runs_test(
    open_page: Open, run: Job, dataset: str, workspace: Workspace, component: Open
) -> None:
    job = later_file(workspace, run, dataset, labelled=True)
    open_page("evaluation.py", run=run.id)
    answered = component("answered")
    [later] = answered.later_files(component("work").as_run(run))
    found = component("report_file").told(later, with_rows=True)
    assert later.key == job.id and found.file == "later.csv" and found.own and found.examples


def test_what_was_done_in_prepare_is_told(
    open_page: Open, run: Job, dataset: str, workspace: Workspace, component: Open
) -> None:
    version = apply_step(DatasetStore(workspace), dataset, step("drop_rare_classes", least=3))
    config = read_json(RunFolder(run.folder).config)
    write_json(RunFolder(run.folder).config, {**config, "data": {**config["data"], "version": version}})
    open_page("evaluation.py", run=run.id)
    own = component("answered").own_test(component("work").as_run(run))
    assert component("report_file").told(own).changes == ("Classes with fewer than 3 rows dropped",)
