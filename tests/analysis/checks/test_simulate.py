"""Simulated studies have the areas and the correlations that Roe and Metz's model says."""

import numpy as np
import pytest

from analysis.checks.simulate import (
    STRUCTURES,
    RoeMetzStructure,
    SimulatedDesign,
    separation_of_auc,
    simulate_study,
)
from analysis.estimators.roc import empirical_auc


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.name)
def test_ratings_vary_by_one_within_a_truth_state_of_one_reader(
    structure: RoeMetzStructure,
) -> None:
    design = SimulatedDesign(structure, 2, 20_000, 2, (1.5, 1.5))
    study = simulate_study(design, np.random.default_rng(1))
    negative = study.ratings[:, :, study.truth == 0]
    assert negative.var(axis=2) == pytest.approx(np.ones((2, 2)), abs=0.05)
    across_arms = np.corrcoef(negative[0, 0], negative[1, 0])[0, 1]
    assert across_arms == pytest.approx(structure.case + structure.reader_case, abs=0.03)
    across_readers = np.corrcoef(negative[0, 0], negative[0, 1])[0, 1]
    assert across_readers == pytest.approx(structure.case + structure.arm_case, abs=0.03)
    across_both = np.corrcoef(negative[0, 0], negative[1, 1])[0, 1]
    assert across_both == pytest.approx(structure.case, abs=0.03)


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.name)
def test_a_separation_of_one_and_a_half_is_an_area_of_about_855(
    structure: RoeMetzStructure,
) -> None:
    assert separation_of_auc(structure, 0.855) == pytest.approx(1.5, abs=0.05)


def test_the_expected_areas_are_those_that_many_readers_and_cases_come_to() -> None:
    structure = STRUCTURES[0]
    separations = (separation_of_auc(structure, 0.9), separation_of_auc(structure, 0.8))
    few_cases = SimulatedDesign(structure, 1_000, 15, 15, separations)
    study = simulate_study(few_cases, np.random.default_rng(2))
    assert study.arm_aucs == pytest.approx([0.9, 0.8])
    assert study.reader_aucs.mean(axis=1) == pytest.approx(study.arm_aucs, abs=0.01)
    observed = [
        np.mean([empirical_auc(study.truth, ratings) for ratings in arm]) for arm in study.ratings
    ]
    assert observed == pytest.approx(study.case_aucs, abs=0.01)
    few_readers = SimulatedDesign(structure, 3, 2_000, 2_000, separations)
    study = simulate_study(few_readers, np.random.default_rng(3))
    observed_of_readers = [
        [empirical_auc(study.truth, ratings) for ratings in arm] for arm in study.ratings
    ]
    assert np.array(observed_of_readers) == pytest.approx(study.reader_aucs, abs=0.02)
