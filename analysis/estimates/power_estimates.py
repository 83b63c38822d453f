"""What a next study would need, this one as its pilot: power, and the number of cases.

Only variances are taken from the data, the effect is the plan's, so that a blinded re-estimate
after a pilot block says nothing of the arms.
"""

from collections.abc import Iterator
from dataclasses import replace

from analysis.mrmc.obuchowski_rockette import MrmcResult
from analysis.mrmc.power import PlannedStudy, cases_needed, pilot_components, power_of
from analysis.mrmc.ratings import Design, MrmcError
from analysis.result import Counts, Estimate, Of
from analysis.settings import AnalysisSettings


def power_estimates(
    found: MrmcResult, quantity: str, of: Of, counts: Counts, settings: AnalysisSettings
) -> Iterator[Estimate]:
    """Return `auc_power` of a study as large as this one, and `auc_cases_needed`.

    Parameters
    ----------
    found
        The analysis with readers and cases random, of two arms.
    quantity, of, counts
        The figure of merit, and what the pilot is of and rests on.
    settings
        Effect, wanted power and alpha; without an effect nothing is returned.
    """
    effect = settings.power_effect
    if effect is None or len(found.means) != 2 or found.design is not Design.CROSSED:
        return
    readers, cases = counts.n_readers or 0, counts.n_units or 0
    whose = replace(of, arm=None)
    words = (
        f"Hillis, Obuchowski and Berbaum 2011, components of this study, effect {effect:g}, "
        f"alpha {settings.alpha:g}, {readers} readers"
    )
    try:
        pilot = pilot_components(found, cases=cases)
        planned = PlannedStudy(readers, cases)
        here = power_of(planned, pilot, effect=effect, alpha=settings.alpha)
        needed = cases_needed(
            planned, pilot, effect=effect, power=settings.power, alpha=settings.alpha
        )
    except MrmcError as error:
        reason = f"not estimable: {error}"
        yield Estimate(f"{quantity}_power", whose, None, "none", n=counts, reason=reason)
        return
    yield Estimate(f"{quantity}_power", whose, here.power, f"{words}, {cases} cases", n=counts)
    yield Estimate(
        f"{quantity}_cases_needed",
        whose,
        float(needed.cases) if needed.reached else None,
        f"{words}, power {settings.power:g}",
        n=counts,
        reason=None if needed.reached else f"no number up to {needed.cases} reaches the power",
    )
