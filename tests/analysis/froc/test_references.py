"""RJafroc's answers, number by number."""

from pathlib import Path

import pytest

from analysis.checks.reference_check import SHIPPED, check

GOLDEN = Path(__file__).resolve().parents[3] / ".." / "shared" / "golden"


def test_rjafrocs_figures_of_merit_of_the_shipped_marks_are_reproduced() -> None:
    found = check(SHIPPED, ["froc"])
    assert found.n_values > 500
    assert found.complete


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference cases are not beside the checkout")
def test_rjafrocs_figures_of_merit_tests_and_points_are_reproduced() -> None:
    found = check(GOLDEN, ["froc"])
    assert found.n_values > 3000
    assert found.complete


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference cases are not beside the checkout")
def test_lroc_is_reproduced_but_for_what_its_table_leaves_out() -> None:
    found = check(GOLDEN, ["lroc"])
    lacking = [one for one in found.values if not one.ok]
    # The AUC needs the ratings of wrong places, which the table has not.
    assert all(one.quantity.startswith("Wilcoxon") and one.got is None for one in lacking)
    assert found.n_reproduced == 50
