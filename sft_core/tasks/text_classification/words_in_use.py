"""Only the words that occur are learned: a small table stands in for the embedding while training.

Most of a vocabulary never occurs in a training file. Its rows get no gradient, but cost gradients, optimizer state and
time like the others: half of the parameters of MiniLM, two thirds of a multilingual model. The rows that occur learn in
a table of their own and are put back before the model is used. The result is that of learning the whole embedding,
except that words which do not occur are not decayed.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

WORTHWHILE = 0.5  # share of the vocabulary in use above which the whole is learned


class WordsInUse:
    """Stands in for an embedding in training mode; in evaluation mode the embedding itself answers."""

    def __init__(self, embedding: nn.Embedding, used: NDArray[np.int64]) -> None:
        device = embedding.weight.device
        self.embedding = embedding
        self.used = torch.from_numpy(used).to(device)
        self.places = torch.full((embedding.num_embeddings,), -1, dtype=torch.int64, device=device)
        self.places[self.used] = torch.arange(len(used), device=device)
        self.table = nn.Parameter(embedding.weight.detach()[self.used].clone())
        embedding.weight.requires_grad_(False)
        self._hook = embedding.register_forward_hook(self._look_up)

    def _look_up(self, module: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> torch.Tensor:
        if not module.training:
            return output
        padding = self.embedding.padding_idx
        place = int(self.places[padding]) if padding is not None else -1
        return functional.embedding(self.places[inputs[0]], self.table, padding_idx=place if place >= 0 else None)

    @property
    def parameters(self) -> list[nn.Parameter]:
        """The table: it learns in the embedding's place."""
        return [self.table]

    def put_back(self) -> None:
        """Copy what was learned into the embedding."""
        with torch.no_grad():
            self.embedding.weight[self.used] = self.table

    def take_over(self) -> None:
        """Copy the embedding's rows, which were just loaded, into the table."""
        with torch.no_grad():
            self.table.copy_(self.embedding.weight[self.used])

    def close(self) -> None:
        """Put back what was learned and leave the embedding as it was found."""
        self.put_back()
        self._hook.remove()
        self.embedding.weight.requires_grad_(True)


def words_in_use(backbone: nn.Module, input_ids: NDArray[np.int32], padding: int) -> WordsInUse | None:
    """A stand-in for the backbone's word embedding; None where it has none, it is frozen, or most of it is in use."""
    embedding = _word_embedding(backbone)
    if embedding is None or not embedding.weight.requires_grad:
        return None
    used = np.union1d(input_ids, [padding]).astype(np.int64)
    return WordsInUse(embedding, used) if len(used) <= WORTHWHILE * embedding.num_embeddings else None


def _word_embedding(backbone: nn.Module) -> nn.Embedding | None:
    ask = getattr(backbone, "get_input_embeddings", None)
    try:
        found = ask() if ask is not None else None
    except NotImplementedError:  # it does not say which one it is
        return None
    # a subclass may do more than look up (scale, say), which the stand-in would leave out
    return found if type(found) is nn.Embedding else None
