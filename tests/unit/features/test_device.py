"""Where a model answers: a GPU with room, else here; and no answer is lost where the room does not last."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sft_core.features import base_answers, device, predictor
from sft_core.features.predictor import Predictor
from sft_core.tasks.registry import get_task, load_engine

GIB = 1 << 30
ENGINE = load_engine(get_task("text-classification"))


@pytest.fixture
def small(make_base: Callable[[str], Path], tmp_path: Path) -> Path:
    """A run's model folder."""
    base = make_base("bert")
    model = ENGINE.load_base(base, ["lost", "money"], dropout=None, seed=0)
    ENGINE.save(model, ENGINE.load_encoder(base, 16), tmp_path)
    return tmp_path


class OnPretendedGpu(torch.nn.Module):
    """A model that says it lies on a GPU, whose memory ends after a few forward passes."""

    def __init__(self, inner: Any, passes: int) -> None:
        super().__init__()
        self.inner, self.passes, self.at = inner, passes, torch.device("cuda")

    def to(self, place: Any) -> Any:  # type: ignore[override]
        self.at = torch.device(place)
        return self

    def forward(self, **batch: Any) -> Any:
        if self.at.type == "cuda":
            self.passes -= 1
            if self.passes < 0:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return self.inner(**batch)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A GPU as torch would tell of it; its free bytes can be changed."""
    memory = {"free": 10 * GIB}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (memory["free"], 16 * GIB))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    return memory


def test_a_model_goes_where_there_is_room(gpu: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    model = torch.nn.Linear(4, 4)
    assert device.best_device(model).type == "cuda"
    gpu["free"] = GIB // 2
    assert device.best_device(model).type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    gpu["free"] = 10 * GIB
    assert device.best_device(model).type == "cpu"


def test_a_gpu_that_another_process_keeps_for_itself_is_none(
    gpu: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable")

    monkeypatch.setattr(torch.cuda, "mem_get_info", refuse)
    assert device.best_device(torch.nn.Linear(4, 4)).type == "cpu"


def test_a_model_for_which_the_room_did_not_suffice_stays_here(gpu: dict[str, int]) -> None:
    class TooLarge(torch.nn.Linear):
        def to(self, place: Any) -> Any:  # type: ignore[override]
            if torch.device(place).type == "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return super().to(place)

    model = TooLarge(4, 4)
    assert device.placed(model) is model and device.device_of(model).type == "cpu"


def test_answers_go_on_here_where_the_memory_of_the_gpu_ends(
    small: Path, gpu: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Predictor.load(small, device="cpu")
    texts = [f"{word} {number}" for number in range(6) for word in ("one", "two two two")]
    expected = plain.predict(texts)
    pretended = OnPretendedGpu(plain.model, passes=2)
    real = device.device_of
    monkeypatch.setattr(device, "device_of", lambda model: getattr(model, "at", None) or real(model))
    monkeypatch.setattr(predictor, "CHUNK", 4)
    found = dataclasses.replace(plain, model=pretended).predict(texts)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert pretended.passes < 0 and pretended.at.type == "cpu"


def test_other_errors_are_told(gpu: dict[str, int]) -> None:
    model = torch.nn.Linear(4, 4)

    def fail() -> None:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        device.with_room(model, fail)


def test_whatever_answers_asks_where(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(device, "best_device", lambda model: asked.append(model) or torch.device("cpu"))
    Predictor.load(small)
    assert len(asked) == 1
    assert base_answers.placed is device.placed
