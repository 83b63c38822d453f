"""A small calibration: the record continues, the table counts, and intervals hold what they say."""

import math
from pathlib import Path

import pytest

from analysis.checks.calibration import Scenario, Tally, scenarios, tally_batch
from analysis.checks.calibration_record import (
    BatchKey,
    CalibratedBatch,
    CalibrationError,
    calibrate,
    calibration_table,
    read_batches,
)
from analysis.checks.simulate import STRUCTURES, SimulatedDesign

SMALL = (Scenario("small", SimulatedDesign(STRUCTURES[3], 3, 12, 12, (1.5, 1.5)), differ=False),)


def test_intervals_of_random_readers_and_cases_hold_the_truth_about_as_often_as_they_say() -> None:
    studies = 120
    tallies = tally_batch(scenarios()[0], studies, (7,))
    margin = 4 * math.sqrt(0.95 * 0.05 / studies)
    for name in (
        "OR, DeLong, readers and cases random: difference",
        "OR, jackknife, readers and cases random: difference",
        "U-statistics, BDG df: difference",
        "DeLong, one reader: difference",
    ):
        tally = tallies[name]
        assert tally.intervals == studies
        assert tally.covered / studies == pytest.approx(0.95, abs=margin), name
    random = tallies["OR, DeLong, readers and cases random: difference"]
    assert random.rejected == studies - random.covered  # test and interval are one


def test_a_run_that_was_cut_off_is_continued_to_the_same_table(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    expected = tuple(calibrate(SMALL, whole, studies=60, seed=3))
    assert [batch.key.studies for batch in expected] == [50, 10]
    next(calibrate(SMALL, cut, studies=60, seed=3))
    assert len(read_batches(cut)) == 1
    continued = tuple(calibrate(SMALL, cut, studies=60, seed=3))
    assert calibration_table(continued, SMALL) == calibration_table(expected, SMALL)
    assert cut.read_text(encoding="utf-8") == whole.read_text(encoding="utf-8")
    assert tuple(calibrate(SMALL, cut, studies=60, seed=3)) == continued
    assert len(read_batches(cut)) == 2


def test_another_seed_draws_other_studies_into_the_same_record(tmp_path: Path) -> None:
    record = tmp_path / "record"
    first, second = (tuple(calibrate(SMALL, record, studies=5, seed=seed)) for seed in (1, 2))
    assert [batch.key.seed for batch in read_batches(record)] == [1, 2]
    assert first[0].key.seed == 1
    assert second[0].key.seed == 2


def test_a_record_that_holds_something_else_is_refused_by_line(tmp_path: Path) -> None:
    record = tmp_path / "record"
    record.write_text('{"key": 1}\n', encoding="utf-8")
    with pytest.raises(CalibrationError, match="in line 1"):
        read_batches(record)


def test_the_table_gives_shares_with_their_monte_carlo_error() -> None:
    tallies = (Tally(100, 90, 100, 10), Tally(0, 0, 100, 50))
    batch = CalibratedBatch(BatchKey("small", 0, 100, 1), ("an interval", "a test"), tallies)
    *_, interval, test = calibration_table([batch], SMALL)
    assert interval == "| an interval | 90.0 ± 3.0 | 90.0, 90.0 | 10.0 ± 3.0 | - |"
    assert test == "| a test | - | - | 50.0 ± 5.0 | - |"
