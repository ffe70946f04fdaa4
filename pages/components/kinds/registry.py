"""How each kind of input (text, image) is shown and asked for. A new kind needs its modules and a line in each list."""

from importlib import import_module
from types import ModuleType

from sft_core.config import Roles
from sft_core.data.kinds.registry import kind_of

# How rows are shown: a first look, the table, one row in a card, the examples of a finding.
ROWS = {"text": "components.kinds.rows_text", "image": "components.kinds.rows_image"}
# How Try it asks for something to answer, and shows what was asked.
ASKING = {"text": "components.kinds.asking_text", "image": "components.kinds.asking_image"}

# How answered rows are shown on Evaluate and Compare.
ANSWERS = {"text": "components.kinds.answers_text", "image": "components.kinds.answers_image"}
# What is asked before a training beside what matters most.
TRAINING = {"text": "components.kinds.training_text", "image": "components.kinds.training_image"}


def rows_of(roles: Roles) -> ModuleType:
    """The module that shows rows with these roles."""
    return import_module(ROWS[kind_of(roles).name])


def asking_of(roles: Roles) -> ModuleType:
    """The module that asks for an input of rows with these roles."""
    return import_module(ASKING[kind_of(roles).name])


def answers_of(roles: Roles) -> ModuleType:
    """The module that shows answered rows with these roles."""
    return import_module(ANSWERS[kind_of(roles).name])


def training_of(roles: Roles) -> ModuleType:
    """The module with what is asked before a training on rows with these roles."""
    return import_module(TRAINING[kind_of(roles).name])
