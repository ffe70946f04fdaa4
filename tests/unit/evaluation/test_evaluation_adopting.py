"""A zip whose checksums are right may still say nonsense: it is refused, or everything that reads it can."""

import copy
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from evaluation_cases import run_folder

from sft_core.errors import InputError
from sft_core.evaluation.verdict import verdict
from sft_core.export.adopting import adopt
from sft_core.export.bundle import export_zip
from sft_core.export.model_card import model_card
from sft_core.export.shapes import Config, Report, parsed
from sft_core.records import read_json

GONE = object()
DAMAGES = (None, "x", "", 5, -1, 0.5, 1e308, True, [], {}, ["x"], 10**30, GONE)
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """{name: content} of a good zip, with small weights."""
    folder = tmp_path_factory.mktemp("good")
    run = run_folder(folder / "20260101-abc")
    (run.model / "model.safetensors").write_bytes(b"\x01" * 100)
    export_zip(run, folder / "good.zip")
    with zipfile.ZipFile(folder / "good.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, contents: dict[str, bytes]) -> Path:
    """A zip of these files whose manifest is right."""
    files = {name: data for name, data in contents.items() if name != "manifest.json"}
    facts = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps({"schema_version": 1, "files": facts}))
    return path


def changed(contents: dict[str, bytes], name: str, change: Change) -> dict[str, bytes]:
    """The same files with a JSON file changed."""
    value = json.loads(contents[name])
    change(value)
    return {**contents, name: json.dumps(value).encode()}


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each value of a JSON file, of lists to the first two."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from places(inner, (*before, key))


def damaged(value: Any, place: tuple[Any, ...], damage: Any) -> Any:
    """A copy of a JSON file with one value replaced, or taken away."""
    found = inner = copy.deepcopy(value)
    for key in place[:-1]:
        inner = inner[key]
    if damage is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = damage
    return found


@pytest.mark.parametrize(("name", "shape"), [("report.json", Report), ("config.json", Config)])
def test_one_damaged_value_is_refused_in_words_or_can_be_read_by_all(contents, name, shape):
    whole = {file: json.loads(contents[file]) for file in ("report.json", "config.json")}
    refused = accepted = 0
    for place in places(whole[name]):
        for damage in DAMAGES:
            value = damaged(whole[name], place, damage)
            try:
                parsed(shape, json.dumps(value).encode(), name)
            except InputError as error:
                assert name in error.message and error.hint
                refused += 1
                continue
            files = {**whole, name: value}
            assert verdict(files["report.json"]).headline and model_card(files["report.json"], files["config.json"])
            accepted += 1
    assert refused > accepted > 0


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("report.json", lambda v: v.update(metrics={}), "metrics.validation"),
        ("report.json", lambda v: v.update(labels=5), "labels"),
        ("report.json", lambda v: v["labels"].append("Billing"), "labels"),
        ("report.json", lambda v: v["confusion"]["matrix"].pop(), "confusion"),
        ("report.json", lambda v: v["per_class"].pop(), "report.json"),
        ("report.json", lambda v: v["intervals"]["test"].update(accuracy=[0.9, 0.1]), "intervals.test.accuracy"),
        ("report.json", lambda v: v["versus_baseline"].update(name="nobody"), "report.json"),
        ("report.json", lambda v: v.update(test_file={"seen_rows": [1]}), "test_file"),
        ("report.json", lambda v: v.update(threshold=float("nan")), "threshold"),
        ("report.json", lambda v: v.update(warnings=["\ud800"]), "damaged"),
        ("report.json", lambda v: v.update(schema_version=2), "schema_version"),
        ("config.json", lambda v: v.update(roles={"nope": 1}), "roles.nope"),
        ("config.json", lambda v: v.update(roles={"text": []}), "config.json"),
        ("config.json", lambda v: v.update(task="evil"), "task"),
        ("config.json", lambda v: v["settings"].update(epochs="many"), "settings.epochs"),
        ("config.json", lambda v: v["model"].update(asked="/etc"), "model.asked"),
        ("config.json", lambda v: v["labels"].reverse(), "do not belong to one model"),
        ("model/config.json", lambda v: v["id2label"].update({"0": "Praise"}), "do not belong to one model"),
        ("model/config.json", lambda v: v.update(auto_map={"AutoModel": "evil.py"}), "code of its own"),
        ("model/config.json", lambda v: v.update(model_type="evil"), "kind of model"),
    ],
)
def test_what_a_page_could_not_show_is_never_registered(contents, tmp_path, name, change, words):
    bundle = zipped(tmp_path / "odd.zip", changed(contents, name, change))
    with pytest.raises(InputError, match=words) as error:
        adopt(bundle, tmp_path / "in" / "run1")
    assert error.value.hint and list((tmp_path / "in").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("row_hashes.txt", b"\xff\n"),
        ("row_hashes.txt", b"no hash\n"),
        ("model/known.json", b'{"energy_quantiles": ["x", 2]}'),
        ("model/known.json", b'{"energy_quantiles": [2, 1]}'),
        ("model/tokenizer_config.json", b'{"model_max_length": -1}'),
        ("report.json", b"[" * 100_000),
        ("config.json", b"\xff"),
    ],
)
def test_files_that_cannot_be_read_later_are_refused_now(contents, tmp_path, name, content):
    with pytest.raises(InputError, match=name):
        adopt(zipped(tmp_path / "odd.zip", {**contents, name: content}), tmp_path / "in" / "run1")
    assert list((tmp_path / "in").iterdir()) == []


def test_facts_of_another_version_do_no_harm(contents, tmp_path):
    def change(value: dict[str, Any]) -> None:
        value.update(something_new={"deep": [1, 2]})

    files = changed(changed(contents, "report.json", change), "config.json", change)
    folder = adopt(zipped(tmp_path / "newer.zip", files), tmp_path / "in" / "run1")
    assert read_json(folder / "report.json")["something_new"] == {"deep": [1, 2]}
