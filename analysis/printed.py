"""Numbers as papers print them; files keep the full precision."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from analysis.result import Estimate, Setting

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
# From here on decimals say nothing, and would not fit.
BEYOND_DECIMALS = 1e15
NOT_ESTIMABLE = "not estimable"


def rounded(value: float, digits: int, *, signed: bool = False) -> str:
    """Return a number with so many decimals, a half rounded away from zero, zero without a sign."""
    if abs(value) >= BEYOND_DECIMALS:
        return f"{value:{'+' if signed else ''}.3g}".replace("-", MINUS)
    number = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    if number == 0:
        return f"{abs(number)}"
    return f"{number:{'+' if signed else ''}f}".replace("-", MINUS)


def p_words(p: float) -> str:
    """Return a p value with its sign."""
    return "p < .001" if p < 0.001 else f"p = {rounded(p, 3).removeprefix('0')}"


def p_cell(p: float | None) -> str:
    """Return a p value for a column of p values; empty where there is no test."""
    return "" if p is None else p_words(p).removeprefix("p ").removeprefix("= ")


def value_cell(estimate: Estimate, digits: int) -> str:
    """Return an estimate, a difference with its sign; a dash where it could not be estimated."""
    if estimate.estimate is None:
        return NOTHING
    return rounded(estimate.estimate, digits, signed=_is_difference(estimate))


def interval_cell(estimate: Estimate, digits: int) -> str:
    """Return the interval; that it is not estimable where there is a reason."""
    if estimate.ci is None:
        return NOT_ESTIMABLE if estimate.reason else ""
    signed = _is_difference(estimate)
    low, high = (
        rounded(limit, digits, signed=signed) for limit in (estimate.ci.low, estimate.ci.high)
    )
    return f"{low} to {high}"


def interval_words(estimates: Iterable[Estimate]) -> str:
    """Return what a column of intervals is called, with the level that the estimates have."""
    level = next((one.level for one in estimates if one.level is not None), None)
    return "CI" if level is None else f"{100 * level:g} % CI"


def fixed_cell(found: Estimate | None, digits: int) -> str:
    """Return an estimate that may not be there with so many decimals; a dash without it."""
    return NOTHING if found is None else value_cell(found, digits)


def value_of(found: Estimate | None) -> float | None:
    """Return the number of an estimate that may not be there."""
    return None if found is None else found.estimate


def setting_words(setting: Setting) -> str:
    """Return the value of a setting as pages have it."""
    if isinstance(setting.value, bool):
        return "yes" if setting.value else "no"
    return "none" if setting.value is None or setting.value == "" else str(setting.value)


def _is_difference(estimate: Estimate) -> bool:
    """Tell whether an estimate is a comparison, of periods or sequences too."""
    return isinstance(estimate.of, tuple) or estimate.quantity.endswith(("_period", "_sequence"))
