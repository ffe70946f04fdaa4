"""The model side of image classification: stock `AutoModelForImageClassification` models, in fp32."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoModelForImageClassification

from sft_core.config import TrainingSettings
from sft_core.errors import ModelError
from sft_core.models.safety import check_folder
from sft_core.tasks.engine import Batch, Floats, Indices
from sft_core.tasks.freezing import freeze_lowest
from sft_core.tasks.image_classification.augment import draw, varied
from sft_core.tasks.image_classification.body import StillStatistics, body_layers, pass_open_gates
from sft_core.tasks.image_classification.pictures import Pictures, opened
from sft_core.tasks.image_classification.view import View, load_view
from sft_core.tasks.last_layer import WarmStart, cool, input_of, last_linear, train_last
from sft_core.tasks.loading import from_folder, label_names, outside, refuse_gaps, with_new_head
from sft_core.tasks.quiet import quiet_loading

KIND = "image"
DROPOUT_FIELDS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "classifier_dropout_prob",
    "dropout_rate",
)
CPU_PICTURES, GPU_PICTURES = 8, 128  # that go through the model at once


class ImageClassification:
    """See `tasks.engine.Engine`."""

    unit = "pictures"
    advice = "Choose a smaller model, or fewer pictures at once (token_budget)."
    chunk = 128
    measures_precision = True

    def load_base(self, folder: Path, labels: Sequence[str], *, dropout: float | None, seed: int) -> nn.Module:
        """A base model with a new head for `labels`. Raises ModelError where the folder is unsafe or damaged."""
        kind, config = AutoModelForImageClassification, check_folder(folder, KIND)
        changes = {} if dropout is None else dict.fromkeys(DROPOUT_FIELDS, dropout)
        model, not_found = with_new_head(kind, folder, config, labels, dropout=changes, seed=seed)
        refuse_gaps(outside(model, self.head_parameters(model)) & not_found)
        return _made_quick(model)

    def load_tuned(self, folder: Path) -> nn.Module:
        """The model of a run, in evaluation mode."""
        check_folder(folder, KIND)
        model, not_found = from_folder(AutoModelForImageClassification, folder)
        refuse_gaps(not_found)
        return _made_quick(model).eval()

    def load_encoder(self, folder: Path, max_length: int | None = None) -> View:  # noqa: ARG002
        """The image processor."""
        return load_view(folder)

    def save(self, model: Any, encoder: View, folder: Path) -> None:
        """Write a Hugging Face folder that `transformers.pipeline` loads."""
        with quiet_loading():
            model.save_pretrained(str(folder))
        encoder.save_pretrained(str(folder))

    def encode(
        self,
        encoder: View,
        inputs: Sequence[str],
        pairs: Sequence[str] | None,  # noqa: ARG002
        max_length: int | None,  # noqa: ARG002
    ) -> Pictures:
        """Paths of stored pictures; they are opened when their batch is due."""
        return Pictures(tuple(inputs), encoder)

    def collate(self, rows: Pictures, indices: Indices, pad_to_multiple: int = 1) -> Batch:  # noqa: ARG002
        """One batch of the stored pictures, prepared by the image processor."""
        tensors = [rows.view.tensor(opened(rows.paths[int(i)])) for i in indices]
        if len({tensor.shape for tensor in tensors}) > 1:
            raise ModelError("This model reads pictures of changing sizes.", "Choose another base model.")
        return {"pixel_values": torch.stack(tensors).contiguous(memory_format=torch.channels_last)}

    def training_batch(
        self, rows: Pictures, indices: Indices, *, seed: int, settings: TrainingSettings, device: torch.device
    ) -> Batch:
        """One batch of the cached pixels, varied as the settings wish; without a cache, as it is answered."""
        if rows.pixels is None:
            return {name: value.to(device) for name, value in self.collate(rows, indices).items()}
        chosen = rows.pixels.take([int(i) for i in indices])
        drawn = draw([int(i) for i in indices], chosen.shapes, rows.view, seed, settings)
        return {"pixel_values": varied(chosen.block().to(device), drawn, rows.view)}

    def while_training(self, model: Any, rows: Pictures) -> StillStatistics:  # noqa: ARG002
        """Batch norms stay as they are."""
        return StillStatistics(model)

    def usual_budget(self, device: torch.device) -> int:
        """Pictures at once."""
        return CPU_PICTURES if device.type == "cpu" else GPU_PICTURES

    def labels(self, model: Any) -> list[str]:
        """The classes in the order of the logits."""
        return label_names(model)

    def backbone(self, model: Any) -> nn.Module:
        """The pre-trained body."""
        body: nn.Module = model.base_model
        return body

    def head_parameters(self, model: Any) -> list[nn.Parameter]:
        """The last linear layer."""
        return list(last_linear(model).parameters())

    def layers(self, model: Any) -> list[list[nn.Parameter]]:
        """The body's parameters bottom to top: all below the first layer, then one group a layer."""
        return body_layers(self.backbone(model))

    def freeze(self, model: Any, n_layers: int) -> None:
        """Freeze what lies below the layers and the lowest `n_layers`; 0 freezes nothing."""
        freeze_lowest(self.layers(model), n_layers)

    def pooled_features(self, model: Any, batch: Batch) -> torch.Tensor:
        """(b, h) what goes into the last linear layer."""
        return input_of(last_linear(model), lambda: model(**batch))

    def first_token(self, model: Any, batch: Batch) -> torch.Tensor:
        """(b, h) the same: the stock head is that layer."""
        return self.pooled_features(model, batch)

    def both_features(self, model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """The same, twice."""
        features = self.pooled_features(model, batch)
        return features, features

    def head_logits(self, model: Any, features: torch.Tensor) -> torch.Tensor:
        """(b, k) logits of the last linear layer."""
        logits: torch.Tensor = last_linear(model)(features)
        return logits

    def scale_logits(self, model: Any, temperature: float) -> None:
        """Divide all later logits by `temperature`, inside the last linear layer."""
        cool(last_linear(model), temperature)

    def warm_start_head(
        self,
        model: Any,
        features: Floats,
        y: NDArray[np.int64],
        *,
        seed: int,
        pooled: Floats | None = None,  # noqa: ARG002
        should_stop: Callable[[], bool] = lambda: False,
    ) -> WarmStart:
        """Make the last layer the logistic regression on cached features."""
        return train_last(last_linear(model), features, y, seed=seed, should_stop=should_stop)


ENGINE = ImageClassification()


def _made_quick(model: nn.Module) -> nn.Module:
    """The same model, quicker: the order of memory that convolutions like, and no layers that do nothing."""
    pass_open_gates(model)
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
