"""The estimates of a study's marks: figures of merit, and what is read off FROC curves.

Figures of merit stand by the settings' unit with jackknife variances: these readers (fixed), and
readers like them (random) by Obuchowski and Rockette. FROC curves, their partial areas and
sensitivities are per image, false marks counted over all images (Ueda and others 2022).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.linear_estimates import (
    Infer,
    LinearQuantity,
    linear_estimates,
    pool_estimate,
)
from analysis.estimators.intervals import Inference, normal_inference
from analysis.estimators.structural_components import Contrast, CorrelatedValues
from analysis.froc.curves import marks_curve, partial_area, sensitivity_at
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FrocError
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.hit_rules import LesionHitRule
from analysis.froc.marked_cases import MarkedCases, MatchedMarks, matched_marks
from analysis.froc.random_readers import random_reader_estimates
from analysis.froc.reader_froc import froc_jackknifed
from analysis.froc.resampled import (
    resampled_partial_areas,
    resampled_sensitivities,
    with_spread,
)
from analysis.froc.study_marks import IMAGE
from analysis.layout import in_sequences, pairs_of, pools_of
from analysis.mrmc.reader_foms import jackknife_covariance
from analysis.quantity_words import quantity_name
from analysis.rating_grid import Layout, RatingGrid
from analysis.result import Estimate, FloatArray, FrocCurve, Interval
from analysis.settings import AnalysisSettings

QUANTITIES = {
    FrocFigure.WAFROC: "fom_wafroc",
    FrocFigure.AFROC: "fom_afroc",
    FrocFigure.WAFROC1: "fom_wafroc1",
    FrocFigure.AFROC1: "fom_afroc1",
    FrocFigure.HR_AUC: "fom_hr_auc",
    FrocFigure.HR_SE: "fom_hr_se",
    FrocFigure.HR_SP: "fom_hr_sp",
    FrocFigure.MAX_LLF: "fom_max_llf",
    FrocFigure.MAX_NLF: "fom_max_nlf",
    FrocFigure.MAX_NLF_ALL_CASES: "fom_max_nlf_all_cases",
    FrocFigure.FROC: "fom_froc",
}
AS_TABLED = "marks as the table matches them"
UNBOUNDED = (FrocFigure.MAX_NLF, FrocFigure.MAX_NLF_ALL_CASES, FrocFigure.FROC)


@dataclass(frozen=True, slots=True, eq=False)
class FrocEstimates:
    """Estimates, curves and what has to be said of them."""

    estimates: tuple[Estimate, ...]
    curves: tuple[FrocCurve, ...]
    warnings: tuple[str, ...]


def froc_estimates(
    by_unit: MarkedCases,
    by_image: MarkedCases,
    settings: AnalysisSettings,
    own: FrocSettings | None = None,
) -> FrocEstimates:
    """Return what the marks of readers and AI systems say.

    Parameters
    ----------
    by_unit, by_image
        The same marks by the unit of the settings, and by image.
    settings
        Level and target.
    own
        Hit rule and what is computed.
    """
    own = own or FrocSettings()
    matched = matched_marks(by_unit, own.rule)
    layout = layout_of_marks(matched, by_unit.arms, settings)
    estimates: list[Estimate] = []
    words = own.rule.words
    estimates += _figures(matched, layout, own, words)
    for figure in own.figures[:1]:
        estimates += _by_rule(by_unit, layout, figure, own.alternatives)
    images = matched_marks(by_image, own.rule)
    on_images = layout_of_marks(images, by_image.arms, settings)
    return FrocEstimates(
        (*estimates, *_readings(images, on_images, own, words)),
        _curves(images, on_images),
        tuple(dict.fromkeys((*by_unit.notes, *by_image.notes))),
    )


def tabled_estimates(
    matched: MatchedMarks, settings: AnalysisSettings, own: FrocSettings
) -> FrocEstimates:
    """Return what marks say that a table brings already matched, each case an image.

    Parameters
    ----------
    matched
        Of `analysis.froc.marked_table`.
    settings, own
        As for `froc_estimates`; its hit rules do not count.

    Raises
    ------
    FrocError
        Where no case has a lesion.
    """
    if not matched.study.diseased.any():
        raise FrocError("expected a case with a lesion, got none")
    layout = layout_of_marks(matched, matched.study.arms, settings)
    return FrocEstimates(
        (*_figures(matched, layout, own, AS_TABLED), *_readings(matched, layout, own, AS_TABLED)),
        _curves(matched, layout),
        (),
    )


def _figures(
    matched: MatchedMarks, layout: Layout, own: FrocSettings, words: str
) -> Iterator[Estimate]:
    """Return the figures of merit with readers fixed, and the first with readers random."""
    for figure in own.figures:
        yield from linear_estimates(_quantity(matched, figure, words, layout.settings), layout)
    first = own.figures[0]
    told = f"figure of merit {quantity_name(QUANTITIES[first])}, {words}"
    yield from random_reader_estimates(matched, layout, first, name=QUANTITIES[first], words=told)


def layout_of_marks(
    matched: MatchedMarks, arms: tuple[str, ...], settings: AnalysisSettings
) -> Layout:
    """Return of whom marks are counted and who is compared; ratings are 0 where a case was read."""
    read = np.where(matched.study.read, 0.0, np.nan)
    truth = matched.study.diseased.astype(np.float64)
    times_s = np.full_like(read, np.nan)
    unit = matched.study.unit
    grid = RatingGrid(matched.rows, matched.cases, matched.exam, truth, read, times_s, unit)
    pools = pools_of(grid, settings.target)
    pairs = in_sequences(pairs_of(pools, arms), grid, matched.orders, settings)
    return Layout(grid, pools, pairs, settings)


def _quantity(
    matched: MatchedMarks, figure: FrocFigure, words: str, settings: AnalysisSettings
) -> LinearQuantity:
    """Return a figure of merit of every curve with its jackknife covariance."""
    k = len(matched.rows)
    try:
        left_out = froc_jackknifed(matched.study, figure)
        found = CorrelatedValues(left_out.values, jackknife_covariance(left_out))
    except FrocError:
        found = CorrelatedValues(np.full(k, np.nan), np.full((k, k), np.nan))
    highest = math.inf if figure in UNBOUNDED else 1.0
    name = quantity_name(QUANTITIES[figure])
    method = f"figure of merit {name}, {words}; jackknife over cases"
    return LinearQuantity(
        QUANTITIES[figure],
        found,
        method,
        _inference(0.0, highest, settings.level, tested=False),
        _inference(-highest, highest, settings.level, tested=True),
    )


def _inference(low: float, high: float, level: float, *, tested: bool) -> Infer:
    """Return what gives a normal interval within bounds; only differences are tested."""

    def infer(contrast: Contrast) -> Inference:
        if contrast.variance == 0:
            return Inference.impossible("interval not estimable: no case changes the figure")
        found = normal_inference(
            contrast.value, contrast.variance, null=0.0, level=level, bounds=Interval(low, high)
        )
        return found if tested else replace(found, p=None)

    return infer


def _by_rule(
    marked: MarkedCases, layout: Layout, figure: FrocFigure, rules: tuple[LesionHitRule, ...]
) -> Iterator[Estimate]:
    """Return a figure of merit of every pool under other hit rules."""
    for rule in rules:
        quantity = _quantity(matched_marks(marked, rule), figure, rule.words, layout.settings)
        for pool in layout.pools:
            named = replace(pool, of=replace(pool.of, hit_rule=rule.words))
            yield pool_estimate(quantity, named, layout)


def _readings(
    images: MatchedMarks, layout: Layout, own: FrocSettings, words: str
) -> Iterator[Estimate]:
    """Return sensitivities at stated numbers of false marks, and the partial area, per image."""
    curves = [marks_curve(images.study.marks(row)) for row in range(len(images.rows))]
    for number in own.false_marks:
        values = np.array([sensitivity_at(curve, number) for curve in curves])
        yield from _on_images(_sensitivity(images, values, number, words, layout), layout)
    areas = np.array([partial_area(curve, own.limit) for curve in curves])
    yield from _on_images(_area(images, areas, own, words, layout), layout)


def _sensitivity(
    images: MatchedMarks, values: FloatArray, number: float, words: str, layout: Layout
) -> LinearQuantity:
    """Return the sensitivity of every curve with its bootstrap interval."""
    settings = layout.settings
    drawn = resampled_sensitivities(
        images.study, number, samples=settings.bootstrap_samples, seed=settings.bootstrap_seed
    )
    return _resampled(
        "froc_sensitivity",
        values,
        drawn,
        f"FROC curve per image, {words}; {_draws(settings)}; threshold found anew in each sample",
        settings,
        false_marks_words(number),
    )


def _area(
    images: MatchedMarks, values: FloatArray, own: FrocSettings, words: str, layout: Layout
) -> LinearQuantity:
    """Return the partial area of every curve with its bootstrap interval."""
    settings = layout.settings
    drawn = resampled_partial_areas(
        images.study, own.limit, samples=settings.bootstrap_samples, seed=settings.bootstrap_seed
    )
    return _resampled(
        "froc_partial_area",
        values,
        drawn,
        f"FROC curve per image, {words}; area up to {false_marks_words(own.limit)}, divided by "
        f"{own.limit:g}, points joined by straight lines; {_draws(settings)}",
        settings,
    )


def _resampled(
    name: str,
    values: FloatArray,
    drawn: FloatArray,
    method: str,
    settings: AnalysisSettings,
    point: str | None = None,
) -> LinearQuantity:
    """Return a quantity of every curve whose interval is read off draws of patients.

    Without test: no draw is made under the hypothesis that two are equal.
    """
    return LinearQuantity(
        name,
        with_spread(values, drawn),
        method,
        _inference(0.0, 1.0, settings.level, tested=False),
        _inference(-1.0, 1.0, settings.level, tested=False),
        point,
        drawn,
    )


def _draws(settings: AnalysisSettings) -> str:
    """Return how patients were drawn, in words."""
    return (
        f"cluster bootstrap of patients (percentiles of {settings.bootstrap_samples} samples, "
        f"seed {settings.bootstrap_seed})"
    )


def false_marks_words(number: float) -> str:
    """Return a mean number of false marks, as it is printed."""
    return f"{number:g} false mark{'' if number == 1 else 's'} per image"


def _on_images(quantity: LinearQuantity, layout: Layout) -> Iterator[Estimate]:
    """Return a quantity of everybody and its differences, per image."""
    for one in linear_estimates(quantity, layout):
        of = tuple(replace(subject, unit=IMAGE) for subject in one.subjects)
        yield replace(one, of=(of[0], of[1]) if len(of) == 2 else of[0])


def _curves(images: MatchedMarks, layout: Layout) -> tuple[FrocCurve, ...]:
    """Return the FROC curve of every reader in every arm, and of every AI system."""
    alone = [pool for pool in layout.pools if pool.of.reader or pool.of.system]
    found = []
    for pool in alone:
        curve = marks_curve(images.study.marks(pool.rows[0]))
        group = images.rows[pool.rows[0]].group or None
        found.append(FrocCurve(pool.of, group, curve.false_marks, curve.lesions))
    return tuple(found)
