import stat
import threading

import pytest

from sft_core.web import tokens
from sft_core.web.tokens import TokenError, check_token, make_token
from sft_core.workspace import Workspace, open_workspace


def test_a_token_gives_back_what_it_carries(workspace: Workspace) -> None:
    token = make_token(workspace, "upload", 60, id="x", max_bytes=5)
    facts = check_token(workspace, "upload", token)
    assert (facts["id"], facts["max_bytes"]) == ("x", 5)


def test_a_token_is_for_one_purpose_one_time_and_one_workspace(workspace: Workspace, tmp_path) -> None:
    with pytest.raises(TokenError):
        check_token(workspace, "download", make_token(workspace, "upload", 60))
    with pytest.raises(TokenError):
        check_token(workspace, "upload", make_token(workspace, "upload", -1))
    with pytest.raises(TokenError):
        check_token(open_workspace(tmp_path / "other"), "upload", make_token(workspace, "upload", 60))


@pytest.mark.parametrize("forged", ["", "x", "a.b", "a.b.c", "é.é", "....", "e30.e30"])
def test_nonsense_is_no_token(workspace: Workspace, forged: str) -> None:
    with pytest.raises(TokenError):
        check_token(workspace, "upload", forged)


def test_a_changed_token_is_refused(workspace: Workspace) -> None:
    _body, signature = make_token(workspace, "download", 60, path="runs/a").split(".")
    other, _ = make_token(workspace, "download", 60, path="runs/b").split(".")
    with pytest.raises(TokenError):
        check_token(workspace, "download", f"{other}.{signature}")


def test_the_secret_is_private_and_made_once_by_many(workspace: Workspace) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(make_token(workspace, "x", 60))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(check_token(workspace, "x", token) for token in made) and len(made) == 8
    assert stat.S_IMODE((workspace.root / tokens._SECRET).stat().st_mode) == 0o600


def test_a_torn_secret_is_replaced(workspace: Workspace) -> None:
    (workspace.root / tokens._SECRET).write_bytes(b"torn")
    assert check_token(workspace, "x", make_token(workspace, "x", 60))
