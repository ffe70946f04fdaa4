"""What the page tests share for pictures: the dataset and the run of `picture_runs`, and the walls of a page."""

import json
from typing import Any

from picture_runs import CLASSES as CLASSES
from picture_runs import TASK as TASK
from picture_runs import drawn as drawn
from picture_runs import pictures_dataset as pictures_dataset
from picture_runs import pictures_run as pictures_run
from picture_runs import write_zip as write_zip
from streamlit.testing.v1 import AppTest


def walls(app: AppTest) -> list[list[dict[str, Any]]]:
    """The tiles of each wall on the page."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(one.json)["tiles"] for one in protos if one.component_name == "tuneboard_picture_wall"]
