"""The plan's settings: what contradicts itself is refused."""

import pytest

from analysis.settings import AnalysisSettings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alpha": 1.0}, "alpha: expected a number between 0 and 1, got 1.0"),
        ({"quantity": "beauty"}, "quantity: expected one of"),
        ({"method": "guess"}, "method: expected one of"),
        ({"bootstrap_samples": 1}, "bootstrap_samples: expected 2 or more, got 1"),
        ({"quantity": "partial_auc"}, "partial: expected the part of the curve"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        AnalysisSettings(**given)  # type: ignore[arg-type]
