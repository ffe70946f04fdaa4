"""Every page once: file, name, icon and what it is for. Navigation, stepper and links read it from here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A page: `file` is relative to pages/, `path` its address."""

    file: str
    title: str
    icon: str
    path: str
    about: str


HOME = Place("home.py", "Home", ":material/home:", "home", "What there is, and the next thing to do.")

STEPS = (
    Place("data.py", "Data", ":material/table:", "data", "Bring a file, and see how it is read."),
    Place("prepare.py", "Prepare", ":material/cleaning_services:", "prepare", "Clean the rows and split them."),
    Place("model.py", "Model", ":material/deployed_code:", "model", "Choose the model to start from."),
    Place("training.py", "Train", ":material/model_training:", "train", "Start a run and watch it learn."),
    Place("evaluation.py", "Evaluate", ":material/fact_check:", "evaluate", "How good it is, and where it is wrong."),
    Place("try_it.py", "Try it", ":material/chat:", "try", "Show it something new and see the answer."),
)

WORKSPACE = (
    Place("compare.py", "Compare", ":material/compare_arrows:", "compare", "Two runs on the same rows."),
    Place("system.py", "System", ":material/memory:", "system", "This machine, its jobs and settings."),
)

NEED_A_CHOICE = tuple(step.file for step in STEPS if step.file != "data.py")


def file_of(path: str) -> str:
    """The file of the page with this address."""
    return next((place.file for place in (*STEPS, *WORKSPACE) if place.path == path), HOME.file)
