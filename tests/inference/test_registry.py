"""What comes out of a folder of weights."""

from pathlib import Path

import pytest
from torch import nn

from inference.layers.winograd import WinogradConv2d
from inference.model_card import ModelCard, TrainedOn
from inference.registry import build, trained
from inference.system import Size
from inference.weights import save_weights

NAME = "lin-spp"


@pytest.mark.parametrize(("size", "is_quick"), [(Size.FULL, True), (Size.LITE, False)])
def test_a_trained_system_of_full_size_is_made_ready_to_run_fast(
    tmp_path: Path, size: Size, is_quick: bool
) -> None:
    system = build(NAME, size)
    card = ModelCard(
        NAME,
        size,
        paper="",
        trained_on=TrainedOn("none", "", 0, 0, 0, phantoms=True),
        preparation=system.preparation,
        scale=system.scale,
        iterations=0,
        finished=True,
        seed=0,
        initial="",
        software_version="",
        torch_version="",
    )
    save_weights(tmp_path, system, card)
    ready = trained(tmp_path)
    assert isinstance(ready, nn.Module)
    assert not ready.training
    assert ready.name == NAME
    assert any(isinstance(each, WinogradConv2d) for each in ready.modules()) is is_quick
