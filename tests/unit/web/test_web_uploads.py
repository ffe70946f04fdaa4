import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from sft_core.web import parts
from sft_core.web.arrived import Arrived, of_receipt
from sft_core.web.routes import ROUTES
from sft_core.web.tokens import make_token
from sft_core.web.uploads import TOKEN, upload_token
from sft_core.workspace import Workspace

ORIGIN = {"Origin": "http://testserver"}


class Sender:
    """What the field does in the browser, for one file or a folder of files given by their path."""

    def __init__(self, workspace: Workspace, client: TestClient, cap: int | None = None) -> None:
        self.workspace, self.client = workspace, client
        self.headers = {**ORIGIN, TOKEN: upload_token(workspace, max_bytes=cap)}

    def begin(self, files: dict[str, bytes], folder: str = "") -> Response:
        about = [{"path": path, "size": len(content), "modified": 7} for path, content in files.items()]
        return self.client.post("/api/uploads", json={"folder": folder, "files": about}, headers=self.headers)

    def put(self, key: str, offset: int, content: object) -> Response:
        return self.client.put(f"/api/uploads/{key}?offset={offset}", content=content, headers=self.headers)

    def send(self, files: dict[str, bytes], folder: str = "", size: int = 1_000_000) -> Arrived:
        whole, far = b"".join(files.values()), self.begin(files, folder).json()
        while "receipt" not in far:
            at = far["received"]
            far = self.put(far["key"], at, whole[at : at + size]).json()
        return self.taken(far)

    def taken(self, answer: dict[str, str]) -> Arrived:
        here = of_receipt(self.workspace, answer["receipt"])
        assert here is not None
        return here


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as client:
        yield client


@pytest.fixture
def sender(workspace: Workspace, client: TestClient) -> Sender:
    return Sender(workspace, client)


@pytest.fixture
def restart(workspace: Workspace) -> Callable[[], None]:
    """Forget what the server knows by heart, as when it ends."""

    def forget() -> None:
        parts._digests.clear()
        parts._asking.clear()

    return forget


def in_uploads(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in workspace.uploads.iterdir())


