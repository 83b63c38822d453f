import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import inference.weights
from inference.model_card import (
    CARD,
    CARD_TEXT,
    Metric,
    ModelCard,
    TrainedOn,
    add_metrics,
    read_card,
    write_card,
)
from inference.operating_point import OperatingPoint
from inference.system import Preparation, Size
from inference.weights import INDEX, initialise, load_weights, save_weights, weights_sha256
from study_design.errors import BadInputError

sys.path.insert(0, str(Path(__file__).parent / "training"))
from tiny_system import TinySystem

CARD_OF_TINY = ModelCard(
    system="tiny",
    size=Size.LITE,
    paper="none",
    trained_on=TrainedOn("phantoms", "ab" * 32, 10, 12, 14, phantoms=True),
    preparation=Preparation(1.0),
    scale="0-1",
    iterations=7,
    finished=True,
    seed=3,
    initial="",
    software_version="0.1.0",
    torch_version="2",
)


def _system(seed: int) -> TinySystem:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return TinySystem()


def _differs(first: TinySystem, second: TinySystem) -> list[str]:
    states = first.state_dict(), second.state_dict()
    return [name for name in states[0] if not torch.equal(states[0][name], states[1][name])]


def test_weights_come_back_exactly_in_full_precision(tmp_path: Path) -> None:
    system = _system(1)
    system.threshold.fill_(0.123456789)
    save_weights(tmp_path, system, CARD_OF_TINY, half=False)
    other = _system(2)
    load_weights(tmp_path, other)
    assert _differs(system, other) == []


def test_half_precision_rounds_parameters_and_leaves_buffers(tmp_path: Path) -> None:
    system = _system(1)
    system.threshold.fill_(0.123456789)
    save_weights(tmp_path, system, CARD_OF_TINY)
    other = _system(2)
    load_weights(tmp_path / INDEX, other)
    assert "threshold" not in _differs(system, other)
    for name, tensor in system.named_parameters():
        torch.testing.assert_close(
            dict(other.named_parameters())[name], tensor, rtol=1e-3, atol=1e-3
        )
    assert other.conv.weight.dtype is torch.float32


def test_large_weights_lie_in_shards_with_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.weights, "_SHARD_BYTES", 40)
    system = _system(1)
    save_weights(tmp_path, system, CARD_OF_TINY)
    shards = sorted(tmp_path.glob("model-*.safetensors"))
    assert len(shards) > 1
    listed = json.loads((tmp_path / INDEX).read_text())["weight_map"]
    assert set(listed) == set(system.state_dict())
    load_weights(tmp_path, _system(2))
    shards[0].unlink()
    with pytest.raises(BadInputError, match="Copy the whole folder"):
        load_weights(tmp_path, _system(2))


def test_saving_again_leaves_no_shard_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.weights, "_SHARD_BYTES", 40)
    save_weights(tmp_path, _system(1), CARD_OF_TINY)
    monkeypatch.undo()
    save_weights(tmp_path, _system(2), CARD_OF_TINY, half=False)
    other = _system(3)
    load_weights(tmp_path, other)
    assert _differs(_system(2), other) == []


def test_weights_of_another_system_are_refused(tmp_path: Path) -> None:
    save_file({"conv.weight": torch.zeros(9, 9, 1, 1)}, tmp_path / "other.safetensors")
    with pytest.raises(BadInputError, match="Check --weights"):
        load_weights(tmp_path / "other.safetensors", _system(1))


def test_a_file_that_is_no_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"not at all")
    with pytest.raises(BadInputError, match="Copy the file again"):
        load_weights(tmp_path / "w.safetensors", _system(1))
    with pytest.raises(BadInputError, match="got none"):
        load_weights(tmp_path / "nowhere", _system(1))


def test_a_card_says_from_when_on_a_lesion_is_called_malignant(tmp_path: Path) -> None:
    point = OperatingPoint(43.2, lesions=17, held_out=True)
    write_card(tmp_path, replace(CARD_OF_TINY, operating_point=point))
    assert read_card(tmp_path).operating_point == point
    assert (
        "| Called malignant | from 43.2 on, by Youden's index over 17 lesions kept out"
        in (tmp_path / CARD_TEXT).read_text()
    )
    write_card(tmp_path, CARD_OF_TINY)
    assert "Called malignant" not in (tmp_path / CARD_TEXT).read_text()


def test_a_base_gives_what_fits_and_names_the_rest(tmp_path: Path) -> None:
    base = {
        "threshold": torch.full((1,), 4.0),
        "other": torch.zeros(2),
        "head.weight": torch.ones(9),
    }
    save_file({**base, "conv.bias": torch.full((4,), 7.0)}, tmp_path / "base.safetensors")
    system = _system(1)
    before = system.head.weight.clone()
    told = initialise(tmp_path / "base.safetensors", system)
    assert set(told.taken) == {"threshold", "conv.bias"}
    assert set(told.unexpected) == {"other", "head.weight"}
    assert set(told.missing) == {"conv.weight", "head.weight", "head.bias"}
    assert torch.equal(system.head.weight, before)
    assert system.conv.bias is not None
    assert system.conv.bias[0] == 7.0


def test_a_name_is_also_found_under_a_part_of_the_system(tmp_path: Path) -> None:
    class Wrapped(torch.nn.Module):
        name, size = "wrapped", Size.LITE

        def __init__(self) -> None:
            super().__init__()
            self.detector = TinySystem()

    save_file({"conv.bias": torch.full((4,), 7.0)}, tmp_path / "base.safetensors")
    wrapped = Wrapped()
    assert initialise(tmp_path / "base.safetensors", wrapped).taken == ("detector.conv.bias",)


def test_a_base_of_which_nothing_fits_is_refused(tmp_path: Path) -> None:
    save_file({"other": torch.zeros(2)}, tmp_path / "base.safetensors")
    with pytest.raises(BadInputError, match="got none that does"):
        initialise(tmp_path / "base.safetensors", _system(1))


def test_the_card_says_what_the_weights_are_and_comes_back(tmp_path: Path) -> None:
    card = save_weights(tmp_path, _system(1), CARD_OF_TINY)
    assert read_card(tmp_path) == card
    assert card.weights_sha256 == weights_sha256(tmp_path)
    text = (tmp_path / CARD_TEXT).read_text()
    assert "says nothing about clinical performance" in text
    assert card.weights_sha256 in text


def test_the_card_shows_metrics_with_what_is_known_of_their_spread(tmp_path: Path) -> None:
    metrics = (Metric("AUC", 0.8, 0.7, 0.9), Metric("depth", None))
    write_card(tmp_path, CARD_OF_TINY)
    add_metrics(tmp_path, metrics)
    text = (tmp_path / CARD_TEXT).read_text()
    assert "AUC: 0.800 (0.700 to 0.900)" in text
    assert "depth: not estimable" in text
    assert read_card(tmp_path).metrics == metrics


def test_weights_without_a_readable_card_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="got none"):
        read_card(tmp_path)
    (tmp_path / CARD).write_text('{"system": 3}')
    with pytest.raises(BadInputError, match="Correct it"):
        read_card(tmp_path)
