"""Where a training run stands, in one file that is replaced in one step, so a kill loses little.

A safetensors file holds the tensors of system and optimiser; its header holds the rest as JSON.
Generators need no saving: each iteration draws from one of its own (`loop`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from inference.network_system import NetworkSystem, state_of
from study_design.errors import BadInputError

FILE = "checkpoint.safetensors"
_SYSTEM, _OPTIMIZER = "system/", "optimizer/"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes
    ----------
    iteration
        Iterations done.
    identity
        What must not change between the parts of a run: system, schedule, seed, exams.
    plateau_factor, best_loss, waited
        Of a schedule with a plateau: the factor on the learning rate, the lowest mean loss of a
        pass, and the passes since.
    seconds
        Time spent in training, all parts together.
    """

    iteration: int
    identity: str
    plateau_factor: float = 1.0
    best_loss: float = float("inf")
    waited: int = 0
    pass_loss: float = 0.0
    seconds: float = 0.0


def save_checkpoint(
    folder: Path, system: NetworkSystem, optimizer: Optimizer, progress: Progress
) -> None:
    """Write the checkpoint in place of the last one."""
    tensors = {_SYSTEM + name: tensor for name, tensor in state_of(system).items()}
    for place, state in optimizer.state_dict()["state"].items():
        for name, value in state.items():
            if isinstance(value, Tensor):
                copied = value.detach().to("cpu", copy=True).contiguous()
                tensors[f"{_OPTIMIZER}{place}/{name}"] = copied
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{FILE}.part"
    save_file(tensors, temporary, metadata={"progress": json.dumps(asdict(progress))})
    temporary.replace(folder / FILE)


def load_checkpoint(
    folder: Path, system: NetworkSystem, optimizer: Optimizer, identity: str
) -> Progress:
    """Bring system and optimiser to where the run stood; a run without a checkpoint begins.

    Raises
    ------
    BadInputError
        Where the checkpoint is that of another run.
    """
    path = folder / FILE
    if not path.is_file():
        return Progress(0, identity)
    with safe_open(path, framework="pt") as opened:
        progress = Progress(**json.loads(opened.metadata()["progress"]))
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    if progress.identity != identity:
        raise BadInputError(
            f"Expected in {folder} a run of this system, size, seed, schedule and data, got "
            "another one. Choose another --out, or remove the folder."
        )
    system.load_state_dict(_under(_SYSTEM, tensors))
    _restore(optimizer, _under(_OPTIMIZER, tensors))
    return progress


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose names begin so, without that beginning."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _restore(optimizer: Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimiser its averages back; learning rates follow from the iteration."""
    content = optimizer.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        place, _, quantity = name.partition("/")
        state.setdefault(int(place), {})[quantity] = tensor
    with torch.no_grad():
        optimizer.load_state_dict({**content, "state": state})
