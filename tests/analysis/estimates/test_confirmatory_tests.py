"""The plan's tests taken together, where one of them has no p."""

import pytest

from analysis.estimates.confirmatory_tests import adjusted_estimates
from analysis.result import Estimate, Of
from analysis.settings import AnalysisSettings, MultipleTests


def test_a_comparison_without_a_test_takes_no_share_of_the_family() -> None:
    def difference(reader: str, p: float | None) -> Estimate:
        of = Of(reader=reader, arm="aided"), Of(reader=reader, arm="unaided")
        return Estimate("auc_difference", of, 0.1, "a test", p=p, exploratory=False)

    family = (difference("A", 0.01), difference("B", None), difference("C", 0.04))
    found = adjusted_estimates(family, AnalysisSettings(adjust=MultipleTests.HOLM))
    assert found[1].p_adjusted is None
    assert [found[0].p_adjusted, found[2].p_adjusted] == pytest.approx([0.02, 0.04])
