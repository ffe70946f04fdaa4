"""Stock transformers models from local folders, in fp32, with nothing left to chance: parts that are missing refuse."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from torch import nn

from sft_core.errors import ModelError
from sft_core.tasks.quiet import quiet_loading

# What transformers raises where a value in a model's own files is of another kind than it takes.
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, StrictDataclassError)


def with_new_head(
    kind: Any,
    folder: Path,
    config: Mapping[str, Any],
    labels: Sequence[str],
    *,
    dropout: Mapping[str, float],
    seed: int,
) -> tuple[nn.Module, set[str]]:
    """A base model of the auto class `kind` with a head for `labels`, drawn by `seed`, and the names not in its file.

    `dropout` are shares by field of the configuration; those that it does not have are left out.
    """
    names = list(labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return from_folder(
            kind,
            folder,
            id2label=dict(enumerate(names)),
            label2id={name: i for i, name in enumerate(names)},
            problem_type="single_label_classification",
            ignore_mismatched_sizes=True,  # the head of another task is replaced, never a reason to fail
            **{name: share for name, share in dropout.items() if name in config},
        )


def from_folder(kind: Any, folder: Path, **changes: Any) -> tuple[nn.Module, set[str]]:
    """The model, and the names of its parameters that the weights do not hold (they are random then)."""
    try:
        with quiet_loading():
            model, report = kind.from_pretrained(
                str(folder.resolve()),
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                **changes,
            )
    except (*DAMAGED, RuntimeError, SafetensorError) as error:
        raise ModelError(
            "The weights of this model cannot be loaded.", "Download the model again or choose another."
        ) from error
    mismatched = {entry[0] if isinstance(entry, tuple) else entry for entry in report["mismatched_keys"]}
    return model, set(report["missing_keys"]) | mismatched


def refuse_gaps(names: set[str]) -> None:
    """Raise ModelError where parts of a model are named that its file does not hold."""
    if names:
        raise ModelError(
            f"The weights of this model are incomplete: {len(names)} parts are missing, such as {min(names)}.",
            "Download the model again or choose another.",
        )


def outside(model: nn.Module, parameters: Iterable[nn.Parameter]) -> set[str]:
    """Names of the model's parameters that are none of these."""
    known = {id(parameter) for parameter in parameters}
    return {name for name, parameter in model.named_parameters() if id(parameter) not in known}


def label_names(model: Any) -> list[str]:
    """The classes of a model in the order of its logits."""
    return [str(model.config.id2label[i]) for i in range(model.config.num_labels)]
