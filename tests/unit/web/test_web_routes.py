import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sft_core.errors import InputError
from sft_core.web import uploads
from sft_core.web.downloads import download_address
from sft_core.web.routes import ROUTES
from sft_core.web.tokens import make_token
from sft_core.web.uploads import safe_name, upload_address, uploaded_file
from sft_core.workspace import Workspace

ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as client:
        yield client


def test_an_upload_lies_complete_in_the_workspace(client: TestClient, workspace: Workspace) -> None:
    content = os.urandom(3_000_000)
    answer = client.put(upload_address(workspace, "träin.csv"), content=content, headers=ORIGIN)
    assert answer.status_code == 201
    facts = answer.json()
    assert facts["name"] == "träin.csv" and facts["bytes"] == len(content)
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert uploaded_file(workspace, facts["file"]).read_bytes() == content
    assert len(list(workspace.uploads.iterdir())) == 1


def test_a_chunked_upload_without_a_length_works(client: TestClient, workspace: Workspace) -> None:
    answer = client.put(upload_address(workspace, "a"), content=iter([b"ab", b"cd"]), headers=ORIGIN)
    assert uploaded_file(workspace, answer.json()["file"]).read_bytes() == b"abcd"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {**ORIGIN, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_sites_page_cannot_upload(client: TestClient, workspace: Workspace, headers: dict[str, str]) -> None:
    answer = client.put(upload_address(workspace, "a.csv"), content=b"x", headers=headers)
    assert answer.status_code == 403 and answer.json()["message"] and answer.json()["hint"]
    assert not list(workspace.uploads.iterdir())


def test_an_upload_needs_a_token_for_uploads(client: TestClient, workspace: Workspace) -> None:
    for token in ("", "x.y", make_token(workspace, "download", 60, path="x")):
        assert client.put(f"/api/uploads/a?token={token}", content=b"x", headers=ORIGIN).status_code == 403
    assert not list(workspace.uploads.iterdir())


def test_a_token_is_good_for_one_upload(client: TestClient, workspace: Workspace) -> None:
    address = upload_address(workspace, "a.csv")
    first = client.put(address, content=b"first", headers=ORIGIN)
    assert client.put(address, content=b"second", headers=ORIGIN).status_code == 409
    assert uploaded_file(workspace, first.json()["file"]).read_bytes() == b"first"


@pytest.mark.parametrize("content", [b"x" * 11, [b"x" * 6, b"x" * 6]])
def test_over_the_cap_nothing_is_kept_and_a_smaller_file_may_follow(
    client: TestClient, workspace: Workspace, content: bytes | list[bytes]
) -> None:
    address = upload_address(workspace, "a.csv", max_bytes=10)
    body = content if isinstance(content, bytes) else iter(content)
    assert client.put(address, content=body, headers=ORIGIN).status_code == 413
    assert not list(workspace.uploads.iterdir())
    assert client.put(address, content=b"small", headers=ORIGIN).status_code == 201


def test_a_full_disk_is_said_before_anything_is_sent(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_SPARE_BYTES", 1 << 60)
    answer = client.put(upload_address(workspace, "a"), content=b"x", headers=ORIGIN)
    assert answer.status_code == 507 and "room" in answer.json()["message"]


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
        ('<img src=x>"', "_img src_x__"),
    ],
)
def test_names_lose_what_is_dangerous(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_long_names_keep_their_suffix() -> None:
    assert safe_name("x" * 500 + ".csv").endswith("x.csv") and len(safe_name("x" * 500 + ".csv")) <= 120
    assert len(safe_name("x" * 500)) <= 120 and len(safe_name("a." + "y" * 500)) <= 120


def test_only_uploads_count_as_uploads(workspace: Workspace) -> None:
    for path in ("app.db", "../x", "uploads", "uploads/none/a.csv"):
        with pytest.raises(InputError):
            uploaded_file(workspace, path)


@pytest.fixture
def report(workspace: Workspace) -> Path:
    path = workspace.runs / "r" / "report.html"
    path.parent.mkdir()
    path.write_bytes(b"<script>" * 1000)
    return path


def test_a_download_is_an_attachment_that_no_browser_runs(
    client: TestClient, workspace: Workspace, report: Path
) -> None:
    answer = client.get(download_address(workspace, report, "my report.html"))
    assert answer.content == report.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "no-store" in answer.headers["cache-control"]


def test_parts_of_a_file_can_be_fetched(client: TestClient, workspace: Workspace, report: Path) -> None:
    answer = client.get(download_address(workspace, report), headers={"Range": "bytes=0-7"})
    assert answer.status_code == 206 and answer.content == b"<script>"


def test_a_download_token_is_bound_to_its_file(client: TestClient, workspace: Workspace, report: Path) -> None:
    assert client.get("/api/files/report.html").status_code == 403
    token = make_token(workspace, "download", -1, path="runs/r/report.html")
    assert client.get(f"/api/files/report.html?token={token}").status_code == 403
    address = download_address(workspace, report)
    report.unlink()
    assert client.get(address).status_code == 404


def test_nothing_outside_the_folders_of_the_workspace_is_offered(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    (workspace.runs / "link").symlink_to(outside)
    for path in (outside, workspace.runs / "link", workspace.database, workspace.runs, workspace.runs / "no"):
        with pytest.raises(InputError):
            download_address(workspace, path)


def test_a_file_that_became_a_link_outside_is_refused(
    client: TestClient, workspace: Workspace, report: Path, tmp_path: Path
) -> None:
    address = download_address(workspace, report)
    report.unlink()
    (tmp_path / "secret").write_text("secret")
    report.symlink_to(tmp_path / "secret")
    assert client.get(address).status_code == 404
