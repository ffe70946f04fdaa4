"""A file for a page test as if the browser had sent it: the field itself is tested in the browser."""

import json
from collections.abc import Mapping

from streamlit.testing.v1 import AppTest

from sft_core.web import arrived, parts
from sft_core.web.manifests import announced
from sft_core.workspace import new_id, open_workspace


def fields(app: AppTest) -> list[str]:
    """The keys of the fields on the page in which files arrive."""
    told = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.json)["field"] for proto in told if proto.component_name == "tuneboard_upload"]


def arrive(app: AppTest, key: str, name: str, content: bytes) -> AppTest:
    """The page after this file has arrived in its field with this key."""
    return _arrived(app, key, "", {name: content})


def arrive_folder(app: AppTest, key: str, name: str, files: Mapping[str, bytes]) -> AppTest:
    """The page after this folder has arrived in its field with this key; `files` by their path in it."""
    return _arrived(app, key, name, files)


def _arrived(app: AppTest, key: str, folder: str, given: Mapping[str, bytes]) -> AppTest:
    assert key in fields(app)
    workspace, upload_id = open_workspace(), new_id()
    content = b"".join(given.values())
    files = [{"path": path, "size": len(bytes_), "modified": 0} for path, bytes_ in given.items()]
    part = parts.begin(workspace, announced({"folder": folder, "files": files}, len(content)))
    with parts.Slice(part, 0) as piece:
        piece.add(content)
        piece.close(upload_id)
    app.session_state[f"{key}_arrived"] = arrived.receipt(workspace, upload_id)
    return app.run()
