"""The model side of text classification: stock `AutoModelForSequenceClassification` models, in fp32."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoModelForSequenceClassification

from sft_core.config import TrainingSettings
from sft_core.models.safety import check_folder
from sft_core.tasks.encoded import Encoded
from sft_core.tasks.engine import Batch, Floats, Indices
from sft_core.tasks.freezing import freeze_lowest
from sft_core.tasks.last_layer import WarmStart, cool, input_of
from sft_core.tasks.loading import from_folder, label_names, outside, refuse_gaps, with_new_head
from sft_core.tasks.quiet import quiet_loading
from sft_core.tasks.text_classification import encoding
from sft_core.tasks.text_classification.heads import find_head
from sft_core.tasks.text_classification.layers import body_layers
from sft_core.tasks.text_classification.warm_start import train_head
from sft_core.tasks.text_classification.words_in_use import WordsInUse, words_in_use

DROPOUT_FIELDS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "dropout",
    "attention_dropout",
    "embedding_dropout",
    "mlp_dropout",
    "seq_classif_dropout",
    "classifier_dropout",
    "classifier_dropout_prob",
    "pooler_dropout",
    "cls_dropout",
)
# Tokens in a micro-batch, padding included. On a CPU more is slower (its cache): 600 short rows take 1.7 s with 1,024
# and 2.0 s with 4,096 in bf16, 2.6 and 3.3 s in fp32. A GPU wants more work at a time.
CPU_TOKENS, GPU_TOKENS = 1024, 16_384


class TextClassification:
    """See `tasks.engine.Engine`."""

    unit = "tokens"
    advice = "Choose a smaller model, a shorter longest text, or less text at once (token_budget)."
    chunk = 8_192
    measures_precision = False

    def load_base(self, folder: Path, labels: Sequence[str], *, dropout: float | None, seed: int) -> nn.Module:
        """A base model with a new head for `labels`. Raises ModelError where the folder is unsafe or damaged."""
        kind, config = AutoModelForSequenceClassification, check_folder(folder)
        changes = {} if dropout is None else dict.fromkeys(DROPOUT_FIELDS, dropout)
        model, not_found = with_new_head(kind, folder, config, labels, dropout=changes, seed=seed)
        refuse_gaps(outside(model, self.head_parameters(model)) & not_found)
        return model

    def load_tuned(self, folder: Path) -> nn.Module:
        """The model of a run, in evaluation mode."""
        check_folder(folder)
        model, not_found = from_folder(AutoModelForSequenceClassification, folder)
        refuse_gaps(not_found)
        return model.eval()

    def load_encoder(self, folder: Path, max_length: int | None = None) -> Any:
        """The tokenizer; `max_length` becomes its `model_max_length` and is saved with it."""
        return encoding.load_tokenizer(folder, max_length)

    def save(self, model: Any, encoder: Any, folder: Path) -> None:
        """Write a Hugging Face folder that `transformers.pipeline` loads."""
        with quiet_loading():
            model.save_pretrained(str(folder))
        encoder.save_pretrained(str(folder))

    def encode(
        self, encoder: Any, inputs: Sequence[str], pairs: Sequence[str] | None, max_length: int | None
    ) -> Encoded:
        """Texts as tokens, cut at `max_length` (None: at the tokenizer's)."""
        return encoding.encode(encoder, inputs, pairs, max_length or encoder.model_max_length)

    def collate(self, rows: Encoded, indices: Indices, pad_to_multiple: int = 1) -> Batch:
        """One batch, padded to its longest row; the key attention_mask is absent where it would be all ones."""
        return encoding.collate(rows, indices, pad_to_multiple)

    def training_batch(
        self,
        rows: Encoded,
        indices: Indices,
        *,
        seed: int,  # noqa: ARG002
        settings: TrainingSettings,  # noqa: ARG002
        device: torch.device,
    ) -> Batch:
        """One batch, as it is answered too."""
        if device.type != "cuda":
            return self.collate(rows, indices)
        batch = self.collate(rows, indices, pad_to_multiple=8)
        return {name: value.pin_memory().to(device, non_blocking=True) for name, value in batch.items()}

    def while_training(self, model: Any, rows: Encoded) -> WordsInUse | None:
        """A table of the words that occur, where most of the vocabulary does not."""
        return words_in_use(self.backbone(model), rows.columns["input_ids"], rows.padding["input_ids"])

    def usual_budget(self, device: torch.device) -> int:
        """Tokens at once."""
        return CPU_TOKENS if device.type == "cpu" else GPU_TOKENS

    def labels(self, model: Any) -> list[str]:
        """The classes in the order of the logits."""
        return label_names(model)

    def backbone(self, model: Any) -> nn.Module:
        """The pre-trained body (of some architectures it holds the pooler too, which belongs to the head)."""
        body: nn.Module = model.base_model
        return body

    def head_parameters(self, model: Any) -> list[nn.Parameter]:
        """Pooler and classifier: what the head consists of, and all else that lies outside of the body."""
        body = {id(parameter) for parameter in self.backbone(model).parameters()}
        head = {id(parameter) for parameter in find_head(model).parameters()}
        return [p for p in model.parameters() if id(p) in head or id(p) not in body]

    def layers(self, model: Any) -> list[list[nn.Parameter]]:
        """The body's parameters bottom to top: embeddings first, then one group a layer. Without the head's."""
        return body_layers(self.backbone(model), self.head_parameters(model))

    def freeze(self, model: Any, n_layers: int) -> None:
        """Freeze the embeddings and the lowest `n_layers` layers; 0 freezes nothing, more than there are the body."""
        freeze_lowest(self.layers(model), n_layers)

    def pooled_features(self, model: Any, batch: Batch) -> torch.Tensor:
        """(b, h) mean of the last hidden state over real tokens."""
        return _mean(self._hidden(model, batch), batch.get("attention_mask"))

    def first_token(self, model: Any, batch: Batch) -> torch.Tensor:
        """(b, h) what the stock head sees: the first token, or what goes into an unknown head's last layer."""
        return self.both_features(model, batch)[0]

    def both_features(self, model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """`first_token` and `pooled_features` in one pass through the body."""
        head = find_head(model)
        if head.dense is None:
            return input_of(head.out, lambda: model(**batch)), self.pooled_features(model, batch)
        hidden = self._hidden(model, batch)
        pooled = _mean(hidden, batch.get("attention_mask"))
        if getattr(model.config, "classifier_pooling", "cls") == "mean":  # ModernBERT may be made so
            return pooled, pooled
        return hidden[:, 0], pooled

    def head_logits(self, model: Any, features: torch.Tensor) -> torch.Tensor:
        """(b, k) logits of the head alone on (b, h) features of `first_token`, without dropout."""
        return find_head(model).logits(features)

    def scale_logits(self, model: Any, temperature: float) -> None:
        """Divide all later logits by `temperature`, inside the last linear layer."""
        cool(find_head(model).out, temperature)

    def warm_start_head(
        self,
        model: Any,
        features: Floats,
        y: NDArray[np.int64],
        *,
        seed: int,
        pooled: Floats | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> WarmStart:
        """Train the head alone on cached `first_token` features (see `warm_start.train_head`)."""
        return train_head(find_head(model), features, y, seed=seed, pooled=pooled, should_stop=should_stop)

    def _hidden(self, model: Any, batch: Batch) -> torch.Tensor:
        hidden: torch.Tensor = self.backbone(model)(**batch).last_hidden_state
        return hidden


ENGINE = TextClassification()


def _mean(hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    if mask is None:
        return hidden.mean(dim=1)
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)
