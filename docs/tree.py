"""Write the tree of the project into README.md, one line a file, from the first line of each module's docstring."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- tree: made by docs/tree.py -->\n", "<!-- end of tree -->"
FOLDERS = ("pages", "sft_core", "benchmarks", "docs")


def first_line(path: Path) -> str:
    """What a module says it is; "" where it says nothing (empty `__init__` files)."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def lines() -> list[str]:
    """The tree, folders before their files' names, in the order of git."""
    listed = subprocess.run(
        ["git", "ls-files", "app.py", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [Path(name) for name in listed.stdout.splitlines() if name.endswith(".py")]
    told = [(path, first_line(ROOT / path)) for path in paths]
    return [f"{path!s:<52} {text}" for path, text in told if text]


def with_tree(readme: str) -> str:
    """The README with the tree of today between the two marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}```\n" + "\n".join(lines()) + f"\n```\n{END}{after}"


def main() -> int:
    """Write the README, or with --check only say (exit 1) whether it is out of date."""
    path = ROOT / "README.md"
    now = path.read_text(encoding="utf-8")
    new = with_tree(now)
    if "--check" in sys.argv:
        return int(new != now)
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
