"""The report's tables of marks: wAFROC, the plan's figure under other hit rules, FROC curves."""

from dataclasses import dataclass, replace

from analysis.froc.study_marks import IMAGE
from analysis.quantity_words import quantity_name
from analysis.report.report_rows import ReportTable, estimates_table
from analysis.result import AnalysisResult, Estimate

WAFROC = "fom_wafroc"


@dataclass(frozen=True, slots=True)
class _ByRule:
    """What one figure of merit is under a hit rule, in the order of whom it is of."""

    rule: str
    estimates: tuple[Estimate, ...]

    @property
    def numbers(self) -> tuple[object, ...]:
        """All that is printed of them but the rule."""
        return tuple((one.estimate, one.se, one.ci) for one in self.estimates)


def marks_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return wAFROC with its differences, under other hit rules, and what FROC curves say."""
    tried = next((one.quantity for one in result.estimates if one.subjects[0].hit_rule), WAFROC)
    figure = quantity_name(tried)
    same, different = _compared(_by_own_rule(result, tried), _by_rule(result.select(tried)))
    note = f"{figure} is the same under other hit rules: {', '.join(same)}." if same else ""
    by_rule = tuple(one for each in different for one in each.estimates)
    return (
        estimates_table(
            _together(_by_own_rule(result, WAFROC)), "Weighted AFROC figure of merit of marks",
            "wAFROC", unit=unit, note=note,
        ),
        estimates_table(
            _together(result.select("fom_wafroc_difference")), "Differences in wAFROC",
            "Difference", unit=unit,
        ),
        estimates_table(by_rule, f"{figure} under other hit rules", figure, unit=unit),
        estimates_table(
            _together(result.select("froc_sensitivity", "froc_partial_area")),
            "FROC curves, read per image", "Fraction", unit=IMAGE,
            note="Positive: images with a lesion.",
        ),
    )  # fmt: skip


def _by_own_rule(result: AnalysisResult, quantity: str) -> tuple[Estimate, ...]:
    """Return the estimates of a figure of merit under the rule of the settings."""
    return tuple(one for one in result.select(quantity) if one.subjects[0].hit_rule is None)


def _by_rule(areas: tuple[Estimate, ...]) -> tuple[_ByRule, ...]:
    """Return the figures of groups, all readers and AI systems, rule by rule."""
    found: dict[str, list[Estimate]] = {}
    for one in areas:
        of = one.subjects[0]
        if of.hit_rule is not None and of.reader is None:
            found.setdefault(of.hit_rule, []).append(one)
    return tuple(_ByRule(rule, tuple(estimates)) for rule, estimates in found.items())


def _compared(
    own: tuple[Estimate, ...], others: tuple[_ByRule, ...]
) -> tuple[tuple[str, ...], tuple[_ByRule, ...]]:
    """Return the rules that change nothing, and the others; those that agree stand together."""
    whole = [one for one in own if one.subjects[0].reader is None and not one.subjects[0].random]
    unchanged = _ByRule("", tuple(whole)).numbers
    same = tuple(one.rule for one in others if one.numbers == unchanged)
    rest = [one for one in others if one.numbers != unchanged]
    joined = []
    for numbers in dict.fromkeys(one.numbers for one in rest):
        alike = [one for one in rest if one.numbers == numbers]
        names = ", ".join(one.rule for one in alike)
        joined.append(_ByRule(names, tuple(_named(one, names) for one in alike[0].estimates)))
    return same, tuple(joined)


def _named(estimate: Estimate, rules: str) -> Estimate:
    """Return an estimate under the names of all rules by which it is the same."""
    return replace(
        estimate,
        of=replace(estimate.subjects[0], hit_rule=rules),
        method=estimate.method.replace(f", {estimate.subjects[0].hit_rule}", ""),
    )


def _together(estimates: tuple[Estimate, ...]) -> tuple[Estimate, ...]:
    """Return estimates with those of the same people one after another, arm by arm."""
    whom = [
        (one.quantity, one.subjects[0].operating_point, *(of.whom for of in one.subjects))
        for one in estimates
    ]
    places = {key: place for place, key in enumerate(dict.fromkeys(whom))}
    order = sorted(range(len(estimates)), key=lambda place: places[whom[place]])
    return tuple(estimates[place] for place in order)
