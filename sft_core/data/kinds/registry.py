"""The kinds of input that there are. A new kind needs its module and one line here."""

from importlib import import_module

from sft_core.config import Roles
from sft_core.data.kinds.kind import InputKind

KINDS = {"text": "sft_core.data.kinds.text:TEXT", "image": "sft_core.data.kinds.image:IMAGE"}


def get_kind(name: str) -> InputKind:
    """The kind of this name."""
    module, attribute = KINDS[name].split(":")
    kind: InputKind = getattr(import_module(module), attribute)
    return kind


def kind_of(roles: Roles) -> InputKind:
    """The kind of input of data whose columns have these roles; text, where none says it yet."""
    return get_kind("image" if roles.image else "text")
