"""What the core and the pages say, read from their source: sentences in their code, and errors with their hints."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ERRORS = ("SFTError", "InputError", "DataError", "ModelError", "StateError", "ResourceError")
_LOGS = ("debug", "info", "warning", "error", "exception")
_BUGS = ("ValueError", "TypeError", "RuntimeError", "AssertionError", "KeyError", "OSError", "MemoryError")


@dataclass(frozen=True)
class Sentence:
    """A string of the source with a space in it."""

    place: str
    text: str


@dataclass(frozen=True)
class Raised:
    """An error that is made somewhere: its hint as it stands in the source, None where there is none."""

    place: str
    what: str
    hint: ast.expr | None


def sources() -> list[Path]:
    """All modules that may say something on a screen; the command line speaks to others."""
    found = [*ROOT.glob("sft_core/**/*.py"), *ROOT.glob("pages/**/*.py")]
    return sorted(path for path in found if "cli" not in path.parts)


def sentences(path: Path) -> Iterator[Sentence]:
    """The strings of a module but for docstrings, lines of the log and errors that are bugs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(part) for node in ast.walk(tree) if _is_silent(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in silent or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if " " in node.value.strip():
            yield Sentence(f"{path.relative_to(ROOT)}:{node.lineno}", node.value)


def raised(path: Path) -> Iterator[Raised]:
    """The project's own errors that a module makes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in ERRORS:
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            if any(isinstance(one, ast.Starred) for one in node.args):  # a pair that stands elsewhere in the module
                continue
            named = next((one.value for one in node.keywords if one.arg == "hint"), None)
            yield Raised(place, ast.unparse(node)[:160], node.args[1] if len(node.args) > 1 else named)


def written(hint: ast.expr) -> str | None:
    """The text of a hint where it stands in the source, its fields left out; None where it is handed on."""
    if isinstance(hint, ast.Constant):
        return str(hint.value)
    if isinstance(hint, ast.JoinedStr):
        return "".join(str(part.value) for part in hint.values if isinstance(part, ast.Constant))
    return None


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    of_log = isinstance(node.func, ast.Attribute) and _name(node.func.value) == "_log" and node.func.attr in _LOGS
    return of_log or _name(node.func) in _BUGS


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
