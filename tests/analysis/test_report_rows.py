"""The words beside the report's tables."""

from analysis.report_rows import methods_of
from analysis.result import Estimate, Of


def test_design_effects_are_told_from_the_least_to_the_greatest() -> None:
    estimates = tuple(
        Estimate("sensitivity", Of(reader=reader), 0.8, "share of clusters", design_effect=effect)
        for reader, effect in (("A", 1.5), ("B", 1.23456), ("C", None))
    )
    assert methods_of(estimates) == "Share of clusters. Design effects: 1.235 to 1.5."
