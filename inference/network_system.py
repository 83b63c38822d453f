"""A detection system that is a torch module: what training and weights ask of it."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from inference.system import DetectionSystem


class NetworkSystem(DetectionSystem, Protocol):
    """The part of `torch.nn.Module` that is used from outside a system."""

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """Return what gradients reach."""
        ...

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Return what gradients reach, with its names."""
        ...

    def modules(self) -> Iterator[nn.Module]:
        """Return the system and all its parts."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return everything that training settles, by name."""
        ...

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> object:
        """Take over a state."""
        ...

    def train(self, mode: bool = True) -> object:
        """Switch to training, or to use."""
        ...

    def to(self, device: torch.device) -> object:
        """Move to a device."""
        ...


def state_of(system: NetworkSystem) -> dict[str, Tensor]:
    """Return the tensors of a system by name, in memory of their own on the CPU."""
    return {
        name: tensor.detach().to("cpu", copy=True).contiguous()
        for name, tensor in system.state_dict().items()
    }
