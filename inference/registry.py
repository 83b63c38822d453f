"""Every built-in system by its name; a system's modules are loaded when it is built, not before."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import nn

from inference.layers.folding import folded
from inference.model_card import read_card
from inference.network_system import NetworkSystem
from inference.predict import Detect
from inference.system import DetectionSystem, Size
from inference.weights import load_weights, weights_folder
from study_design.errors import BadInputError

SHUFFLED = "zhou-shuffled"
_ZHOU = "Zhou et al. 2023"


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """A system that can be built.

    Attributes
    ----------
    trains
        False for a yardstick without weights.
    detects
        False for what only gives a system its start.
    """

    name: str
    paper: str
    construct: Callable[[Size], DetectionSystem]
    trains: bool = True
    detects: bool = True


def build(name: str, size: Size, *, seed: int = 0) -> NetworkSystem:
    """Return a system with the random weights of a seed.

    Raises
    ------
    BadInputError
        For a name that is none of `NAMES`, and for a system without weights.
    """
    entry = entry_of(name)
    if not entry.trains:
        raise BadInputError(f"Expected a system that is trained, got {name}, which needs none.")
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        system = cast(NetworkSystem, entry.construct(size))
    system.name = name
    return system


def trained(weights: Path) -> DetectionSystem:
    """Return the system that a folder of weights belongs to, with those weights.

    One of full size is made ready to run fast, which a lite one, normalised by group, gains little
    from.

    Raises
    ------
    BadInputError
        Where card or weights are missing, damaged, or do not belong together.
    """
    card = read_card(weights_folder(weights))
    system = build(card.system, card.size)
    load_weights(weights, system)
    system.train(False)
    if card.size is Size.FULL and isinstance(system, nn.Module):
        return cast(DetectionSystem, folded(system))
    return system


def detector(system: DetectionSystem) -> Detect:
    """Return how a system detects, given an exam and another.

    Only the control with shuffled views looks at the other exam: it takes the sister views from it.
    """
    if system.name == SHUFFLED:
        return cast(Detect, system.detect)
    return lambda exam, _: system.detect(exam)


def entry_of(name: str) -> SystemEntry:
    """Return what is known of a system.

    Raises
    ------
    BadInputError
        For a name that is none of `NAMES`.
    """
    for entry in _ENTRIES:
        if entry.name == name:
            return entry
    raise BadInputError(f"Expected one of the systems {', '.join(NAMES)}, got {name!r}.")


def _zhou(
    *, left_right: bool, cc_mlo: bool, shuffled: bool = False
) -> Callable[..., NetworkSystem]:
    """Return what builds the four-view system with some of its fusions."""

    def construct(size: Size) -> NetworkSystem:
        from inference.zhou.four_view import FourView
        from inference.zhou.settings import Fusion

        return FourView(size, Fusion(left_right=left_right, cc_mlo=cc_mlo, shuffled=shuffled))

    return construct


def _liao(size: Size) -> NetworkSystem:
    from inference.mommi.mammo_ai import MammoAi
    from inference.mommi.settings import LIAO

    return MammoAi(LIAO, size)


def _li(size: Size) -> NetworkSystem:
    from inference.mommi.mammo_ai import MammoAi
    from inference.mommi.settings import LI

    return MammoAi(LI, size)


def _ueda(size: Size) -> NetworkSystem:
    from inference.ueda.retina_net_152 import UedaRetinaNet

    return UedaRetinaNet(size)


def _lin(size: Size) -> NetworkSystem:
    from inference.lin.fpn_net import FpnNet

    return FpnNet(size)


def _lin_spp(size: Size) -> NetworkSystem:
    from inference.lin.spp_system import SppSystem

    return SppSystem(size)


def _patches(size: Size) -> NetworkSystem:
    from inference.patches import PatchNet

    return PatchNet(size)


def _blob(size: Size) -> DetectionSystem:  # noqa: ARG001 - it has one size
    from inference.blob import BlobDetector

    return BlobDetector()


_ENTRIES = (
    SystemEntry("zhou", _ZHOU, _zhou(left_right=True, cc_mlo=True)),
    SystemEntry("zhou-single", _ZHOU, _zhou(left_right=False, cc_mlo=False)),
    SystemEntry("zhou-left-right", _ZHOU, _zhou(left_right=True, cc_mlo=False)),
    SystemEntry("zhou-cc-mlo", _ZHOU, _zhou(left_right=False, cc_mlo=True)),
    SystemEntry(SHUFFLED, _ZHOU, _zhou(left_right=True, cc_mlo=True, shuffled=True)),
    SystemEntry("liao", "Liao et al. 2023", _liao),
    SystemEntry("li", "Li et al. 2023", _li),
    SystemEntry("blob", "no paper: differences of Gaussians", _blob, trains=False),
    SystemEntry("ueda", "Ueda et al. 2022", _ueda),
    SystemEntry("lin", "Lin et al. 2025", _lin),
    SystemEntry("lin-spp", "Lin et al. 2025", _lin_spp),
    SystemEntry("patches", "no paper: a trunk trained on patches first", _patches, detects=False),
)
NAMES = tuple(entry.name for entry in _ENTRIES)
