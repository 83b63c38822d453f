"""Calls of MRMCaov and RJafroc are read as they are written, and answered by the estimators."""

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.power import PlannedStudy, cases_needed, pilot_components
from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import reader_foms
from analysis.reference_methods import mrmc_or, power
from analysis.reference_methods.r_calls import r_call
from analysis.reference_methods.reference_case import Part, ReferenceCase, ReferenceTable, matrix

COLUMNS = ("reader", "treatment", "case", "truth", "rating", "pos")
CASES = 24


def _cube(seed: int = 2, arms: int = 2, readers: int = 3) -> np.ndarray:
    generator = np.random.default_rng(seed)
    truth = np.arange(CASES) % 2
    return generator.integers(1, 6, size=(arms, readers, CASES)) + truth


def _case(call: str, cube: np.ndarray | None = None, *, nested: str = "") -> ReferenceCase:
    ratings = _cube() if cube is None else cube
    rows = []
    for arm, reader, case in np.ndindex(ratings.shape):
        value = ratings[arm, reader, case]
        if np.isnan(value):
            continue
        prefix = {"readers": f"{reader + 1}.", "arms": f"{arm + 1}."}.get(nested, "")
        name = f"{prefix}{case + 100}" if prefix else str(case)
        cells = (reader + 1, arm + 1, name, case % 2, value, int(value >= 4))
        rows.append(tuple(str(cell) for cell in cells))
    table = ReferenceTable(COLUMNS, tuple(zip(*rows, strict=True)))
    return ReferenceCase("made", "mrmc_or", {"d": table}, {"asked": call}, {"asked": ()})


def _answer(case: ReferenceCase) -> dict[str, float]:
    return {part.label: part.value for part in mrmc_or.answer(case, "asked") or ()}


def _mrmc(*, metric: str = "empirical_auc(truth,rating)", rest: str = "") -> str:
    return f"summary(MRMCaov::mrmc({metric},treatment,reader,case,data=d{rest}))"


def test_a_call_is_taken_apart_by_brackets_and_commas() -> None:
    call = r_call("x<-f(MRMCaov::mrmc(a(b,c),'d e', k = 2,f==1))", "mrmc")
    assert call is not None
    assert call.plain == ("a(b,c)", "'d e'", "f==1")
    assert call.number("k", 0.0) == 2
    assert call.number("l", 3.0) == 3
    assert call.argument("l", "none") == "none"
    assert r_call("smrmc(a)", "mrmc") is None
    open_ended = r_call("mrmc(a,,b", "mrmc")
    assert open_ended is not None
    assert open_ended.plain == ("a", "b")


def test_fixed_readers_of_three_arms_have_errors_as_they_are_printed() -> None:
    cube = _cube(arms=3)
    call = _mrmc().replace(",reader,", ",fixed(reader),")
    found = _answer(_case(call, cube))
    truth = (np.arange(CASES) % 2).astype(float)
    ours = obuchowski_rockette(reader_foms(crossed_ratings(truth, cube)), RandomEffects.CASES)
    errors = [one.inference.se for one in ours.reader_differences]
    assert found[".reader_test_diffs.StdErr[2 of 9]"] == pytest.approx(errors[3])
    assert found[".reader_test_diffs.StdErr[4 of 9]"] == pytest.approx(errors[0])
    assert found[".test_equality.X2"] == pytest.approx(ours.equality.statistic)  # type: ignore[union-attr]


@pytest.mark.parametrize("nested", ["readers", "arms"])
def test_nested_cases_are_told_by_their_identifiers(nested: str) -> None:
    found = _answer(_case(_mrmc(), nested=nested))
    covariances = [found[f".vcov_comps.Estimate[{place} of 6]"] for place in (4, 5, 6)]
    zero = [1, 2] if nested == "readers" else [0, 2]
    assert [covariances[place] for place in zero] == [0.0, 0.0]
    assert covariances[1 if nested == "arms" else 0] != 0


def test_identifiers_that_are_the_same_number_are_one_sampling_unit() -> None:
    case = _case(_mrmc())
    table = case.table
    places = {"2": "1.1", "4": "1.10"}
    cells = [tuple(places.get(cell, cell) for cell in table.cells[2])]
    merged = ReferenceTable(COLUMNS, (*table.cells[:2], *cells, *table.cells[3:]))
    apart = _answer(case)[".vcov_comps.Estimate[3 of 6]"]
    together = _answer(replace(case, tables={"d": merged}))[".vcov_comps.Estimate[3 of 6]"]
    assert apart != together


def test_readers_nested_in_arms_have_one_component_of_readers() -> None:
    cube = _cube(readers=4).astype(float)
    cube[0, 2:], cube[1, :2] = np.nan, np.nan
    found = _answer(_case(_mrmc(), cube))
    assert ".vcov_comps.Estimate[5 of 5]" in found
    assert ".test_equality.MS[R(T)]" in found