def test_a_file_arrives_in_slices_and_is_taken_once(sender: Sender, workspace: Workspace, tmp_path: Path) -> None:
    content = os.urandom(2_500_000)
    here = sender.send({"träin.csv": content})
    assert (here.name, here.bytes, here.files) == ("träin.csv", len(content), 1)
    assert here.sha256 == hashlib.sha256(content).hexdigest()
    assert here.path.stat().st_mode & 0o777 == 0o600 and here.place.stat().st_mode & 0o777 == 0o700
    here.move_to(tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_bytes() == content
    assert in_uploads(workspace) == []


def test_it_goes_on_where_it_stopped_also_after_a_restart(
    sender: Sender, client: TestClient, workspace: Workspace, restart: Callable[[], None]
) -> None:
    content = os.urandom(3_000_000)
    key = sender.begin({"a.csv": content}).json()["key"]
    assert sender.put(key, 0, content[:1_200_000]).json()["received"] == 1_200_000
    restart()
    later = Sender(workspace, client)  # the page was loaded again: another token
    told = client.head(f"/api/uploads/{key}", headers=later.headers)
    assert told.status_code == 200 and told.headers["upload-offset"] == "1200000"
    assert later.begin({"a.csv": content}).json()["received"] == 1_200_000
    here = later.send({"a.csv": content})
    assert here.sha256 == hashlib.sha256(content).hexdigest() == hashlib.sha256(here.path.read_bytes()).hexdigest()


def test_a_request_that_is_cut_keeps_what_came(sender: Sender) -> None:
    content = os.urandom(3_000_000)
    key = sender.begin({"a.csv": content}).json()["key"]

    def cut() -> Iterator[bytes]:
        yield content[:2_000_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        sender.put(key, 0, cut())
    assert sender.send({"a.csv": content}).sha256 == hashlib.sha256(content).hexdigest()


def test_bytes_at_another_offset_are_not_taken(sender: Sender) -> None:
    key = sender.begin({"a": b"abcdef"}).json()["key"]
    sender.put(key, 0, b"abc")
    for offset in (0, 2, 4):
        answer = sender.put(key, offset, b"xyz")
        assert answer.status_code == 409 and answer.json()["received"] == 3
    assert sender.client.put(f"/api/uploads/{key}", content=b"x", headers=sender.headers).status_code == 400
    assert sender.taken(sender.put(key, 3, b"def").json()).path.read_bytes() == b"abcdef"


def test_more_than_was_announced_is_refused(sender: Sender) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    answer = sender.put(key, 0, b"abcd")
    assert answer.status_code == 400 and "announced" in answer.json()["message"]


def test_one_request_has_a_bound(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sft_core.web.uploads.MOST_AT_ONCE", 10)
    key = sender.begin({"a": b"x" * 30}).json()["key"]
    assert sender.put(key, 0, b"x" * 11).status_code == 400


def test_two_tabs_with_the_same_file_do_not_disturb_each_other(workspace: Workspace, client: TestClient) -> None:
    content = os.urandom(400_000)
    one, other = Sender(workspace, client), Sender(workspace, client)
    key = one.begin({"a.csv": content}).json()["key"]
    assert other.begin({"a.csv": content}).json()["key"] == key
    one.put(key, 0, content[:100_000])
    assert other.put(key, 0, content[:100_000]).json()["received"] == 100_000  # 409: where to go on
    other.put(key, 100_000, content[100_000:300_000])
    first = one.taken(one.put(key, 300_000, content[300_000:]).json())
    second = other.taken(other.put(key, 300_000, content[300_000:]).json())  # it is here for both
    assert first.place != second.place
    shutil.rmtree(first.place)
    assert hashlib.sha256(second.path.read_bytes()).hexdigest() == second.sha256 == first.sha256


def test_many_senders_at_once_never_mix_their_bytes(workspace: Workspace) -> None:
    content = os.urandom(600_000)
    found: list[Arrived] = []

    def work() -> None:
        with TestClient(Starlette(routes=ROUTES)) as client:
            sender = Sender(workspace, client)
            far, key = sender.begin({"a.csv": content}).json(), ""
            while "receipt" not in far:
                key, at = far.get("key", key), far.get("received", len(content))
                if at == len(content):  # another one is about to put it in place, or has
                    far = sender.begin({"a.csv": content}).json()
                else:
                    far = sender.put(key, at, content[at : at + 50_000]).json()
            found.append(sender.taken(far))

    workers = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(found) == 4
    assert {hashlib.sha256(here.path.read_bytes()).digest() for here in found} == {hashlib.sha256(content).digest()}


def test_while_one_writes_another_has_to_wait(sender: Sender, workspace: Workspace) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    with parts.Slice(parts.Part(workspace, key), 0):
        answer = sender.put(key, 0, b"abc")
        assert answer.status_code == 409 and answer.json()["received"] == 0
    assert sender.put(key, 0, b"abc").status_code == 201


def test_a_folder_keeps_its_paths(sender: Sender, workspace: Workspace, tmp_path: Path) -> None:
    files = {"cat/1.jpg": os.urandom(5000), "cat/2.jpg": b"", "dog/a/1.jpg": os.urandom(99), "x.txt": b"hello"}
    here = sender.send(files, "my pictures", size=1000)
    assert (here.name, here.files, here.bytes) == ("my pictures", 4, 5104)
    assert here.sha256 == hashlib.sha256(b"".join(files.values())).hexdigest()
    here.move_to(tmp_path / "mine")
    found = {
        str(path.relative_to(tmp_path / "mine")): path for path in (tmp_path / "mine").rglob("*") if path.is_file()
    }
    assert {name: path.read_bytes() for name, path in found.items()} == files
    assert all(path.stat().st_mode & 0o777 == 0o600 and not path.is_symlink() for path in found.values())
    assert in_uploads(workspace) == []


def test_a_folder_whose_laying_out_was_cut_goes_on(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    files = {f"c/{n}.bin": os.urandom(300) for n in range(10)}
    real = os.ftruncate

    def full(handle: int, size: int) -> None:
        if size < 1500:
            raise OSError(28, "No space left on device")
        real(handle, size)

    whole = b"".join(files.values())
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", full)
        key = sender.begin(files, "f").json()["key"]
        answer = sender.put(key, 0, whole)
        assert answer.status_code == 507 and "full" in answer.json()["message"]
    here = sender.send(files, "f")
    assert {str(path.relative_to(here.path)): path.read_bytes() for path in here.path.rglob("*.bin")} == files


def test_an_empty_file_arrives_at_once(sender: Sender) -> None:
    answer = sender.begin({"empty.csv": b""})
    assert answer.status_code == 201 and sender.taken(answer.json()).path.read_bytes() == b""


def test_what_is_here_is_not_sent_twice(sender: Sender) -> None:
    here = sender.send({"a": b"abc"})
    again = sender.begin({"a": b"abc"})  # the answer to the last slice was lost
    assert again.status_code == 201 and sender.taken(again.json()).path == here.path
    assert sender.put(here.key, 0, b"abc").status_code == 201
    assert sender.begin({"b": b"abc"}).status_code == 200


def test_after_a_restart_of_the_machine_the_last_slice_is_sent_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, restart: Callable[[], None]
) -> None:
    content = os.urandom(50_000)
    key = sender.begin({"a": content}).json()["key"]
    sender.put(key, 0, content[:40_000])
    monkeypatch.setattr(parts, "MOST_AT_ONCE", 16_000)
    monkeypatch.setattr(parts, "boot_id", lambda: "another")
    restart()
    assert sender.begin({"a": content}).json()["received"] == 24_000
    assert sender.begin({"a": content}).json()["received"] == 24_000
    assert sender.send({"a": content}).sha256 == hashlib.sha256(content).hexdigest()


def test_it_can_be_taken_back(sender: Sender, workspace: Workspace) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    assert parts.left_over(workspace) == []
    sender.put(key, 0, b"a")
    assert [part.key for part in parts.left_over(workspace)] == [key]
    assert sender.client.delete(f"/api/uploads/{key}", headers=sender.headers).status_code == 204
    assert in_uploads(workspace) == [] and parts.left_over(workspace) == []
    assert sender.put(key, 0, b"abc").status_code == 404


def test_leftovers_of_yesterday_are_swept_when_the_next_begins(sender: Sender, workspace: Workspace) -> None:
    key = sender.begin({"old": b"abc"}).json()["key"]
    sender.put(key, 0, b"a")
    taken_by_nobody = sender.send({"unused": b"x"}).place
    for folder in (workspace.uploads / f".part-{key}", taken_by_nobody):
        for path in (*folder.rglob("*"), folder):
            os.utime(path, (1, 1))
    sender.begin({"new": b"abc"})
    assert [name for name in in_uploads(workspace) if key in name] == [] and not taken_by_nobody.exists()
    assert len(in_uploads(workspace)) == 1


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
def test_another_sites_page_can_do_nothing(sender: Sender, workspace: Workspace, headers: dict[str, str]) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    sender.headers = {**headers, TOKEN: sender.headers[TOKEN]}
    answers = [sender.begin({"b": b"x"}), sender.put(key, 0, b"x")]
    answers.append(sender.client.delete(f"/api/uploads/{key}", headers=sender.headers))
    for answer in answers:
        assert answer.status_code == 403 and answer.json()["message"] and answer.json()["hint"]
    assert in_uploads(workspace) == [f".part-{key}"] and parts.Part(workspace, key).received() == 0


def test_nothing_goes_without_a_token_for_uploads(sender: Sender, workspace: Workspace) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    old = make_token(workspace, "upload", -1, id="x", max_bytes=10)
    for token in ("", "x.y", make_token(workspace, "download", 60, path="x"), old):
        sender.headers = {**ORIGIN, TOKEN: token}
        told = sender.client.get(f"/api/uploads/{key}", headers=sender.headers)
        gone = sender.client.delete(f"/api/uploads/{key}", headers=sender.headers)
        for answer in (sender.begin({"b": b"x"}), sender.put(key, 0, b"x"), told, gone):
            assert answer.status_code == 403
    assert parts.Part(workspace, key).received() == 0


def test_a_receipt_cannot_be_made_up(workspace: Workspace) -> None:
    for text in ("", "a.b", make_token(workspace, "upload", 60, id="x"), make_token(workspace, "arrived", 60, id="x")):
        assert of_receipt(workspace, text) is None


def test_over_the_cap_nothing_is_kept(workspace: Workspace, client: TestClient) -> None:
    sender = Sender(workspace, client, cap=10)
    answer = sender.begin({"a.csv": b"x" * 11})
    assert answer.status_code == 413 and "TUNEBOARD_MAX_FILE_MB" in answer.json()["hint"]
    assert in_uploads(workspace) == []
    assert sender.begin({"a.csv": b"x" * 10}).status_code == 200


@pytest.mark.parametrize("path", ["../x.csv", "/x", "a/../../x"])
def test_no_path_leads_out_of_the_uploads(sender: Sender, workspace: Workspace, path: str) -> None:
    assert sender.begin({path: b"x", "b": b"y"}, "f").status_code == 400
    here = sender.send({path: b"x"})  # a single file keeps only its own name
    assert here.path.parent.parent.parent == workspace.uploads and here.name == "x.csv"[: len(here.name)]


@pytest.mark.parametrize("key", ["..", "a" * 31, "A" * 32, "0" * 32, "0" * 30 + ".."])
def test_there_is_nothing_under_other_keys(sender: Sender, key: str) -> None:
    assert sender.put(key, 0, b"x").status_code == 404


def test_a_link_in_its_place_is_not_followed(sender: Sender, workspace: Workspace, tmp_path: Path) -> None:
    key = sender.begin({"a": b"abc"}).json()["key"]
    (tmp_path / "victim").write_bytes(b"")
    (workspace.uploads / f".part-{key}" / "data").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError):
        sender.put(key, 0, b"abc")
    assert (tmp_path / "victim").read_bytes() == b""


def test_a_full_disk_is_said_before_anything_is_sent(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    answer = sender.begin({"a": b"x"})
    assert answer.status_code == 507 and "room" in answer.json()["message"]


def test_a_disk_that_fills_up_keeps_what_came(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    content = os.urandom(3_000_000)
    key = sender.begin({"a": content}).json()["key"]
    real, room = os.write, 1_500_000

    def full(handle: int, piece: memoryview) -> int:
        nonlocal room
        if len(piece) < 10_000:  # not ours: the event loop wakes itself so
            return real(handle, piece)
        if not room:
            raise OSError(28, "No space left on device")
        wrote = real(handle, piece[:room])
        room -= wrote
        return wrote

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        answer = sender.put(key, 0, content)
    assert answer.status_code == 507 and "full" in answer.json()["message"]
    assert sender.begin({"a": content}).json()["received"] == 1_500_000
    assert sender.send({"a": content}).sha256 == hashlib.sha256(content).hexdigest()
