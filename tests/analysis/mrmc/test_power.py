"""Power and number of cases: simple limits, and agreement with the analysis itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.mrmc.components import ErrorCovariances
from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.power import (
    PilotComponents,
    PlannedStudy,
    cases_needed,
    pilot_components,
    power_of,
)
from analysis.mrmc.ratings import Design, MrmcError, crossed_ratings
from analysis.mrmc.reader_foms import reader_foms

ERROR = ErrorCovariances(0.0008, 0.00035, 0.00034, 0.00024)
PILOT = PilotComponents(0.0002, ERROR, 114, reader=0.0015)


def test_power_from_stated_components_is_that_of_the_reference() -> None:
    # RJafroc 2.1.3: SsPowerGivenJKOrVarCom(J=6, K=200, KStar=114, effectSize=.05, VarTR=.0002,
    # Cov1=.000347, Cov2=.000344, Cov3=.000239, Var=.000802, analysisOption='RRRC')
    error = ErrorCovariances(0.000802, 0.000347, 0.000344, 0.000239)
    found = power_of(PlannedStudy(6, 200), PilotComponents(0.0002, error, 114), effect=0.05)
    assert found.power == pytest.approx(0.844501087461557, rel=1e-8)
    assert found.noncentrality == pytest.approx(9.88663327181651, rel=1e-10)
    assert found.df2 == pytest.approx(18.0286045917848, rel=1e-10)
    assert found.critical == pytest.approx(4.41286961857616, rel=1e-10)


@pytest.mark.parametrize("effects", RandomEffects)
@pytest.mark.parametrize("design", Design)
def test_without_an_effect_power_is_the_size_of_the_test(
    effects: RandomEffects, design: Design
) -> None:
    groups = 3 if design is Design.CASES_IN_GROUPS else 1
    planned = PlannedStudy(6, 100, design, groups)
    assert power_of(planned, PILOT, effect=0.0, effects=effects).power == 0.05
    small = power_of(planned, PILOT, effect=1e-7, effects=effects).power
    assert small == pytest.approx(0.05, abs=1e-6)


@given(cases=st.integers(20, 2000), readers=st.integers(3, 30))
@settings(max_examples=40, deadline=None)
def test_more_of_the_random_and_a_greater_effect_give_more_power(cases: int, readers: int) -> None:
    base = power_of(PlannedStudy(readers, cases), PILOT, effect=0.03).power
    assert power_of(PlannedStudy(readers + 2, cases), PILOT, effect=0.03).power >= base - 1e-9
    assert power_of(PlannedStudy(readers, cases), PILOT, effect=0.04).power >= base
    fixed = power_of(PlannedStudy(readers, cases), PILOT, effect=0.03, effects=RandomEffects.CASES)
    assert fixed.power >= base - 1e-9
    assert fixed.df2 == math.inf


@pytest.mark.parametrize("design", [Design.CROSSED, Design.CASES_IN_READERS, Design.CASES_IN_ARMS])
def test_the_cases_needed_are_the_fewest(design: Design) -> None:
    planned = PlannedStudy(8, 2, design)
    found = cases_needed(planned, PILOT, effect=0.05, power=0.8)
    assert found.reached
    assert found.power.power > 0.8
    fewer = PlannedStudy(8, found.cases - 1, design)
    assert power_of(fewer, PILOT, effect=0.05).power <= 0.8


def test_readers_may_be_too_few_for_any_number_of_cases() -> None:
    found = cases_needed(PlannedStudy(3, 2), PILOT, effect=0.02, most_cases=5000)
    assert not found.reached
    assert found.cases == 5000


def test_the_fewest_cases_are_found_where_power_falls_again() -> None:
    error = ErrorCovariances(0.00062813, 0.00023246, 0.0003093, 0.0000276)
    pilot = PilotComponents(0.0002015, error, 100)
    powers = [
        power_of(PlannedStudy(2, cases), pilot, effect=0.08027).power for cases in range(2, 1500)
    ]
    assert max(powers) > powers[-1] + 0.1
    for wanted in (0.5, max(powers) - 1e-6):
        found = cases_needed(PlannedStudy(2, 2), pilot, effect=0.08027, power=wanted)
        assert found.cases == 2 + int(np.argmax(np.array(powers) > wanted))
    over = cases_needed(PlannedStudy(2, 2), pilot, effect=0.08027, power=max(powers))
    assert not over.reached


def test_nested_cases_pay_for_what_readers_share() -> None:
    crossed = power_of(PlannedStudy(6, 100), PILOT, effect=0.04)
    nested = power_of(PlannedStudy(6, 100, Design.CASES_IN_READERS), PILOT, effect=0.04)
    groups = power_of(PlannedStudy(6, 100, Design.CASES_IN_GROUPS, 3), PILOT, effect=0.04)
    # With the same number of cases for every reader: all cases differ, and readers share none.
    assert crossed.power < groups.power < nested.power
    apart = power_of(PlannedStudy(6, 100, Design.READERS_IN_ARMS), PILOT, effect=0.04)
    assert apart.power < crossed.power


def test_a_pilot_planned_again_has_the_denominator_that_it_had() -> None:
    generator = np.random.default_rng(5)
    truth = (np.arange(80) % 2).astype(float)
    case = generator.normal(size=80)
    cube = truth + case + generator.normal(size=(2, 5, 80))
    pilot = obuchowski_rockette(reader_foms(crossed_ratings(truth, cube)))
    planned = power_of(PlannedStudy(5, 80), pilot_components(pilot, cases=80), effect=0.05)
    assert pilot.equality is not None
    if pilot.components.arm_reader > 0:
        assert planned.df2 == pytest.approx(pilot.equality.df2)
    assert planned.noncentrality <= 0.05**2 * 5 / 2 / pilot.equality.denominator + 1e-12


def test_a_pilot_with_readers_in_arms_gives_the_readers_variance() -> None:
    generator = np.random.default_rng(6)
    truth = (np.arange(80) % 2).astype(float)
    skill = generator.normal(0, 1, size=(2, 6, 1)) * truth
    cube = 2 * truth + skill + generator.normal(size=(2, 6, 80))
    cube[0, 3:], cube[1, :3] = np.nan, np.nan
    pilot = obuchowski_rockette(reader_foms(crossed_ratings(truth, cube)))
    components = pilot_components(pilot, cases=80)
    assert components.arm_reader == 0
    assert components.reader == max(pilot.components.reader, 0)
    planned = PlannedStudy(3, 80, Design.READERS_IN_ARMS)
    found = power_of(planned, components, effect=0.1)
    assert pilot.equality is not None
    if pilot.components.reader > 0:
        assert found.noncentrality == pytest.approx(
            0.1**2 * 3 / 2 / pilot.equality.denominator, rel=1e-9
        )


@pytest.mark.parametrize(
    ("readers", "cases", "design", "groups", "words"),
    [
        (1, 100, Design.CROSSED, 1, "two readers"),
        (4, 1, Design.CROSSED, 1, "two cases"),
        (5, 100, Design.CASES_IN_GROUPS, 2, "all of one size"),
        (4, 100, Design.CASES_IN_GROUPS, 4, "groups of two readers or more"),
        (4, 100, Design.CROSSED, 2, "groups with cases nested in groups only"),
        (4, 100, Design.CASES_IN_GROUPS, 1, "groups with cases nested in groups only"),
    ],
)
def test_a_study_that_cannot_be_is_refused(
    readers: int, cases: int, design: Design, groups: int, words: str
) -> None:
    with pytest.raises(MrmcError, match=words):
        PlannedStudy(readers, cases, design, groups)


def test_components_and_effects_that_cannot_be_are_refused() -> None:
    with pytest.raises(MrmcError, match="error variance above 0"):
        PilotComponents(0.0, ErrorCovariances(0.0, 0.0, 0.0, 0.0), 100)
    with pytest.raises(MrmcError, match="0 < alpha < 1"):
        power_of(PlannedStudy(4, 100), PILOT, effect=0.1, alpha=0.0)
    with pytest.raises(MrmcError, match="a difference"):
        power_of(PlannedStudy(4, 100), PILOT, effect=math.nan)


STATED = PilotComponents(0.0002, ErrorCovariances(0.000802, 0.000347, 0.000344, 0.000239), 114)


def test_fixed_readers_have_the_power_of_a_chi_square() -> None:
    # R 4.2.2, noncentrality: .05^2 * 6 / 2 / (114 / 200 * (.000802 - .000347 + 5 * .000105));
    # critical value: qchisq(.95, 1); power: pchisq(qchisq(.95, 1), 1, nc, lower = FALSE).
    found = power_of(PlannedStudy(6, 200), STATED, effect=0.05, effects=RandomEffects.CASES)
    assert found.noncentrality == pytest.approx(13.4264232008593, rel=1e-10)
    assert found.critical == pytest.approx(3.84145882069412, rel=1e-10)
    assert found.power == pytest.approx(0.955832292058319, rel=1e-8)


def test_fixed_cases_have_the_power_of_an_f_with_the_readers_degrees_of_freedom() -> None:
    # R 4.2.2, noncentrality: .05^2 * 6 / 2 / (.0002 + 114 / 200 * (.000802 - .000347 - .000105));
    # critical value: qf(.95, 1, 5); power: pf(qf(.95, 1, 5), 1, 5, nc, lower = FALSE).
    found = power_of(PlannedStudy(6, 200), STATED, effect=0.05, effects=RandomEffects.READERS)
    assert found.noncentrality == pytest.approx(18.7734668335419, rel=1e-10)
    assert found.critical == pytest.approx(6.60789097370336, rel=1e-10)
    assert found.df2 == pytest.approx(5)
    assert found.power == pytest.approx(0.928363857151626, rel=1e-8)


def test_components_may_be_stated_for_a_single_case() -> None:
    error = ErrorCovariances(0.0802, 0.0347, 0.0344, 0.0239)
    hundred = PilotComponents(0.0002, ErrorCovariances(0.000802, 0.000347, 0.000344, 0.000239), 100)
    one = power_of(PlannedStudy(6, 200), PilotComponents(0.0002, error, 1), effect=0.05)
    other = power_of(PlannedStudy(6, 200), hundred, effect=0.05)
    assert one.power == pytest.approx(other.power)
    with pytest.raises(MrmcError, match="the number of cases"):
        PilotComponents(0.0002, error, 0)


@pytest.mark.parametrize(
    ("design", "ignored"),
    [(Design.CASES_IN_READERS, ("cov2", "cov3")), (Design.CASES_IN_ARMS, ("cov1", "cov3"))],
)
@pytest.mark.parametrize("value", [-0.0001, 0.0003])
def test_covariances_of_pairs_that_share_no_case_do_not_count(
    design: Design, ignored: tuple[str, str], value: float
) -> None:
    planned = PlannedStudy(6, 100, design)
    powers = []
    for one in (0.0, value):
        for two in (0.0, value):
            error = replace(ERROR, **{ignored[0]: one, ignored[1]: two})
            powers.append(power_of(planned, replace(PILOT, error=error), effect=0.05).power)
    assert powers == pytest.approx([powers[0]] * 4, rel=1e-12)


def test_readers_nested_in_arms_have_the_degrees_of_freedom_of_both_arms() -> None:
    # All of the variance is the readers': 2 arms of 3, so 4 degrees of freedom.
    components = PilotComponents(0.0, ErrorCovariances(1e-12, 0.0, 0.0, 0.0), 100, reader=0.01)
    found = power_of(PlannedStudy(3, 100, Design.READERS_IN_ARMS), components, effect=0.1)
    assert found.df2 == pytest.approx(4)
    # .1^2 x 3 / 2 / .01
    assert found.noncentrality == pytest.approx(1.5, rel=1e-6)


def test_a_crossed_pilot_tells_the_readers_variance_too() -> None:
    generator = np.random.default_rng(7)
    truth = (np.arange(60) % 2).astype(float)
    skill = np.array([0.0, 1, 2, 3])[None, :, None] * truth
    cube = truth + skill + generator.normal(size=(2, 4, 60))
    pilot = obuchowski_rockette(reader_foms(crossed_ratings(truth, cube)))
    assert 0 < pilot.components.reader < 1
    assert pilot_components(pilot, cases=60).reader == pilot.components.reader


def test_the_power_must_be_exceeded_and_is_80_percent_unless_stated() -> None:
    planned = PlannedStudy(8, 2)
    for cases in (10, 57, 211):
        just = power_of(replace(planned, cases=cases), PILOT, effect=0.05).power
        assert cases_needed(planned, PILOT, effect=0.05, power=just).cases == cases + 1
    found = cases_needed(planned, PILOT, effect=0.05)
    assert found.power.power > 0.8 >= power_of(
        replace(planned, cases=found.cases - 1), PILOT, effect=0.05
    ).power  # fmt: skip


@pytest.mark.parametrize("effects", RandomEffects)
def test_the_cases_needed_are_those_of_the_test_that_is_asked_for(effects: RandomEffects) -> None:
    planned = PlannedStudy(12, 2)
    found = cases_needed(planned, PILOT, effect=0.06, alpha=0.01, effects=effects)
    assert found.reached
    for cases, enough in ((found.cases, True), (found.cases - 1, False)):
        study = replace(planned, cases=cases)
        one = power_of(study, PILOT, effect=0.06, alpha=0.01, effects=effects)
        assert (one.power > 0.8) is enough


def test_the_fewest_cases_of_all_are_two() -> None:
    found = cases_needed(PlannedStudy(10, 50), PILOT, effect=5.0)
    assert (found.cases, found.reached) == (2, True)


def test_a_power_that_is_out_of_reach_says_so() -> None:
    found = cases_needed(PlannedStudy(3, 2), PILOT, effect=0.001, most_cases=300)
    assert (found.cases, found.reached) == (300, False)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 1.5])
def test_a_size_that_is_no_chance_is_refused(alpha: float) -> None:
    with pytest.raises(MrmcError, match="0 < alpha < 1"):
        power_of(PlannedStudy(4, 100), PILOT, effect=0.1, alpha=alpha)


def test_groups_of_one_reader_each_are_refused() -> None:
    with pytest.raises(MrmcError, match="groups of two readers or more"):
        PlannedStudy(2, 100, Design.CASES_IN_GROUPS, 2)
