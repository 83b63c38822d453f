"""Weights as safetensors, in shards that any host takes, with the model card beside them.

Never pickle: a weight file holds numbers and cannot run anything.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from inference.model_card import ModelCard, write_card
from inference.network_system import NetworkSystem, state_of
from study_design.errors import BadInputError
from study_design.tables.csv_file import write_atomically

INDEX = "model.safetensors.index.json"
# A shard stays below 16 MiB, its header included.
_SHARD_BYTES = 16 * 1024**2 - 64 * 1024


@dataclass(frozen=True, slots=True)
class Initialised:
    """What became of weights that a system started from; names are the system's own.

    Attributes
    ----------
    missing
        The system has them, the file does not: they keep their random start.
    unexpected
        The file has them, the system does not, or in another shape.
    """

    taken: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


def save_weights(
    folder: Path, system: NetworkSystem, card: ModelCard, *, half: bool = True
) -> ModelCard:
    """Write weights and card; return the card with the hash of the weights.

    Parameters
    ----------
    half
        Store parameters as 16-bit floats; what is settled without gradients stays exact.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = state_of(system)
    if half:
        for name, _ in system.named_parameters():
            if tensors[name].dtype is torch.float32:
                tensors[name] = tensors[name].to(torch.float16)
    for old in folder.glob("model-*.safetensors"):
        old.unlink()
    shards = _shards(tensors)
    index: dict[str, str] = {}
    for number, names in enumerate(shards, start=1):
        file = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        write_atomically(folder / file, save({name: tensors[name] for name in names}))
        index |= dict.fromkeys(names, file)
    content = json.dumps({"weight_map": index}, indent=1)
    write_atomically(folder / INDEX, content.encode())
    complete = replace(card, weights_sha256=weights_sha256(folder))
    write_card(folder, complete)
    return complete


def weights_sha256(path: Path) -> str:
    """Return the SHA-256 over the weight files of a folder, or of one file."""
    digest = hashlib.sha256()
    for file in _files(path):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def weights_folder(path: Path) -> Path:
    """Return the folder of weights that were named by folder, index or one of their files."""
    return path if path.is_dir() else path.parent


def load_weights(path: Path, system: NetworkSystem) -> None:
    """Give a system the weights that training left.

    Raises
    ------
    BadInputError
        Where they are damaged, or are those of another system.
    """
    tensors = _read(path)
    try:
        system.load_state_dict(_as_stored(tensors, system))
    except RuntimeError as error:
        raise BadInputError(
            f"Expected in {path} the weights of {system.name} ({system.size}), got others: "
            f"{str(error).splitlines()[-1].strip()} Check --weights."
        ) from error


def initialise(path: Path, system: NetworkSystem) -> Initialised:
    """Start a system from weights of its own or of a base, as far as names and shapes agree.

    A name that the system does not know is also looked for under one of its parts: torchvision's
    `backbone.body.conv1.weight` is `detector.backbone.body.conv1.weight` in most systems.

    Raises
    ------
    BadInputError
        Where the file is damaged, or nothing in it fits.
    """
    given, own = _read(path), state_of(system)
    taken: dict[str, Tensor] = {}
    unexpected = []
    for name, tensor in given.items():
        target = _own_name(name, own)
        if target is not None and own[target].shape == tensor.shape:
            taken[target] = tensor.to(own[target].dtype)
        else:
            unexpected.append(name)
    if not taken:
        raise BadInputError(
            f"Expected in {path} weights that fit {system.name} ({system.size}), got none that "
            "does. Check --init and --size."
        )
    system.load_state_dict({**own, **taken})
    missing = tuple(name for name in own if name not in taken)
    return Initialised(tuple(taken), missing, tuple(unexpected))


def _own_name(name: str, own: dict[str, Tensor]) -> str | None:
    """Return the system's name for a tensor; None where none, or more than one, could be meant."""
    if name in own:
        return name
    within = [known for known in own if known.endswith(f".{name}")]
    return within[0] if len(within) == 1 else None


def _as_stored(tensors: dict[str, Tensor], system: NetworkSystem) -> dict[str, Tensor]:
    """Return tensors in the number format that the system has them in."""
    own = system.state_dict()
    return {
        name: tensor.to(own[name].dtype) if name in own else tensor
        for name, tensor in tensors.items()
    }


def _shards(tensors: dict[str, Tensor]) -> list[list[str]]:
    """Return the names of each shard, in the order of the state."""
    shards: list[list[str]] = [[]]
    filled = 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        if shards[-1] and filled + size > _SHARD_BYTES:
            shards.append([])
            filled = 0
        shards[-1].append(name)
        filled += size
    return shards


def _files(path: Path) -> list[Path]:
    """Return the files in which weights lie."""
    if path.is_file() and path.suffix == ".safetensors" and not path.name.startswith("model-"):
        return [path]
    files = sorted(weights_folder(path).glob("model-*.safetensors"))
    if not files:
        raise BadInputError(
            f"Expected weights at {path} (a .safetensors file, or a folder that `crossread train` "
            "wrote), got none. Check the path."
        )
    return files


def _read(path: Path) -> dict[str, Tensor]:
    """Return all tensors by name."""
    tensors: dict[str, Tensor] = {}
    for file in _files(path):
        try:
            tensors |= load_file(file)
        except SafetensorError as error:
            raise BadInputError(
                f"Expected safetensors in {file}, got: {error}. Copy the file again."
            ) from error
    index = weights_folder(path) / INDEX
    if index.is_file() and not path.name.endswith(".safetensors"):
        lacking = set(json.loads(index.read_bytes())["weight_map"]) - set(tensors)
        if lacking:
            raise BadInputError(
                f"Expected all weights that {index} lists, got none for {min(lacking)}. Copy the "
                "whole folder again."
            )
    return tensors
