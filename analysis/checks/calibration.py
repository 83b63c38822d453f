"""How often intervals hold the truth and tests reject, in simulated Roe-Metz studies.

Every interval is judged by the truth that it is about: expected areas over all readers and cases
where both are random, those of these readers where readers are fixed, those of these cases where
cases are. A test "rejects" at p <= .05; without a difference between the arms that is its size
where readers and cases are random. Readers fixed, or cases fixed, differ a little between arms even
then, so the size of those tests is what their intervals miss.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import stats

from analysis.checks.simulate import (
    STRUCTURES,
    SimulatedDesign,
    SimulatedStudy,
    separation_of_auc,
    simulate_study,
)
from analysis.estimators.intervals import Inference
from analysis.estimators.proportions import ProportionMethod, proportion_interval
from analysis.estimators.roc import delong_auc, paired_delong
from analysis.estimators.signed_rank import wilcoxon_signed_rank
from analysis.estimators.t_inference import TInference
from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms
from analysis.result import Interval
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings

ALPHA = 0.05
BASE_AUC, AUC_STEP = 0.855, 0.05
SIZES = ((5, 50), (10, 100))  # readers, cases of each class
PROPORTION_METHODS: tuple[ProportionMethod, ...] = ("wilson", "clopper_pearson", "wald")
TIME_SPREAD, TIME_RATIO = 0.4, 0.9  # SD of a log time; arms' ratio where they differ


@dataclass(frozen=True, slots=True)
class Scenario:
    """A design to draw studies of; `differ` tells whether the arms do."""

    name: str
    design: SimulatedDesign
    differ: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What one study says of one procedure; None where it has no interval, or no test."""

    procedure: str
    covered: bool | None
    rejected: bool | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What many studies say of one procedure.

    Attributes
    ----------
    intervals, covered
        Studies with an interval, and those of them that hold the truth.
    tests, rejected
        Studies with a test, and those of them that reject.
    """

    intervals: int = 0
    covered: int = 0
    tests: int = 0
    rejected: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.intervals + other.intervals,
            self.covered + other.covered,
            self.tests + other.tests,
            self.rejected + other.rejected,
        )


def scenarios() -> tuple[Scenario, ...]:
    """Return every structure with every size, without and with a difference of the areas."""
    return tuple(
        Scenario(
            f"{structure.name} {readers} x {cases}+{cases} {'differ' if differ else 'equal'}",
            SimulatedDesign(
                structure,
                readers,
                cases,
                cases,
                (
                    separation_of_auc(structure, BASE_AUC + AUC_STEP * differ),
                    separation_of_auc(structure, BASE_AUC),
                ),
            ),
            differ,
        )
        for structure, (readers, cases), differ in product(STRUCTURES, SIZES, (False, True))
    )


def tally_batch(scenario: Scenario, studies: int, seed: tuple[int, ...]) -> Mapping[str, Tally]:
    """Return what studies of a scenario say of every procedure; equal seeds, equal tallies."""
    generator = np.random.default_rng(seed)
    tallies: dict[str, Tally] = {}
    for _ in range(studies):
        study = simulate_study(scenario.design, generator)
        for one in judge_study(study, generator, differ=scenario.differ):
            tally = tallies.get(one.procedure, Tally())
            tallies[one.procedure] = tally.plus(_counted(one))
    return tallies


def judge_study(
    study: SimulatedStudy, generator: np.random.Generator, *, differ: bool
) -> Iterator[Judged]:
    """Yield what every procedure says of a study; reading times are drawn beside it."""
    yield from _obuchowski_rockette(study)
    yield from _u_statistics(study)
    yield from _fixed_reader(study)
    yield from _sensitivity(study)
    yield _reading_times(study, generator, TIME_RATIO if differ else 1.0)


def _obuchowski_rockette(study: SimulatedStudy) -> Iterator[Judged]:
    """Yield the difference of the arms by each covariance, and each choice of what is random."""
    ratings = crossed_ratings(study.truth, study.ratings)
    of_readers = study.reader_aucs.mean(axis=1)
    truths = {
        RandomEffects.READERS_AND_CASES: study.arm_aucs,
        RandomEffects.CASES: of_readers,
        RandomEffects.READERS: study.case_aucs,
    }
    for covariance in Covariance:
        foms = reader_foms(ratings, covariance=covariance)
        for effects, aucs in truths.items():
            found = obuchowski_rockette(foms, effects)
            name = f"OR, {covariance}, {effects}"
            target = float(aucs[0] - aucs[1])
            yield _judged(f"{name}: difference", found.differences[0].inference, target)
            mean = found.means[0].inference
            yield Judged(f"{name}: mean of an arm", _holds(mean.ci, float(aucs[0])), None)


def _u_statistics(study: SimulatedStudy) -> Iterator[Judged]:
    """Yield the difference of the arms with both kinds of degrees of freedom."""
    readers = tuple(str(place) for place in range(study.ratings.shape[1]))
    found = analyse_reads(ReaderRatings(("1", "2"), readers, study.truth, study.ratings))
    variances = found.differences[0].unbiased
    target = float(study.arm_aucs[0] - study.arm_aucs[1])
    tests = (("BDG", variances.bdg), ("Hillis", variances.hillis))
    yield from (
        _judged(f"U-statistics, {df} df: difference", test, target)
        for df, test in tests
        if test is not None
    )


def _fixed_reader(study: SimulatedStudy) -> Iterator[Judged]:
    """Yield DeLong's intervals of the first reader."""
    first, second = study.ratings[0, 0], study.ratings[1, 0]
    aucs = study.reader_aucs[:, 0]
    paired = paired_delong(study.truth, first, second).inference
    yield _judged("DeLong, one reader: difference", paired, float(aucs[0] - aucs[1]))
    normal = delong_auc(study.truth, first).inference
    yield Judged("DeLong, one reader: area, normal", _holds(normal.ci, float(aucs[0])), None)
    logit = delong_auc(study.truth, first, interval="logit").inference
    yield Judged("DeLong, one reader: area, logit", _holds(logit.ci, float(aucs[0])), None)


