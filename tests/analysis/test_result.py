"""An estimate that says too little, or what cannot be, is refused."""

import math
from typing import Any

import pytest

from analysis.result import Estimate, Interval, Of


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"estimate": math.nan}, "finite"),
        ({"ci": Interval(-math.inf, 1.0)}, "finite"),
        ({"estimate": None}, "reason"),
        ({"quantity": "auc_difference"}, "comparison"),
        ({"of": (Of(reader="R1"), Of(reader="R2"))}, "comparison"),
    ],
)
def test_a_contradiction_is_refused(wrong: dict[str, Any], words: str) -> None:
    given = {"quantity": "auc", "of": Of(reader="R1"), "estimate": 0.8, "method": "m"}
    with pytest.raises(ValueError, match=words):
        Estimate(**(given | wrong))


def test_a_subject_names_only_what_applies() -> None:
    of = Of(group="junior", arm="aided")
    assert of.items() == (("group", "junior"), ("arm", "aided"))
    assert of.label == "junior readers, aided"
