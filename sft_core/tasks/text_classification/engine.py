"""The model side of text classification: stock `AutoModelForSequenceClassification` models, in fp32."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import nn
from transformers import AutoModelForSequenceClassification

from sft_core.errors import ModelError
from sft_core.models.safety import check_folder
from sft_core.tasks.encoded import Encoded
from sft_core.tasks.engine import Batch, Floats, Indices
from sft_core.tasks.text_classification import encoding
from sft_core.tasks.text_classification.heads import find_head
from sft_core.tasks.text_classification.layers import body_layers
from sft_core.tasks.text_classification.quiet import quiet_loading
from sft_core.tasks.text_classification.warm_start import WarmStart, train_head

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


class TextClassification:
    """See `tasks.engine.Engine`."""

    def load_base(self, folder: Path, labels: Sequence[str], *, dropout: float | None, seed: int) -> nn.Module:
        """A base model with a new head for `labels`. Raises ModelError where the folder is unsafe or damaged."""
        config = check_folder(folder)
        names = list(labels)
        changes = {} if dropout is None else {name: dropout for name in DROPOUT_FIELDS if name in config}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model, not_found = _from_folder(
                folder,
                id2label=dict(enumerate(names)),
                label2id={name: i for i, name in enumerate(names)},
                problem_type="single_label_classification",
                ignore_mismatched_sizes=True,  # the head of another task is replaced, never a reason to fail
                **changes,
            )
        head = {id(parameter) for parameter in self.head_parameters(model)}
        _refuse_gaps({name for name, parameter in model.named_parameters() if id(parameter) not in head} & not_found)
        return model

    def load_tuned(self, folder: Path) -> nn.Module:
        """The model of a run, in evaluation mode."""
        check_folder(folder)
        model, not_found = _from_folder(folder)
        _refuse_gaps(not_found)
        return model.eval()

    def load_encoder(self, folder: Path, max_length: int | None = None) -> Any:
        """The tokenizer; `max_length` becomes its `model_max_length` and is saved with it."""
        return encoding.load_tokenizer(folder, max_length)

    def save(self, model: Any, encoder: Any, folder: Path) -> None:
        """Write a Hugging Face folder that `transformers.pipeline` loads."""
        with quiet_loading():
            model.save_pretrained(str(folder))
        encoder.save_pretrained(str(folder))

    def encode(self, encoder: Any, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int) -> Encoded:
        """Texts as tokens, cut at `max_length`."""
        return encoding.encode(encoder, texts, pairs, max_length)

    def collate(self, encoded: Encoded, indices: Indices, pad_to_multiple: int = 1) -> Batch:
        """One batch, padded to its longest row; the key attention_mask is absent where it would be all ones."""
        return encoding.collate(encoded, indices, pad_to_multiple)

    def labels(self, model: Any) -> list[str]:
        """The classes in the order of the logits."""
        return [str(model.config.id2label[i]) for i in range(model.config.num_labels)]

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
        groups = self.layers(model)[: n_layers + 1] if n_layers else []
        for parameter in (p for group in groups for p in group):
            parameter.requires_grad_(False)

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
            return _input_of(head.out, lambda: model(**batch)), self.pooled_features(model, batch)
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
        if not temperature > 0:
            raise ValueError(f"a temperature is greater than 0, not {temperature}")
        out = find_head(model).out
        with torch.no_grad():
            for parameter in out.parameters():
                parameter.div_(temperature)

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


def _from_folder(folder: Path, **changes: Any) -> tuple[nn.Module, set[str]]:
    """The model, and the names of its parameters that the weights do not hold (they are random then)."""
    try:
        with quiet_loading():
            model, report = AutoModelForSequenceClassification.from_pretrained(
                str(folder.resolve()),
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                **changes,
            )
    except (*encoding.DAMAGED, RuntimeError, SafetensorError) as error:
        raise ModelError(
            "The weights of this model cannot be loaded.", "Download the model again or choose another."
        ) from error
    mismatched = {entry[0] if isinstance(entry, tuple) else entry for entry in report["mismatched_keys"]}
    return model, set(report["missing_keys"]) | mismatched


def _refuse_gaps(names: set[str]) -> None:
    if names:
        raise ModelError(
            f"The weights of this model are incomplete: {len(names)} parts are missing, such as {min(names)}.",
            "Download the model again or choose another.",
        )


def _mean(hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    if mask is None:
        return hidden.mean(dim=1)
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


def _input_of(layer: nn.Module, run: Callable[[], Any]) -> torch.Tensor:
    seen: list[torch.Tensor] = []
    hook = layer.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    try:
        run()
    finally:
        hook.remove()
    return seen[0]
