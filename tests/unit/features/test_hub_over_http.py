"""The real client against a hub on the loopback: listing, streaming, checksums, and the sentences for trouble."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sft_core.errors import ModelError, ResourceError, Stopped
from sft_core.models.download import download
from sft_core.models.hub import HuggingFaceHub
from sft_core.models.resolve import resolve

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class LoopbackHub(BaseHTTPRequestHandler):
    """Answers as the hub does for the model some/model; `server.files` holds its files."""

    def do_GET(self):
        path = self.path.split("?")[0]
        files = self.server.files
        if path in ("/api/models/some/model", f"/api/models/some/model/revision/{COMMIT}"):
            parts = [{"rfilename": name, "size": len(raw)} for name, raw in files.items()]
            for part in parts:
                if part["rfilename"] == "model.safetensors":
                    part["lfs"] = {"size": part["size"], "sha256": self.server.sum, "pointerSize": 134}
            facts = {"id": "some/model", "sha": COMMIT, "siblings": parts, "cardData": {"license": "mit"}}
            self.answer(200, json.dumps({**facts, "gated": self.server.gated}).encode())
        elif path.startswith(f"/some/model/resolve/{COMMIT}/"):
            self.answer(200, files[path.rsplit("/", 1)[1]])
        else:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.asked.append((self.path, dict(self.headers)))

    def log_message(self, *_args):
        """Keep the terminal quiet."""


@pytest.fixture
def server(make_base, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    made = ThreadingHTTPServer(("127.0.0.1", 0), LoopbackHub)
    made.files = {path.name: path.read_bytes() for path in make_base("bert").iterdir()}
    made.sum = hashlib.sha256(made.files["model.safetensors"]).hexdigest()
    made.gated, made.asked = False, []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def hub(server):
    return HuggingFaceHub(f"http://127.0.0.1:{server.server_port}")


def test_a_model_comes_over_http_as_published(hub, server, tmp_path):
    folder = download("some/model", tmp_path, hub)
    assert (folder / "model.safetensors").read_bytes() == server.files["model.safetensors"]
    assert resolve("some/model", cache=tmp_path).revision == COMMIT
    assert json.loads((folder / "tuneboard.json").read_text())["license"] == "mit"


def test_no_token_is_sent(hub, server, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    download("some/model", tmp_path, hub)
    assert server.asked and not any("hf_secret" in str(headers) for _, headers in server.asked)


def test_damage_on_the_way_is_noticed(hub, server, tmp_path):
    server.sum = "0" * 64
    with pytest.raises(ModelError, match="arrived damaged"):
        download("some/model", tmp_path, hub)


def test_an_unknown_model_is_said_to_be_unknown(hub, tmp_path):
    with pytest.raises(ModelError, match="no model 'no/where'"):
        download("no/where", tmp_path, hub)


def test_a_gated_model_is_refused(hub, server, tmp_path):
    server.gated = "manual"
    with pytest.raises(ModelError, match="signed its terms"):
        download("some/model", tmp_path, hub)


def test_a_wish_to_stop_is_obeyed_while_bytes_come(hub, tmp_path):
    asked = iter([False] * 3 + [True] * 100)
    with pytest.raises(Stopped):
        download("some/model", tmp_path, hub, should_stop=lambda: next(asked))


def test_nobody_listening_is_said_to_be_offline(hub, server, tmp_path):
    with pytest.raises(ResourceError, match="cannot reach"):
        download("some/model", tmp_path, HuggingFaceHub("http://127.0.0.1:9"))
