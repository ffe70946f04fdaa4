"""`inspect`: what a file is and what is wrong with it, as JSON."""

import json
import tempfile
from pathlib import Path

import typer

from sft_core.cli import options
from sft_core.data.inspection import inspect as inspect_data


def inspect(
    data: options.Data, sheet: options.Sheet = None, text: options.Text = None, label: options.Label = None
) -> None:
    """Say what a file is and what is wrong with it, as JSON."""
    path = Path(options.existing(data))
    with tempfile.TemporaryDirectory(prefix="tuneboard-") as folder:
        found = inspect_data(path, roles=options.roles(text, None, label), sheet=sheet, folder=Path(folder))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
