"""What is timed of the statistics, and the goals: pROC beside ours, and seconds of our own.

pROC is measured in the same round: from ratings to p, and the test alone with both curves at hand,
which in ours are placements (`analysis.estimators.placed_curve`) and in pROC its `roc` objects. The
times of the other tools are those that the design reports from its own measurements; they are
constants here and say so in their names. A goal in seconds is a ratio to one second of process CPU,
which differs from computer to computer.
"""

from enum import StrEnum

from reader_app.bench.goals import Goal
from reader_app.bench.viewer import BenchPlan

DELONG_CASES = (1_000, 10_000, 100_000, 1_000_000)
REPORTED_MRMCAOV_S = 4.8


class Analysed(StrEnum):
    """Something whose time is taken in every round."""

    OURS_1E3 = "ours: paired DeLong, 1e3 cases"
    OURS_1E4 = "ours: paired DeLong, 1e4 cases"
    OURS_1E5 = "ours: paired DeLong, 1e5 cases"
    OURS_1E6 = "ours: paired DeLong, 1e6 cases"
    HAND_1E3 = "ours: paired DeLong on curves at hand, 1e3 cases"
    HAND_1E4 = "ours: paired DeLong on curves at hand, 1e4 cases"
    HAND_1E5 = "ours: paired DeLong on curves at hand, 1e5 cases"
    HAND_1E6 = "ours: paired DeLong on curves at hand, 1e6 cases"
    PROC_1E3 = "pROC: paired DeLong, 1e3 cases"
    PROC_1E4 = "pROC: paired DeLong, 1e4 cases"
    PROC_1E5 = "pROC: paired DeLong, 1e5 cases"
    PROC_1E6 = "pROC: paired DeLong, 1e6 cases"
    TEST_1E3 = "pROC: only roc.test on curves at hand, 1e3 cases"
    TEST_1E4 = "pROC: only roc.test on curves at hand, 1e4 cases"
    TEST_1E5 = "pROC: only roc.test on curves at hand, 1e5 cases"
    TEST_1E6 = "pROC: only roc.test on curves at hand, 1e6 cases"
    OR_DELONG = "ours: OR, DeLong covariance, 20 readers x 2 x 500"
    OR_DELONG_LARGE = "ours: OR, DeLong covariance, 20 readers x 2 x 5,000"
    OR_JACKKNIFE = "ours: OR, jackknife, 20 readers x 2 x 500"
    U_STATISTICS = "ours: U-statistics with BDG moments, 20 readers x 2 x 500"
    REPORTED_MRMCAOV = "yardstick: MRMCaov, 20 readers x 2 x 500, reported, not measured here"
    SECOND = "yardstick: one second"


OURS = (Analysed.OURS_1E3, Analysed.OURS_1E4, Analysed.OURS_1E5, Analysed.OURS_1E6)
HAND = (Analysed.HAND_1E3, Analysed.HAND_1E4, Analysed.HAND_1E5, Analysed.HAND_1E6)
PROC = (Analysed.PROC_1E3, Analysed.PROC_1E4, Analysed.PROC_1E5, Analysed.PROC_1E6)
PROC_TEST = (Analysed.TEST_1E3, Analysed.TEST_1E4, Analysed.TEST_1E5, Analysed.TEST_1E6)

ANALYSIS_GOALS = (
    *(
        Goal(f"paired DeLong, {cases:,} cases, pROC / ours", proc, ours, 1, 2)
        for cases, proc, ours in zip(DELONG_CASES, PROC, OURS, strict=True)
    ),
    *(
        Goal(f"paired DeLong on curves at hand, {cases:,} cases, roc.test / ours", test, ours, 1, 2)
        for cases, test, ours in zip(DELONG_CASES, PROC_TEST, HAND, strict=True)
    ),
    Goal("seconds: paired DeLong, 100,000 cases", Analysed.OURS_1E5, Analysed.SECOND, 0.3, 0.135),
    Goal(
        "OR, DeLong covariance, 20 x 2 x 500, MRMCaov as reported / ours",
        Analysed.REPORTED_MRMCAOV,
        Analysed.OR_DELONG,
        50,
        80,
    ),
    Goal(
        "seconds: OR, DeLong covariance, 20 x 2 x 5,000",
        Analysed.OR_DELONG_LARGE,
        Analysed.SECOND,
        1,
        0.16,
    ),
    Goal("seconds: OR, jackknife, 20 x 2 x 500", Analysed.OR_JACKKNIFE, Analysed.SECOND, 1, 0.1),
    Goal("seconds: U-statistics, 20 x 2 x 500", Analysed.U_STATISTICS, Analysed.SECOND, 5, 0.5),
)

ANALYSIS = BenchPlan(
    "Analysis", "reader_app.bench.analysis_rounds", Analysed, ANALYSIS_GOALS, "rivals"
)
