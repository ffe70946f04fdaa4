import pytest

from sft_core.errors import InputError
from sft_core.web.manifests import Manifest, TooLarge, announced, safe_name, safe_path

CAP = 1000


def told(*paths: str, folder: str = "pictures", size: int = 1) -> dict[str, object]:
    return {"folder": folder, "files": [{"path": path, "size": size, "modified": 5} for path in paths]}


@pytest.mark.parametrize(
    "path",
    ["../a", "a/../../b", "/etc/passwd", "a//b", "a/./b", "..", "", "a\0b", "a/ .. /b", "x/" * 20 + "a", "a" * 2000],
)
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(InputError) as refused:
        announced(told(path), CAP)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("cat/1.jpg", "cat/1.jpg"),
        ("Größe: 5*/ü (1).png", "Größe: 5*/ü (1).png"),
        ("a\\..\\b", "a_.._b"),
        ("a\nb/c\x1b.jpg", "a_b/c_.jpg"),
        ("\ud800/x", "_/x"),
        (".ipynb_checkpoints/x", ".ipynb_checkpoints/x"),
    ],
)
def test_paths_in_a_folder_keep_their_classes_and_lose_controls(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_long_names_in_a_folder_keep_their_suffix() -> None:
    name = safe_path("ü" * 300 + ".jpeg")
    assert name.endswith("ü.jpeg") and len(name.encode()) <= 200


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a/b"), ("a\\b", "a_b")])
def test_two_files_cannot_lie_at_one_place(paths: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="same name"):
        announced(told(*paths), CAP)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"folder": "", "files": []},
        {"folder": "", "files": [1]},
        told("a", "b", folder=""),
        told("a", size=-1),
        {"folder": "", "files": [{"path": "a", "size": "x", "modified": 0}]},
        {"folder": "", "files": [{"path": "a", "size": float("inf"), "modified": 0}]},
    ],
)
def test_what_is_no_list_of_files_gets_a_sentence(value: object) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        announced(value, CAP)


def test_caps_hold_for_one_file_and_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEBOARD_MAX_FILE_MB", str(100 / 2**20))
    assert announced(told("a", size=100, folder=""), CAP).total == 100
    assert announced(told("a.ZIP", size=1000, folder=""), CAP).total == 1000
    for value in (
        told("a", size=101, folder=""),
        told("a.zip", size=1001, folder=""),
        told(*(f"{n}" for n in range(11)), size=100),
    ):
        with pytest.raises(TooLarge, match="GB"):
            announced(value, CAP)


def test_the_key_is_the_files_names_sizes_and_dates() -> None:
    one = announced(told("a", "b"), CAP)
    assert one.key == announced(told("a", "b"), CAP).key == Manifest.from_json(one.as_json()).key
    others = [told("a", "c"), told("a", "b", size=2), told("a", "b", folder="other")]
    assert len({one.key, *(announced(other, CAP).key for other in others)}) == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train.csv", "train.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\my data.xlsx", "my data.xlsx"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("a\x00b\nc.csv", "a_b_c.csv"),
        ('<img src=x>"', "_img src=x__"),
    ],
)
def test_names_lose_what_is_dangerous(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_long_names_keep_their_ending() -> None:
    assert safe_name("x" * 500 + ".csv").endswith("x.csv") and len(safe_name("x" * 500 + ".csv")) <= 120
    assert len(safe_name("x" * 500)) <= 120 and len(safe_name("a." + "y" * 500)) <= 120
