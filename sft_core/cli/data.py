"""`inspect`: what a file is and what is wrong with it, as JSON."""

import json
import tempfile
from pathlib import Path

import typer

from sft_core.cli import options
from sft_core.data.inspection import inspect as inspect_data


def inspect(
    data: options.Data,
    sheet: options.Sheet = None,
    text: options.Text = None,
    label: options.Label = None,
    read: options.Read = None,
) -> None:
    """Say what a file is and what is wrong with it, as JSON."""
    path, wished = Path(options.existing(data)), options.reading(read, sheet)
    with tempfile.TemporaryDirectory(prefix="tuneboard-") as folder:
        found = inspect_data(path, roles=options.roles(text, None, label), read=wished, folder=Path(folder))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