def _sensitivity(study: SimulatedStudy) -> Iterator[Judged]:
    """Yield the intervals of the first reader's sensitivity, half way between the two means."""
    threshold = float(study.reader_shifts[0, 0].mean())
    target = float(stats.norm.cdf(study.reader_shifts[0, 0, 1] - threshold))
    positive = study.ratings[0, 0, study.truth == 1]
    called = int((positive > threshold).sum())
    for method in PROPORTION_METHODS:
        interval = proportion_interval(called, len(positive), method=method)
        yield Judged(f"sensitivity, one reader: {method}", _holds(interval, target), None)


def _reading_times(study: SimulatedStudy, generator: np.random.Generator, ratio: float) -> Judged:
    """Return the test of one reader's paired log-normal reading times."""
    log_times = TIME_SPREAD * generator.normal(size=(2, len(study.truth)))
    test = wilcoxon_signed_rank(ratio * np.exp(log_times[0]), np.exp(log_times[1]))
    rejected = None if test.p is None else test.p <= ALPHA
    return Judged("Wilcoxon, one reader's reading times", None, rejected)


def _judged(name: str, inference: TInference | Inference, target: float) -> Judged:
    """Return whether an interval holds its target and its test rejects."""
    rejected = None if inference.p is None else inference.p <= ALPHA
    return Judged(name, _holds(inference.ci, target), rejected)


def _holds(interval: Interval | None, target: float) -> bool | None:
    """Tell whether an interval holds the truth; None without an interval."""
    return None if interval is None else interval.low <= target <= interval.high


def _counted(one: Judged) -> Tally:
    """Return the tally of one study."""
    return Tally(
        int(one.covered is not None),
        int(bool(one.covered)),
        int(one.rejected is not None),
        int(bool(one.rejected)),
    )
