"""Withdrawn cases analysed both ways: the plan's results again, with the reads of these cases.

A case withdrawn after reading began is left out of every result. What the plan asks for is
computed a second time as if it had not been withdrawn, labelled, and exploratory.
"""

from dataclasses import replace

from analysis.result import AnalysisResult, Estimate, Of

INCLUDED = "withdrawn included"
WITHOUT_PLAN = ("auc", "auc_difference")


def with_withdrawn(
    result: AnalysisResult, again: AnalysisResult | None, withdrawn: tuple[str, ...]
) -> AnalysisResult:
    """Return a result that names the withdrawn cases and says what their reads would change.

    Parameters
    ----------
    result
        The analysis without the withdrawn cases.
    again
        The same analysis with them; None where nobody had read them.
    withdrawn
        Their names; without any the result stays as it is.
    """
    if not withdrawn:
        return result
    who = f"Withdrawn after reading began, in no result: {', '.join(withdrawn)}. "
    if again is None:
        return replace(result, warnings=(*result.warnings, who + "Nobody had read them."))
    what = "The plan's results" if _planned(result) else "AUCs and their differences"
    said = f"{what} stand a second time with their reads, labelled: {INCLUDED}."
    return replace(
        result,
        warnings=(*result.warnings, who + said),
        withdrawn=tuple(_labelled(one) for one in _planned(again) or again.select(*WITHOUT_PLAN)),
    )


def counterpart(result: AnalysisResult, included: Estimate) -> Estimate | None:
    """Return the estimate without the withdrawn cases that belongs to one with them."""
    subjects = tuple(replace(of, cases=None) for of in included.subjects)
    return next((one for one in result.select(included.quantity) if one.subjects == subjects), None)


def _planned(result: AnalysisResult) -> tuple[Estimate, ...]:
    """Return what belongs to the locked plan."""
    return tuple(one for one in result.estimates if not one.exploratory)


def _labelled(one: Estimate) -> Estimate:
    """Return an estimate that says that withdrawn cases are in it; it is no test of the plan."""
    first, *rest = (replace(of, cases=INCLUDED) for of in one.subjects)
    of: Of | tuple[Of, Of] = (first, rest[0]) if rest else first
    return replace(one, of=of, exploratory=True, p_adjusted=None, decision=None)
