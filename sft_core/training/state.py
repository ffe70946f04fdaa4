"""What is in a checkpoint: the weights, the optimizer's memory, and how far the training has come.

The optimizer's file is read with `weights_only`, and only ever from the run's own folder after its hash was checked.
"""

from pathlib import Path

import torch
from safetensors.torch import load_model, save_model

from sft_core.training.progress import Progress, read_progress
from sft_core.training.stepping import Stepper

WEIGHTS, OPTIMIZER = "model.safetensors", "optimizer.pt"
COPIES = 4  # the last two, the best, and the one that is being written


def write_state(folder: Path, model: torch.nn.Module, stepper: Stepper, progress: Progress) -> None:
    """Fill the folder of a checkpoint."""
    stepper.settle()
    save_model(model, str(folder / WEIGHTS))
    torch.save(stepper.optimizer.state_dict(), folder / OPTIMIZER)
    progress.write(folder)


def load_state(folder: Path, model: torch.nn.Module, stepper: Stepper) -> Progress:
    """Put the state of a checkpoint into model and stepper; how far it had come."""
    progress = read_progress(folder)
    load_weights(folder, model)
    stepper.reload()
    stepper.optimizer.load_state_dict(torch.load(folder / OPTIMIZER, map_location="cpu", weights_only=True))
    stepper.token_budget = progress.token_budget
    return progress


def load_weights(folder: Path, model: torch.nn.Module) -> None:
    """Put the weights of a checkpoint into a model, wherever it lives."""
    load_model(model, str(folder / WEIGHTS), device=str(next(model.parameters()).device))


def disk_needed(model: torch.nn.Module) -> int:
    """Bytes that the checkpoints of a training take at most: weights, and two moments of all that learns."""
    weights = sum(p.numel() for p in model.parameters())
    learning = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return COPIES * 4 * (weights + 2 * learning)
