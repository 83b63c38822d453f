"""The words beside the report's tables."""

import pytest

from analysis.report.report_rows import df_cell, methods_of, row_of
from analysis.result import Estimate, Of


def test_design_effects_are_told_from_the_least_to_the_greatest() -> None:
    estimates = tuple(
        Estimate("sensitivity", Of(reader=reader), 0.8, "share of clusters", design_effect=effect)
        for reader, effect in (("A", 1.5), ("B", 1.23456), ("C", None))
    )
    assert methods_of(estimates) == "Share of clusters. Design effects: 1.235 to 1.5."


@pytest.mark.parametrize(
    ("df", "cell"),
    [(None, ""), (4.302, "4.3"), (99.94, "99.9"), (123.4, "123"), (1000, "1000"),
     (108797.2, "> 1000")],
)  # fmt: skip
def test_degrees_of_freedom_are_printed_as_far_as_they_tell(df: float | None, cell: str) -> None:
    assert df_cell(Estimate("auc", Of(readers="all"), 0.8, "t", df=df)) == cell


def test_a_row_says_whose_readings_it_holds_where_the_main_analysis_leaves_some_out() -> None:
    of = Of(readers="all", arm="aided", readings="all, incomplete readers included")
    row = row_of(Estimate("auc", of, 0.8, "U-statistics"), ("0.8",))
    assert row.label == "readings: all, incomplete readers included: all readers, aided"
