"""What stands behind a comparison with random readers: the test of equal arms, the components.

They are estimates like all others, so that results.json holds what a reviewer asks for.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.mrmc.components import VarianceComponents
from analysis.mrmc.obuchowski_rockette import EqualArmsTest, MrmcResult
from analysis.result import Counts, Estimate, Of

FEWEST_READERS = 3


@dataclass(frozen=True, slots=True)
class AnalysisComponents:
    """The variance components of one analysis, whose they are, and of how many readers."""

    whom: str
    figure: str
    components: VarianceComponents
    n_readers: int


def component_estimates(
    found: MrmcResult, quantity: str, of: Of, counts: Counts
) -> Iterator[Estimate]:
    """Return the global test and the variance components of one analysis.

    Parameters
    ----------
    found
        The analysis.
    quantity
        Of what the components are: `auc` gives `auc_equality` and `auc_component`.
    of
        Whose; the arm does not count.
    counts
        What they rest on.
    """
    whose = replace(of, arm=None)
    if found.equality is not None:
        yield _equality(found, found.equality, f"{quantity}_equality", whose, counts)
    components = found.components
    named = {
        "reader variance": components.reader,
        "arm x reader variance": components.arm_reader,
        "error variance": components.error.variance,
        "Cov1": components.error.cov1,
        "Cov2": components.error.cov2,
        "Cov3": components.error.cov3,
    }
    for name, value in named.items():
        if not math.isnan(value):
            yield Estimate(
                f"{quantity}_component",
                replace(whose, item=name),
                value,
                f"{found.method}; as estimated, not truncated at 0",
                n=counts,
            )


def _equality(
    found: MrmcResult, test: EqualArmsTest, name: str, of: Of, counts: Counts
) -> Estimate:
    """Return the test that all arms are equal."""
    bounded = math.isfinite(test.df2)
    words = "F, degrees of freedom after Hillis" if bounded else "F with infinite denominator df"
    return Estimate(
        name,
        of,
        test.statistic,
        f"{found.method}; all arms equal: {words}",
        p=test.p,
        n=counts,
        reason=test.reason,
        df=test.df2 if bounded else None,
        df_numerator=test.df1,
    )


def component_warnings(analyses: tuple[AnalysisComponents, ...]) -> tuple[str, ...]:
    """Return what weakens the analyses with random readers, in one warning; none without cause.

    That is components which came out below 0, and groups of two readers.
    """
    said = (*_negative(analyses), *_few_readers(analyses))
    return (f"Random readers: {' '.join(said)}",) if said else ()


def _negative(analyses: tuple[AnalysisComponents, ...]) -> Iterator[str]:
    """Name the components below 0, in how many analyses, and the least of each."""
    found = [(one, part) for one in analyses for part in one.components.negative]
    parts = []
    for name in dict.fromkeys(part.name for _, part in found):
        own = [(part.value, one.whom, one.figure) for one, part in found if part.name == name]
        least, whom, figure = min(own)
        where = f"least {least:.3g}: {whom}, {figure}"
        parts.append(f"{name} in {len(own)} of {len(analyses)} analyses ({where})")
    if parts:
        yield (
            f"variance components estimated below 0: {'; '.join(parts)}. They are shown as "
            "estimated; in the tests Cov2 and Cov2 - Cov3 below 0 count as 0."
        )


def _few_readers(analyses: tuple[AnalysisComponents, ...]) -> Iterator[str]:
    """Name the groups from which little can be told of other readers."""
    few = dict.fromkeys(one.whom for one in analyses if one.n_readers < FEWEST_READERS)
    if few:
        yield (
            f"{', '.join(few)}: inference to the population of readers is imprecise with two "
            "readers; their degrees of freedom are few, or many only because a component is taken "
            "as 0."
        )
