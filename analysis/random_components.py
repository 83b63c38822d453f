"""What stands behind a comparison with random readers: the test of equal arms, the components.

They are estimates like all others, so that results.json holds what a reviewer asks for.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.mrmc.components import VarianceComponents
from analysis.mrmc.obuchowski_rockette import EqualArmsTest, MrmcResult
from analysis.result import Counts, Estimate, Of


@dataclass(frozen=True, slots=True)
class AnalysisComponents:
    """The variance components of one analysis, and whose they are."""

    whose: str
    components: VarianceComponents


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
                f"{found.method}; as estimated, not cut at 0",
                n=counts,
            )


def _equality(
    found: MrmcResult, test: EqualArmsTest, name: str, of: Of, counts: Counts
) -> Estimate:
    """Return the test that all arms are equal, with both kinds of degrees of freedom."""
    words = f"F with {test.df1} and {test.df2:.4g} df (Hillis)"
    if math.isinf(test.df2):
        words = f"F with {test.df1} and infinite df"
    method = (
        f"{found.method}; all arms equal: {words}, original denominator df {found.squares.error_df}"
    )
    reason = test.reason
    return Estimate(name, of, test.statistic, method, p=test.p, n=counts, reason=reason)


def component_warnings(analyses: tuple[AnalysisComponents, ...]) -> tuple[str, ...]:
    """Return one line for each kind of component that came out below 0 in some analysis."""
    lines = []
    found = [(one.whose, part) for one in analyses for part in one.components.negative]
    for name in dict.fromkeys(part.name for _, part in found):
        own = [(part.value, whose) for whose, part in found if part.name == name]
        least, whose = min(own)
        lines.append(
            f"Random readers: {name} is estimated as negative and taken as 0 in {len(own)} of "
            f"{len(analyses)} analyses, least {least:.3g} ({whose})."
        )
    return tuple(lines)
