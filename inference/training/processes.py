"""Several processes that train one system together, as torchrun starts them; one alone is usual."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as distributed

# Its functions take the group of the moment as their default when it is loaded, and an optimiser
# loads it. Loaded while a group stands it would hold that group for ever; its threads would then
# be cut off at the end of the process, which sometimes kills it.
import torch.distributed.nn
from torch import nn


@dataclass(frozen=True, slots=True)
class Processes:
    """Where this process stands among its fellows."""

    rank: int
    count: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether this one writes files and speaks."""
        return self.rank == 0

    def share(self, batch: list[int]) -> list[int]:
        """Return this process's part of a batch."""
        return batch[self.rank :: self.count]

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give all processes the mean of their gradients."""
        if self.count == 1:
            return
        for parameter in parameters:
            if not parameter.requires_grad:
                continue
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            distributed.all_reduce(parameter.grad)
            parameter.grad /= self.count

    def mean(self, value: float) -> float:
        """Return the mean of a number over all processes."""
        if self.count == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.all_reduce(total)
        return float(total) / self.count

    def agree(self, *, stop: bool) -> bool:
        """Tell whether any process wants to stop, so that all do at the same iteration."""
        return self.mean(float(stop)) > 0


@contextmanager
def processes() -> Iterator[Processes]:
    """Join the processes that torchrun started; without torchrun, stand alone."""
    rank, count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    on_gpu = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device(f"cuda:{local}" if on_gpu else "cpu")
    if count == 1:
        yield Processes(0, 1, device)
        return
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Processes(rank, count, device)
    finally:
        distributed.destroy_process_group()
