"""The picture engine on every architecture that it knows: head, layers, freezing, saving, what transformers says."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_pictures import BLOCKS, COLOURS, classes_of, write_picture_base, write_pictures
from transformers import AutoModelForImageClassification, pipeline
from transformers.utils import logging

from sft_core.config import TrainingSettings
from sft_core.errors import DataError, ModelError
from sft_core.features.inference import forward, forward_features
from sft_core.features.pixels import cached_pixels
from sft_core.features.predictor import Predictor
from sft_core.models.bundled_image import bundled_image_folder
from sft_core.models.resolve import resolve
from sft_core.models.safety import PICTURE_MODELS
from sft_core.tasks.image_classification.pictures import Pictures
from sft_core.tasks.registry import get_task, load_engine
from sft_core.workspace import Workspace

ENGINE = load_engine(get_task("image-classification"))
LABELS = sorted(COLOURS)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory):
    """Folders of tiny base models by architecture, each written once."""
    root = tmp_path_factory.mktemp("bases")
    made: dict[str, Path] = {}

    def base(kind: str = "vit", **options) -> Path:
        name = f"{kind}{options}"
        if name not in made:
            made[name] = write_picture_base(root / str(len(made)), kind, **options)
        return made[name]

    return base


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pictures(tmp_path_factory.mktemp("pictures"))


def loaded(folder: Path):
    return ENGINE.load_base(folder, LABELS, dropout=None, seed=0)


def rows_of(folder: Path, paths: list[Path]):
    return ENGINE.encode(ENGINE.load_encoder(folder), [str(path) for path in paths], None, None)


def test_every_known_kind_of_picture_model_is_tried():
    assert set(BLOCKS) == set(PICTURE_MODELS)


@pytest.mark.parametrize("kind", PICTURE_MODELS)
def test_head_and_layers_hold_each_parameter_once_and_the_head_gives_the_logits(bases, pictures, kind):
    model = loaded(bases(kind)).eval()
    groups = ENGINE.layers(model)
    ids = [id(p) for group in [*groups, ENGINE.head_parameters(model)] for p in group]
    assert sorted(ids) == sorted(id(p) for p in model.parameters())
    assert len(groups) == BLOCKS[kind] + 1
    first, last = next(model.base_model.parameters()), groups[-1]
    assert any(p is first for p in groups[0]) and not any(p is first for p in last)
    batch = ENGINE.collate(rows_of(bases(kind), pictures[:3]), range(3))
    with torch.no_grad():
        whole = model(**batch).logits
        head = ENGINE.head_logits(model, ENGINE.first_token(model, batch))
    torch.testing.assert_close(head, whole, rtol=1e-4, atol=1e-5)


def test_freezing_reaches_the_lowest_layers_only(bases):
    model = loaded(bases("resnet"))
    ENGINE.freeze(model, 1)
    frozen = [not any(p.requires_grad for p in group) for group in ENGINE.layers(model)]
    assert frozen == [True, True, False, False]
    ENGINE.freeze(model, 99)
    assert all(p.requires_grad for p in ENGINE.head_parameters(model))


@pytest.mark.parametrize("kind", ["vit", "convnext"])
def test_the_saved_model_says_in_transformers_what_it_says_here(bases, pictures, tmp_path, kind):
    folder = bases(kind, keeps_shape=kind == "convnext")
    model, encoder = loaded(folder), ENGINE.load_encoder(folder)
    first, pooled = forward_features(model, ENGINE, rows_of(folder, pictures))
    assert np.array_equal(first, pooled)
    ENGINE.warm_start_head(model, first, classes_of(pictures), seed=0)
    ENGINE.scale_logits(model, 1.7)
    ENGINE.save(model, encoder, tmp_path)
    turned = tmp_path / "turned.jpg"  # EXIF says that it lies on its side
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(pictures[0]).save(turned, exif=exif)
    paths = [str(path) for path in (*pictures[:4], turned)]
    ours = Predictor.load(tmp_path, "image-classification").predict(paths)
    logging.set_verbosity_error()
    theirs = pipeline("image-classification", model=str(tmp_path), top_k=None, device="cpu")(paths)
    said = [[{entry["label"]: entry["score"] for entry in row}[label] for label in LABELS] for row in theirs]
    np.testing.assert_allclose(ours, said, atol=1e-5)
    assert json.loads((tmp_path / "config.json").read_text())["id2label"] == {"0": "blue", "1": "green", "2": "red"}
    assert (ours[:3].argmax(axis=1) == [0, 1, 2]).all()


def test_what_was_drawn_for_a_row_does_not_depend_on_the_batch(bases, pictures, tmp_path):

    view = ENGINE.load_encoder(bases())
    paths = tuple(str(path) for path in pictures)
    rows = Pictures(paths, view, cached_pixels(paths, view, tmp_path))
    settings = TrainingSettings(augment_crop=True, augment_flip=True, augment_colour=True)

    def batch(indices, seed=5):
        return ENGINE.training_batch(rows, indices, seed=seed, settings=settings, device=CPU)["pixel_values"]

    whole = batch([3, 0, 7, 4])
    torch.testing.assert_close(torch.cat([batch([3]), batch([0, 7]), batch([4])]), whole, rtol=0, atol=1e-5)
    assert (batch([3, 0, 7, 4], seed=6) - whole).abs().mean() > 0.01
    assert whole.shape == (4, 3, 32, 32) and whole.dtype == torch.float32


@pytest.mark.parametrize("keeps_shape", [False, True])
@pytest.mark.parametrize("size", [(64, 40), (40, 64), (300, 300)])
def test_unvaried_pixels_of_the_cache_are_what_the_processor_shows(bases, tmp_path, keeps_shape, size):

    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    path = tmp_path / "ramp.png"
    Image.fromarray(np.stack([across, down, 255 - across], axis=2).astype(np.uint8)).save(path)
    view = ENGINE.load_encoder(bases(keeps_shape=keeps_shape))
    assert view.keeps_shape is keeps_shape
    assert view.share == pytest.approx(32 / 36 if keeps_shape else 1.0, abs=0.03)
    rows = Pictures((str(path),), view, cached_pixels([str(path)], view, tmp_path / "cache"))
    off = TrainingSettings(augment_crop=False, augment_flip=False, augment_colour=False)
    seen = ENGINE.training_batch(rows, [0], seed=0, settings=off, device=CPU)["pixel_values"][0]
    shown = ENGINE.collate(rows, [0])["pixel_values"][0]
    assert (seen - shown).abs().mean() < 0.02 * (shown.max() - shown.min())


def test_gates_that_do_nothing_are_left_out_and_stay(bases, pictures, workspace: Workspace):

    folder = bundled_image_folder(workspace.cache)
    rows = rows_of(folder, pictures[:2])
    quick = loaded(folder).eval()
    gates = [p for name, p in quick.named_parameters() if "squeeze_excite" in name]
    assert gates and not any(p.requires_grad for p in gates)
    stock = AutoModelForImageClassification.from_pretrained(str(folder), dtype=torch.float32).eval()
    batch = ENGINE.collate(rows, range(2))
    with torch.no_grad():
        torch.testing.assert_close(
            quick.base_model(**batch).pooler_output, stock.base_model(**batch).pooler_output, rtol=1e-4, atol=1e-4
        )
    trained = loaded(bases("efficientnet"))
    assert all(p.requires_grad for p in trained.parameters())


def test_a_model_of_the_other_kind_is_refused_in_one_sentence(bases, make_base, workspace: Workspace):
    with pytest.raises(ModelError, match=r"^This model reads pictures, and these rows are texts\."):
        resolve(str(bases()))
    with pytest.raises(ModelError, match=r"^This model reads texts, and these rows are pictures\."):
        resolve(str(make_base("bert")), reads="image")
    facts = resolve(str(bases()), reads="image").facts
    assert (facts.model_type, facts.image_size, facts.max_length) == ("vit", 32, 0)
    bundled = resolve("bundled", cache=workspace.cache, reads="image")
    assert (bundled.name, bundled.facts.image_size) == ("EfficientNet-Lite0", 224)


def test_a_folder_without_its_image_processor_is_refused(bases, tmp_path):
    folder = shutil.copytree(bases(), tmp_path / "model")
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match="The image processor of this model cannot be loaded"):
        ENGINE.load_encoder(folder)


def test_a_picture_that_is_gone_or_broken_is_named(bases, pictures, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(pictures[0].read_bytes()[:200])
    model = loaded(bases())
    with pytest.raises(DataError, match=r"broken\.png cannot be opened"):
        forward(model, ENGINE, rows_of(bases(), [broken]))
    with pytest.raises(DataError, match=r"The picture gone\.png is not there any more"):
        forward(model, ENGINE, rows_of(bases(), [tmp_path / "gone.png"]))
