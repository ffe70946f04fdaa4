"""The options that several commands share, and how their values become settings."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from sft_core.cli.places import expanded
from sft_core.config import ReadOptions, Roles, validated, yaml_values
from sft_core.data.encodings import check_encoding
from sft_core.data.formats.delimited import check_marks
from sft_core.errors import ConfigError, InputError

Data = Annotated[Path, typer.Option("--data", help="The file with the rows (pictures: a folder or a zip).")]
Validation = Annotated[Path | None, typer.Option("--validation", help="A file to choose the best by.")]
Test = Annotated[Path | None, typer.Option("--test", help="A file to test on; never trained on.")]
Text = Annotated[list[str] | None, typer.Option("--text", help="A column with text; several are joined.")]
TextPair = Annotated[str | None, typer.Option("--text-pair", help="A second text that belongs to the first.")]
Label = Annotated[str | None, typer.Option("--label", help="The column with the class.")]
Group = Annotated[str | None, typer.Option("--group", help="Rows with the same value stay together.")]
SplitColumn = Annotated[str | None, typer.Option("--split-column", help="A column that says the split.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="The sheet of an Excel file.")]
Read = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        help="How --data is written, where it is not found out rightly, as key=value: "
        "delimiter, quote, encoding, header (yes or no), skip (rows above the table), format, "
        "classes (of pictures: folders, names or table).",
    ),
]
Run = Annotated[Path, typer.Option("--run", help="The folder of a run.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and progress on stderr.")]

MARKS = {
    "delimiter": {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";", "bar": "|", "colon": ":"},
    "quote": {"none": "", "double": '"', "single": "'"},
}
READ_KEYS = ("delimiter", "quote", "encoding", "header", "skip", "format", "classes")
NAMES = ("goal.label",)  # settings that name something of the data: there "007" is no number and "no" no answer


def roles(
    text: list[str] | None, pair: str | None, label: str | None, group: str | None = None, split: str | None = None
) -> Roles | None:
    """The columns that were named, None where none was."""
    if not any((text, pair, label, group, split)):
        return None
    return Roles(text=tuple(text or ()), text_pair=pair, label=label, group=group, split=split)


def existing(path: Path) -> str:
    """The absolute path of a file that is there. Raises InputError."""
    place = expanded(path)
    if not place.exists():
        raise InputError(f"There is no file {path}.", "Check the path; the file must be on this machine.")
    return str(place.resolve())


def reading(assignments: list[str] | None, sheet: str | None = None) -> ReadOptions:
    """What `--read key=value` and `--sheet` say of a file; the rest is found out. Raises InputError."""
    values: dict[str, Any] = {"sheet": sheet}
    for assignment in assignments or []:
        name, equals, value = assignment.partition("=")
        if name not in READ_KEYS or not equals or (not value and name != "quote"):
            raise InputError(
                f"--read {assignment!r} is not of the form key=value with one of: {', '.join(READ_KEYS)}.",
                "Write for example --read delimiter=tab or --read skip=2.",
            )
        values[name] = MARKS.get(name, {}).get(value, value)
    options = validated(ReadOptions, values)
    check_marks(options)
    if options.encoding:
        check_encoding(options.encoding)
    return options


def changes(config: Path | None, assignments: list[str]) -> dict[str, Any]:
    """What a YAML file and `--set key=value` say; the latter wins. `a.b=c` sets b inside a."""
    values = _yaml_file(config) if config else {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise InputError(f"--set {assignment!r} is not of the form key=value.", "Write for example --set epochs=3.")
        _put(values, name.strip().split("."), _text(value) if name.strip() in NAMES else _value(value))
    return values


def mapping(pairs: list[str]) -> dict[str, str]:
    """`--map-label THEIRS=OURS` pairs as a dictionary."""
    result = {}
    for pair in pairs:
        theirs, equals, ours = pair.partition("=")
        if not equals:
            raise InputError(
                f"--map-label {pair!r} is not of the form THEIRS=OURS.", "Write their label, =, our label."
            )
        result[theirs] = ours
    return result


def _yaml_file(path: Path) -> dict[str, Any]:
    path = expanded(path)
    if not path.is_file():
        raise InputError(f"There is no file {path.name}.", "Give --config the path of a YAML file.")
    try:
        return yaml_values(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path.name} is not text in UTF-8."], "Save it as UTF-8.") from error


def _value(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # a ValueError: a day such as 2026-02-30
        return text


def _text(text: str) -> str:
    value = _value(text)
    return value if isinstance(value, str) else text


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise InputError(f"{part!r} is not a group of settings.", "Set it as a whole.")
    values[path[-1]] = value
