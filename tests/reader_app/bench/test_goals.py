import pytest

from reader_app.bench.goals import VIEWER_GOALS, Goal, Timed, outcome_of

FASTER = Goal("faster", Timed.NAIVE_FIT, Timed.OURS_FIT, 10, 14)
NEAR = Goal("near", Timed.OURS_FIT, Timed.FLOOR_FIT, 1.25, 1.1)


def test_ratios_are_taken_within_a_round_and_medians_of_medians_over_processes() -> None:
    processes = [
        {Timed.NAIVE_FIT: (10.0, 40.0, 36.0), Timed.OURS_FIT: (1.0, 2.0, 3.0)},  # 10, 20, 12
        {Timed.NAIVE_FIT: (30.0,), Timed.OURS_FIT: (2.0,)},
        {Timed.NAIVE_FIT: (9.0,), Timed.OURS_FIT: (1.0,)},
    ]
    outcome = outcome_of(FASTER, processes)
    assert (outcome.lowest, outcome.measured, outcome.highest) == (9.0, 12.0, 15.0)
    assert outcome.reached


def test_what_was_not_measured_is_not_reached() -> None:
    outcome = outcome_of(FASTER, [{Timed.OURS_FIT: (1.0,)}])
    assert outcome.measured is None
    assert not outcome.reached


@pytest.mark.parametrize(
    ("goal", "ratio", "reached", "stretched"),
    [
        (FASTER, 9.99, False, False),
        (FASTER, 10.0, True, False),
        (FASTER, 14.0, True, True),
        (NEAR, 1.26, False, False),
        (NEAR, 1.25, True, False),
        (NEAR, 1.1, True, True),
    ],
)
def test_a_goal_knows_which_side_is_better(
    goal: Goal, ratio: float, reached: bool, stretched: bool
) -> None:
    assert goal.reached_by(ratio) == reached
    assert goal.stretched_by(ratio) == stretched


def test_goals_have_names_of_their_own() -> None:
    assert len({goal.name for goal in VIEWER_GOALS}) == len(VIEWER_GOALS)
