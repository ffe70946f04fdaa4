from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sft_core.errors import InputError
from sft_core.web.downloads import download_address
from sft_core.web.routes import ROUTES
from sft_core.web.tokens import make_token
from sft_core.workspace import Workspace


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as client:
        yield client


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
