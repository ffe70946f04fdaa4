"""What the training loop, the inference loop and the predictor need to know of a task's model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.config import TrainingSettings
from sft_core.tasks.encoded import Rows

Batch = dict[str, torch.Tensor]
Floats = NDArray[np.float32]
Indices = Sequence[int] | NDArray[np.integer[Any]]


class TrainingAid(Protocol):
    """What stands beside a model while it learns; `parameters` lie outside of the model and learn like its body."""

    @property
    def parameters(self) -> list[torch.nn.Parameter]: ...

    def put_back(self) -> None:
        """Make the model whole: it is about to be scored or saved."""
        ...

    def take_over(self) -> None:
        """Take note that the model's weights were just loaded."""
        ...

    def close(self) -> None:
        """Leave the model as a stock one, with what was learnt."""
        ...


class Engine(Protocol):
    """The model side of a task. Models are stock transformers architectures in fp32; folders are local and checked."""

    unit: str  # what the lengths of rows count, in the plural: "tokens", "pictures"
    advice: str  # what to do where memory does not suffice
    chunk: int  # rows that are read and answered between two reports of progress
    measures_precision: bool  # whether short numbers are faster depends on the model, not on the machine alone

    def load_base(self, folder: Path, labels: Sequence[str], *, dropout: float | None, seed: int) -> torch.nn.Module:
        """A base model with a new head for `labels`; `seed` fixes the head, `dropout` (None: its own) the body's."""
        ...

    def load_tuned(self, folder: Path) -> torch.nn.Module:
        """The model of a run, as saved."""
        ...

    def load_encoder(self, folder: Path, max_length: int | None = None) -> Any:
        """The tokenizer (`max_length` becomes its `model_max_length` and is saved with it) or the image processor."""
        ...

    def save(self, model: torch.nn.Module, encoder: Any, folder: Path) -> None:
        """Write a Hugging Face folder: safetensors, config with id2label, tokenizer or image processor."""
        ...

    def encode(self, encoder: Any, inputs: Sequence[str], pairs: Sequence[str] | None, max_length: int | None) -> Any:
        """`Rows` of the inputs: texts as tokens, cut at `max_length` (None: where the encoder says), or pictures."""
        ...

    def collate(self, rows: Any, indices: Indices, pad_to_multiple: int = 1) -> Batch:
        """One batch as it is answered; texts are padded to the longest row, attention_mask is absent if all ones."""
        ...

    def training_batch(
        self, rows: Any, indices: Indices, *, seed: int, settings: TrainingSettings, device: torch.device
    ) -> Batch:
        """One batch as it is learnt from, on `device`; what is drawn for a row depends on it and `seed` alone."""
        ...

    def while_training(self, model: torch.nn.Module, rows: Rows) -> TrainingAid | None:
        """What stands beside the model while it learns from these rows."""
        ...

    def usual_budget(self, device: torch.device) -> int:
        """The sum of lengths that goes through the model at once, where nobody wishes another."""
        ...

    def labels(self, model: torch.nn.Module) -> list[str]:
        """The classes in the order of the logits."""
        ...

    def backbone(self, model: torch.nn.Module) -> torch.nn.Module:
        """The pre-trained body."""
        ...

    def head_parameters(self, model: torch.nn.Module) -> list[torch.nn.Parameter]:
        """The parameters that belong to the head (pooler and classifier)."""
        ...

    def layers(self, model: torch.nn.Module) -> list[list[torch.nn.Parameter]]:
        """The body's parameters bottom to top: embeddings first, then one group a layer."""
        ...

    def freeze(self, model: torch.nn.Module, n_layers: int) -> None:
        """Freeze the embeddings and the lowest `n_layers` layers; 0 freezes nothing."""
        ...

    def pooled_features(self, model: torch.nn.Module, batch: Batch) -> torch.Tensor:
        """(b, h) mean of the last hidden state over real tokens: what the probe sees."""
        ...

    def first_token(self, model: torch.nn.Module, batch: Batch) -> torch.Tensor:
        """(b, h) what the stock head sees."""
        ...

    def both_features(self, model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """`first_token` and `pooled_features` in one pass through the body."""
        ...

    def head_logits(self, model: torch.nn.Module, features: torch.Tensor) -> torch.Tensor:
        """(b, k) logits of the head alone on (b, h) features of `first_token`."""
        ...

    def scale_logits(self, model: torch.nn.Module, temperature: float) -> None:
        """Fold a temperature into the last linear layer: all later logits are divided by it."""
        ...

    def warm_start_head(
        self,
        model: torch.nn.Module,
        features: Floats,
        y: NDArray[np.int64],
        *,
        seed: int,
        pooled: Floats | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Any:
        """Train the head alone on cached `first_token` features (n, h), in seconds."""
        ...
