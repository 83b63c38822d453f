"""Characters that no file of a report may hold are spelled out, wherever they stand in a result."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.printable import printable


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    curve: NDArray[np.float64]
    parts: "tuple[Part, ...]" = ()


def test_what_needs_no_change_is_the_object_that_it_was() -> None:
    part = Part("senior", np.array([0.0, 0.5, 1.0]), (Part("aided", np.zeros(3)),))
    assert printable(part) is part
    assert printable(("a", part)) == ("a", part)


def test_a_character_is_spelled_wherever_it_stands_and_arrays_stay() -> None:
    inner = np.array([0.0, 1.0])
    part = Part("a\x07b", inner, (Part("\ud800", inner),))
    spelled = printable((part,))[0]
    assert (spelled.name, spelled.parts[0].name) == ("a\\x07b", "\\ud800")
    assert spelled.curve is inner
    assert spelled.parts[0].curve is inner
