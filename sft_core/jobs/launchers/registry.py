"""Launchers by name; the workspace's setting `launcher` chooses one."""

import importlib
from typing import cast

from sft_core.errors import InputError
from sft_core.jobs.launchers.seam import Launcher

LAUNCHERS = {"local": "sft_core.jobs.launchers.local:LocalLauncher"}


def make_launcher(name: str = "local") -> Launcher:
    """A launcher of this name. Raises InputError."""
    if name not in LAUNCHERS:
        raise InputError(f"There is no launcher named {name!r}.", f"Choose one of: {', '.join(sorted(LAUNCHERS))}.")
    module, _, attribute = LAUNCHERS[name].partition(":")
    return cast(Launcher, getattr(importlib.import_module(module), attribute)())
