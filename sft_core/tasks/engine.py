"""What the training loop, the inference loop and the predictor need to know of a task's model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.tasks.encoded import Encoded

Batch = dict[str, torch.Tensor]
Floats = NDArray[np.float32]
Indices = Sequence[int] | NDArray[np.integer[Any]]


class Engine(Protocol):
    """The model side of a task. Models are stock transformers architectures in fp32; folders are local and checked."""

    def load_base(self, folder: Path, labels: Sequence[str], *, dropout: float | None, seed: int) -> torch.nn.Module:
        """A base model with a new head for `labels`; `seed` fixes the head, `dropout` (None: its own) the body's."""
        ...

    def load_tuned(self, folder: Path) -> torch.nn.Module:
        """The model of a run, as saved."""
        ...

    def load_encoder(self, folder: Path, max_length: int | None = None) -> Any:
        """The tokenizer; `max_length` becomes its `model_max_length` and is saved with it."""
        ...

    def save(self, model: torch.nn.Module, encoder: Any, folder: Path) -> None:
        """Write a Hugging Face folder: safetensors, config with id2label, tokenizer."""
        ...

    def encode(self, encoder: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int) -> Encoded:
        """Texts as tokens, cut at `max_length`."""
        ...

    def collate(self, encoded: Encoded, indices: Indices, pad_to_multiple: int = 1) -> Batch:
        """One batch, padded to its longest row; the key attention_mask is absent where it would be all ones."""
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