def test_one_arm_has_no_test() -> None:
    found = _answer(_case(_mrmc(), _cube(arms=1)))
    assert not any(label.startswith(".test_equality") for label in found)


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("empirical_auc(truth,rating,partial='sensitivity',min=0.5,max=1)", 0.0, 0.5),
        ("empirical_auc(truth,rating,partial='specificity',min=0.5,max=1)", 0.0, 0.5),
        ("binary_sens(truth,pos)", 0.0, 1.0),
        ("binary_spec(truth,pos)", 0.0, 1.0),
    ],
)
def test_every_metric_is_computed(metric: str, low: float, high: float) -> None:
    estimate = _answer(_case(_mrmc(metric=metric)))[".test_means.Estimate[1 of 2]"]
    assert low < estimate < high


def test_a_curve_without_errors_has_limits_equal_to_its_estimate() -> None:
    cube = _cube(readers=1).astype(float)
    cube[0, 0] = 10 * (np.arange(CASES) % 2) + np.arange(CASES) / 100
    call = "MRMCaov::stmc(empirical_auc(truth,rating),case,data=d[d$treatment==1,])"
    found = _answer(_case(call, cube))
    assert (found[".CI.Lower"], found[".CI.Upper"], found[".StdErr"]) == (1.0, 1.0, 0.0)
    call = "summary(MRMCaov::srmc(empirical_auc(truth,rating),treatment,case,data=d))"
    same = _answer(_case(call, np.repeat(cube[:1], 2, axis=0)))
    assert math.isnan(same[".test_diffs.z"])
    assert math.isnan(same[".test_diffs.p-value"])
    worse = np.stack([cube[0], -cube[0]])
    apart = _answer(_case(call, worse))
    assert (apart[".test_diffs.z"], apart[".test_diffs.p-value"]) == (math.inf, 0.0)


@pytest.mark.parametrize("method", ["OR", "DBM"])
def test_readers_without_any_error_leave_no_test(method: str) -> None:
    perfect = np.tile(10 * (np.arange(CASES) % 2) + np.arange(CASES) / 100, (2, 3, 1))
    call = f"RJafroc::St(ds,FOM='Wilcoxon',method='{method}',analysisOption='RRRC')"
    cells = matrix(["trt1", "trt2"], ["rdr1", "rdr2", "rdr3"], np.ones((2, 3)).tolist())
    named = tuple(Part(f".FOMs.foms{part.label}", part.value) for part in cells)
    found = _answer(replace(_case(call, perfect), expected={"asked": named}))
    assert found[".FOMs.trtMeanDiffs.Estimate"] == 0
    assert not any("FTests" in label for label in found)


@pytest.mark.parametrize(
    "call",
    [
        "pROC::roc(d$truth,d$rating)",
        "RJafroc::St(ds,FOM='wAFROC',method='OR',analysisOption='RRRC')",
        "RJafroc::Other(ds)",
    ],
)
def test_a_call_that_is_not_known_has_no_answer(call: str) -> None:
    assert mrmc_or.answer(_case(call), "asked") is None


@pytest.mark.parametrize("metric", ["binormal_auc(truth,rating)", "rating"])
def test_a_metric_that_is_not_known_is_refused(metric: str) -> None:
    with pytest.raises(ValueError, match=metric.partition("(")[0]):
        mrmc_or.answer(_case(_mrmc(metric=metric)), "asked")


def test_power_is_asked_for_one_number_or_for_a_loop() -> None:
    def asked(call: str) -> dict[str, float]:
        return {part.label: part.value for part in power.answer(_case(call), "asked") or ()}

    loop = asked(
        "for(J in c(4,6))for(K in c(50)){RJafroc::SsPowerGivenJK(ds,J=J,K=K,effectSize=.1)}"
    )
    single = asked("RJafroc::SsPowerGivenJK(ds,J=6,K=50,effectSize=.1)")
    assert loop[".power[2 of 2]"] == single[".power"]
    needed = asked("RJafroc::SsSampleSizeKGivenJ(ds,J=6,effectSize=.1,desiredPower=.7)")
    truth = (np.arange(CASES) % 2).astype(float)
    pilot = obuchowski_rockette(reader_foms(crossed_ratings(truth, _cube())))
    expected = cases_needed(
        PlannedStudy(6, 2),
        pilot_components(pilot, cases=CASES),
        effect=0.1,
        power=0.7,
        most_cases=2001,
    )
    assert needed[".K"] == expected.cases
    assert power.answer(_case("RJafroc::Other(ds)"), "asked") is None
