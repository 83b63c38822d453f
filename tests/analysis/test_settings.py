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
        ({"arms": ("aided", "aided")}, "arms: expected .reference, test., each once"),
        ({"sequences": "some"}, "sequences: expected one of"),
        ({"quantity": "partial_auc"}, "partial: expected the part of the curve"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        AnalysisSettings(**given)  # type: ignore[arg-type]


def test_without_a_plan_there_is_nothing_of_its_own_to_test() -> None:
    settings = AnalysisSettings()
    assert (settings.own_names, settings.tests) == ((), ())
    assert AnalysisSettings(quantity="reading_s").own_names == ("reading_s", "reading_s_log")
    assert AnalysisSettings(quantity="reading_s", method="delong").own_names == ("reading_s",)
