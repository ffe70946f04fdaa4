"""Importing and drawing every page leaves the heavy libraries out."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ["torch", "transformers", "accelerate", "peft", "captum", "evaluate", "onnxruntime"]

SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest
import app
from components import places
test = AppTest.from_file("pages/main.py", default_timeout=120).run()
drawn = []
for place in [places.HOME, *places.STEPS, *places.WORKSPACE]:
    test.switch_page(place.file).run()
    drawn.append(place.file)
print(json.dumps({"drawn": drawn, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def test_a_click_through_every_page_imports_nothing_heavy() -> None:
    environment_path = f"{ROOT}:{ROOT / 'pages'}"
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": environment_path, "PATH": "/usr/bin:/bin", **_home()}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found = json.loads(done.stdout.decode().splitlines()[-1])
    assert len(found["drawn"]) == 9
    assert "streamlit" in found["modules"]
    assert [name for name in HEAVY if name in found["modules"]] == []


def _home() -> dict[str, str]:
    return {name: os.environ[name] for name in ("TUNEBOARD_HOME", "HOME") if name in os.environ}
