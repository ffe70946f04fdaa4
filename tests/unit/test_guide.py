"""What the guide says stands on the screens, and where it points there is something."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide.md"
TEXT = GUIDE.read_text(encoding="utf-8")
IDEAS = {"A base model", "The test", "Simple methods", "names are not"}  # bold, but on no screen


def sources() -> str:
    """All words of the screens, with the line ends of the code taken out."""
    files = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "sft_core").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_link_and_picture_leads_somewhere() -> None:
    places = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(places) >= 8
    assert [place for place in places if not (GUIDE.parent / place).exists()] == []


def test_what_it_names_stands_on_a_screen() -> None:
    buttons = set(re.findall(r"\*\*([^*]+)\*\*", TEXT)) - IDEAS
    quoted = {one for one in re.findall(r"“([^”]+)”", TEXT) if one[:1].isupper() and len(one) > 12}
    shown = sources()
    assert len(buttons) >= 9 and len(quoted) >= 5
    assert [name for name in buttons if f'"{name}"' not in shown] == []
    stated = [name for name in quoted if not re.match(r"Right \d\d times", name)]  # an example of a verdict
    assert [name for name in stated if name.lower() not in shown.lower()] == []


def test_ten_questions_are_answered() -> None:
    questions = TEXT.split("## Ten questions")[1].split("### ")[1:]
    assert [one.split(".")[0] for one in questions] == [str(n) for n in range(1, 11)]
    assert all(len(one.split()) > 60 for one in questions)


def test_the_readme_leads_to_it() -> None:
    assert "docs/guide.md" in (ROOT / "README.md").read_text(encoding="utf-8")
