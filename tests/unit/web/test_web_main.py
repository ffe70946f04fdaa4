import argparse
import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sft_core.errors import InputError
from sft_core.web import __main__ as web
from sft_core.web.arrived import of_receipt
from sft_core.web.uploads import TOKEN, upload_token
from sft_core.workspace import Workspace


def options(*arguments: str) -> argparse.Namespace:
    return web._parser().parse_args(arguments)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_by_default_only_this_machine_is_served() -> None:
    command = web.server_command(options(), {})
    assert "--server.address=127.0.0.1" in command and "--server.showEmailPrompt=false" in command
    assert "--server.headless=true" in command  # no screen here
    assert command[4].endswith("app.py")


def test_where_it_opens_is_said_once() -> None:
    quiet = "--logger.hideWelcomeMessage=true"
    assert quiet in web.server_command(options(), {})
    assert quiet not in web.server_command(options("--port", "0"), {}), "only Streamlit knows the port then"


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.168.1.7", "example.com"])
def test_an_address_that_others_reach_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="--allow-network"):
        web.server_command(options(), {"STREAMLIT_SERVER_ADDRESS": address})


def test_it_is_allowed_when_asked_for_and_says_what_that_means(capsys: pytest.CaptureFixture[str]) -> None:
    command = web.server_command(options("--address", "0.0.0.0", "--allow-network"), {})
    assert "--server.address=0.0.0.0" in command and "--server.allowedHosts=*" in command
    assert "no log-in" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.8.8.8", "unix:/run/x.sock"])
def test_loopback_addresses_and_sockets_are_private(address: str) -> None:
    assert web.is_loopback(address)


def test_a_taken_port_makes_way_for_the_next_one_and_says_which(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(web, "DEFAULT_PORT", taken)
    command = web.server_command(options(), {})
    (port,) = [part.split("=")[1] for part in command if part.startswith("--server.port=")]
    assert int(port) > taken
    assert f"opens on port {port}" in capsys.readouterr().out


def test_a_wished_port_that_is_taken_is_said(taken: int) -> None:
    with pytest.raises(InputError, match="in use"):
        web.server_command(options("--port", str(taken)), {})
    with pytest.raises(InputError, match="in use"):
        web.server_command(options(), {"STREAMLIT_SERVER_PORT": str(taken)})


def test_streamlits_variables_are_honoured() -> None:
    command = web.server_command(options(), {"STREAMLIT_SERVER_PORT": "0", "STREAMLIT_SERVER_HEADLESS": "true"})
    assert "--server.port=0" in command and not any("headless" in part for part in command)


def test_a_browser_is_opened_where_there_is_a_screen() -> None:
    assert "--server.headless=false" in web.server_command(options(), {"DISPLAY": ":0"})
    assert "--server.headless=true" in web.server_command(options("--headless"), {"DISPLAY": ":0"})


def test_refusal_is_a_sentence_and_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert web.main(["--address", "0.0.0.0"]) == 2
    error = capsys.readouterr().err
    assert "can be reached from other machines" in error and "Traceback" not in error


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_cannot_be_is_a_sentence(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert web.main(["--port", port]) == 2
    assert capsys.readouterr().err.startswith(f"There is no port {port}.")
    with pytest.raises(InputError, match="There is no port 99999"):
        web.server_command(options(), {"STREAMLIT_SERVER_PORT": "99999"})


@pytest.mark.parametrize("home", ["a file", "/proc", "~nobody-of-this-name"])
def test_a_workspace_that_cannot_be_is_a_sentence(
    home: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a file").touch()
    monkeypatch.setenv("TUNEBOARD_HOME", home)
    monkeypatch.setattr(web.os, "execv", lambda *_: pytest.fail("nothing is started"))
    assert web.main(["--headless", "--port", "0"]) == 2
    assert "cannot be used for the workspace" in capsys.readouterr().err


def test_the_real_server_takes_an_upload(workspace: Workspace) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    command = [sys.executable, "-m", "sft_core.web", "--headless", "--port", str(port)]
    server = subprocess.Popen(
        command, env=environment, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/_stcore/health", server)
        headers = {"Origin": base, TOKEN: upload_token(workspace)}
        about = {"folder": "", "files": [{"path": "a.csv", "size": 4, "modified": 0}]}
        begin = urllib.request.Request(f"{base}/api/uploads", json.dumps(about).encode(), headers)
        with urllib.request.urlopen(begin) as answer:
            key = json.load(answer)["key"]
        piece = urllib.request.Request(f"{base}/api/uploads/{key}?offset=0", b"a,b\n", headers, method="PUT")
        with urllib.request.urlopen(piece) as answer:
            here = of_receipt(workspace, json.load(answer)["receipt"])
        assert here is not None and here.path.read_bytes() == b"a,b\n"
    finally:
        server.kill()
        server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["--port", "9123"], "http://127.0.0.1:9123"),
        (["--address", "::1", "--port", "9123"], "http://[::1]:9123"),
        (["--address", "unix:/run/board.sock"], "unix:/run/board.sock"),
    ],
)
def test_it_says_by_its_own_name_where_it_opens(
    words: list[str], place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(web.os, "execv", lambda _program, command: started.append(command))
    web.main(words)
    assert capsys.readouterr().out.startswith(f"Tuneboard opens on {place}. ") and started


def test_the_settings_that_keep_users_safe_stand_in_the_file() -> None:
    settings = tomllib.loads((web.app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["allowedHosts"] == ["localhost", "127.0.0.1"]
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False
    assert not {"enableCORS", "enableXsrfProtection"} & set(settings["server"]), "their defaults protect"
