"""The command line: every command is one submission to the same engine that the dashboard uses.

Exit codes: 0 done, 2 bad input (one sentence, one hint), 130 stopped, 1 anything else.
"""

import logging
import sys
from collections.abc import Callable

import typer

from sft_core.cli import data, model
from sft_core.cli import run as run_commands
from sft_core.cli import workspace as workspace_commands
from sft_core.cli.places import check_written
from sft_core.errors import DiskFullError, InputError, SFTError, Stopped, is_disk_full
from sft_core.evaluation.wording import marked, sentence

app = typer.Typer(
    name="sft_core",
    help="Fine-tune and honestly judge classification models on this machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

COMMANDS: dict[str, Callable[..., None]] = {
    "inspect": data.inspect,
    "train": run_commands.train,
    "resume": run_commands.resume,
    "evaluate": model.evaluate,
    "predict": model.predict,
    "export": model.export,
    "demo": run_commands.demo,
    "status": workspace_commands.status,
    "stop": workspace_commands.stop,
    "rebuild": workspace_commands.rebuild,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def run(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: list[str] | None = None) -> int:
    """Run one command; what went wrong becomes one sentence and one hint on stderr, and a code."""
    notes = logging.getLogger("tuneboard")
    notes.handlers = [_Sentences(logging.WARNING)]
    try:
        for word in sys.argv[1:] if arguments is None else arguments:
            check_written(word)
        result = app(arguments, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except typer.TyperException as error:
        return _told(error.format_message(), "Add --help to the command to see what it takes.", 2)
    except (Stopped, typer.Abort, KeyboardInterrupt) as error:
        return _told(str(error) or "Stopped.", "", 130)
    except SFTError as error:
        return _told(error.message, error.hint, 2 if isinstance(error, InputError) else 1)
    except OSError as error:
        return _refused_by_system(error)


def _refused_by_system(error: OSError) -> int:
    """A place was taken away, or a right, while the work went on."""
    if is_disk_full(error):
        full = DiskFullError()
        return _told(full.message, full.hint, 1)
    where = f" ({error.filename})" if error.filename else ""
    return _told(f"This machine refused: {error.strerror or error}{where}.", "Check that place, then try again.", 1)


class _Sentences(logging.Handler):
    """What the parts below note in passing, as a sentence on stderr instead of a line of a log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show one note."""
        typer.echo(marked(sentence(record.getMessage())), err=True)


def _told(message: str, hint: str, code: int) -> int:
    for line in (message, hint):
        if line:
            typer.echo(marked(line), err=True)  # it may quote names that came with the data
    return code
