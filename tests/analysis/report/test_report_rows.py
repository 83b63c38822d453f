"""The words beside the report's tables."""

import pytest

from analysis.printed import setting_words, value_cell
from analysis.report.report_rows import df_cell, digits_of, methods_of, row_of
from analysis.result import Estimate, Of, Setting


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


def test_tests_of_equality_show_both_degrees_of_freedom_and_what_is_equal() -> None:
    chi = Estimate("auc_equality", Of(readers="all", item="readers equal"), 9.3, "chi-square",
                   df_numerator=3)  # fmt: skip
    ratio = Estimate("auc_equality", Of(readers="all"), 1.4, "F", df_numerator=1, df=7.94)
    assert [df_cell(one) for one in (chi, ratio)] == ["3", "1, 7.9"]
    assert [row_of(one, (), named=True).label for one in (chi, ratio)] == [
        "AUC: readers equal: all readers",
        "AUC: arms equal: all readers",
    ]


def test_a_mean_of_kappas_is_light_s_and_that_of_two_readers_cohen_s() -> None:
    method = "mean of Cohen's kappas of all pairs of readers (Light 1971), unweighted"
    light, cohen = (
        row_of(Estimate("kappa", Of(readers="all", item="BI-RADS category"), 0.4, how), (),
               named=True).label
        for how in (method, "Cohen's kappa, unweighted")
    )  # fmt: skip
    assert (light, cohen) == (
        "Light's kappa: BI-RADS category: all readers",
        "Cohen's kappa: BI-RADS category: all readers",
    )


def test_effects_of_periods_and_sequences_have_signs_as_differences_have() -> None:
    for quantity, words in (("auc_period", "+0.100"), ("auc_sequence", "+0.100"), ("auc", "0.100")):
        assert value_cell(Estimate(quantity, Of(readers="all"), 0.1, "t"), 3) == words


def test_settings_are_printed_in_words() -> None:
    words = [setting_words(Setting("x", value)) for value in (True, False, None, "", 0.5, "all")]
    assert words == ["yes", "no", "none", "none", "0.5", "all"]


@pytest.mark.parametrize(
    ("quantity", "digits"),
    [("reading_s_difference", 1), ("reading_s_log_difference", 3), ("auc", 3),
     ("auc_component", 5), ("auc_cases_needed", 0)],
)  # fmt: skip
def test_quantities_have_the_decimals_that_tell(quantity: str, digits: int) -> None:
    arms = Of(readers="all", arm="aided"), Of(readers="all", arm="unaided")
    of = arms if quantity.endswith("_difference") else arms[0]
    assert digits_of(Estimate(quantity, of, 12.3, "t")) == digits
