"""Where the sample lies."""

from pathlib import Path

FOLDER = Path(__file__).parent


def sample_files() -> dict[str, Path]:
    """The files of the sample: `train` to learn from, `next_month` to try the model on later."""
    return {"train": FOLDER / "messages.csv", "next_month": FOLDER / "next_month.csv"}
