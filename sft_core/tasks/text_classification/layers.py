"""The body of an encoder as layers from bottom to top, found by its shape."""

from collections.abc import Sequence

from torch import nn


def body_layers(body: nn.Module, without: Sequence[nn.Parameter]) -> list[list[nn.Parameter]]:
    """Groups of parameters bottom to top: all below the stack of layers first, then each layer.

    A last norm counts with the top layer; tables shared by all layers (relative positions) with the bottom group.
    """
    left_out = {id(parameter) for parameter in without}
    stack = _stack(body)
    if stack is None:
        return [[p for p in body.parameters() if id(p) not in left_out]]
    name, layers = stack
    groups: list[list[nn.Parameter]] = [[] for _ in range(len(layers) + 1)]
    seen_stack = False
    for path, parameter in body.named_parameters():
        if id(parameter) in left_out:
            continue
        if path.startswith(f"{name}."):
            seen_stack = True
            groups[int(path.removeprefix(f"{name}.").split(".")[0]) + 1].append(parameter)
        else:
            groups[-1 if seen_stack and "embed" not in path else 0].append(parameter)
    return [group for group in groups if group]


def _stack(body: nn.Module) -> tuple[str, nn.ModuleList] | None:
    lists = [(name, module) for name, module in body.named_modules() if isinstance(module, nn.ModuleList)]
    return max(lists, key=lambda item: len(item[1])) if lists else None
