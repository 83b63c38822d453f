"""Zhou 2023's Tables 1 and 2 in the paper's layout, the proper method in a second table each."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from analysis.papers.zhou2023_data import Feature, NamedPool
from analysis.papers.zhou2023_readers import PAPER, ReadersOfPaper
from analysis.printed import (
    NOTHING,
    fixed_cell,
    interval_words,
    p_cell,
    rounded,
    value_cell,
    value_of,
)
from analysis.result import Estimate, Of, PaperNumber, PaperRow, PaperTable
from analysis.settings import YOUDEN

CUT_OFF = "The paper's \u201ccut-off\u201d is Youden's J; J and the threshold are two columns here."
READERS_POOLED = (
    "As in the paper the readers of a group are pooled as if independent, which they are not: SE, "
    "intervals and P do not hold. The next table has the proper ones."
)
ONE_POINT = "One-point: ratings of two values, (sensitivity + specificity) / 2."


def auc_tables(
    features: tuple[Feature, ...], paper: ReadersOfPaper
) -> tuple[PaperTable, PaperTable]:
    """Return Table 1 as the paper computes it, and by means of readers."""
    intervals = interval_words(one for feature in features for one in feature.estimates)
    header = (
        "Features", "", f"AUC ({intervals})", "SE", "P value", "Sensitivity (%)", "Specificity (%)",
        "Youden's J (\u201ccut-off\u201d)", "Threshold",
    )  # fmt: skip
    units = _units(features)
    return (
        PaperTable(
            f"{PAPER}_table1",
            "Table 1. AUC and related parameters for each lesion feature",
            f"{READERS_POOLED} {CUT_OFF} SE: DeLong; intervals: Clopper-Pearson of AUC x n; P: "
            f"against 0.5. {ONE_POINT} {_abbreviations(paper)} {units}",
            header,
            tuple(row for feature in features for row in _auc_rows(feature, _pooled_row)),
        ),
        PaperTable(
            f"{PAPER}_table1_means",
            "Table 1, means of readers",
            "The value of a group is the mean of its readers' values; readers are fixed, cases "
            "random, and the readers' covariance over the cases is kept (DeLong). Sensitivity, "
            f"specificity and J: each reader at their own threshold. {ONE_POINT} {units}",
            header,
            tuple(row for feature in features for row in _auc_rows(feature, _mean_row)),
        ),
    )


def comparison_tables(
    features: tuple[Feature, ...], paper: ReadersOfPaper
) -> tuple[PaperTable, PaperTable]:
    """Return Table 2 as the paper computes it, and by means of readers."""
    names = tuple(dict.fromkeys(one.name for feature in features for one in feature.comparisons))
    header = ("Features", *names)
    groups = _versus_groups(paper)
    difference = f"Each cell: difference of the AUCs, {paper.versus}{groups}; P. "
    return (
        PaperTable(
            f"{PAPER}_table2",
            "Table 2. Comparisons of AUC (DeLong)",
            f"{difference}{READERS_POOLED} Arms of a group are paired by reader and case, groups "
            "are unpaired.",
            header,
            tuple(_comparison_row(feature, names, pooled=True) for feature in features),
        ),
        PaperTable(
            f"{PAPER}_table2_means",
            "Table 2, means of readers",
            f"{difference}Means of the readers' AUCs on the same cases, readers fixed, cases "
            "random; DeLong covariance of all curves.",
            header,
            tuple(_comparison_row(feature, names, pooled=False) for feature in features),
        ),
    )


def _abbreviations(paper: ReadersOfPaper) -> str:
    """Return what the names of the rows mean."""
    named = [
        f"{at.name}, {' '.join(word for word in (at.group, at.arm) if word) or 'all readers'}"
        for at in paper.all
    ]
    return "; ".join([*named, "AI alone is the system itself"]) + "."


def _versus_groups(paper: ReadersOfPaper) -> str:
    """Return which group stands first in a difference, where there are several."""
    if len(paper.groups) < 2:
        return ""
    return (
        f", {' minus '.join(reversed(paper.groups))}"
        if len(paper.groups) == 2
        else (", the later group minus the earlier one")
    )


def _auc_rows(
    feature: Feature, row_of: Callable[[Feature, NamedPool], PaperRow]
) -> Iterator[PaperRow]:
    """Return a feature's rows of Table 1; a system without ratings has a row that says so."""
    for name in feature.unrated:
        reason = f"not estimable: no score of the {feature.unit}"
        absent = Estimate("auc", Of(), None, "none", reason=reason)
        row = _auc_row(feature, name, absent, [None] * 4)
        yield replace(row, cells=(f"{NOTHING} ({reason})", *row.cells[1:]))
    for pool in feature.pools:
        yield row_of(feature, pool)


def _pooled_row(feature: Feature, pool: NamedPool) -> PaperRow:
    """Return one row of Table 1 with readers pooled."""
    area = feature.find(pool.reads.quantity, pool.reads.of)
    others = [
        feature.find(name, pool.reads.of)
        for name in ("sensitivity", "specificity", "youden_j", "threshold")
    ]
    return _auc_row(feature, pool.name, area, others)


def _mean_row(feature: Feature, pool: NamedPool) -> PaperRow:
    """Return one row of Table 1 by mean of readers."""
    area = feature.find("auc", pool.mean)
    if area is not None and area.estimate is None and pool.stated is not None:
        area = feature.find("auc_binary", _at(pool.mean, pool.stated))
    point = pool.stated or YOUDEN
    others: list[Estimate | None] = [
        feature.find(name, _at(pool.mean, point)) or _first_maximum(feature, name, pool.mean, point)
        for name in ("sensitivity", "specificity", "youden_j", "threshold")
    ]
    return _auc_row(feature, pool.name, area, [None] * 4 if pool.reads.constant else others)


def _first_maximum(feature: Feature, quantity: str, of: Of, point: str) -> Estimate | None:
    """Return the first of several tied maxima of one curve."""
    where = _at(of, point)
    return next(
        (
            one
            for one in feature.estimates
            if one.quantity == quantity
            and one.subjects[0].maximum is not None
            and _without_maximum(one.subjects[0]) == where
        ),
        None,
    )


def _without_maximum(of: Of) -> Of:
    """Return what an estimate is of, whichever of tied maxima it is."""
    return Of(**{name: value for name, value in of.items() if name != "maximum"})


def _at(of: Of, point: str) -> Of:
    """Return readers at an operating point."""
    return Of(**dict(of.items()), operating_point=point)


def _auc_row(
    feature: Feature, name: str, area: Estimate | None, others: list[Estimate | None]
) -> PaperRow:
    """Return a row of Table 1 from its numbers."""
    sensitivity, specificity, youden_j, threshold = others
    one_point = area is not None and area.quantity == "auc_binary"
    cells = (
        _area_cell(area) + (" one-point" if one_point else ""),
        "" if area is None or area.se is None else rounded(area.se, 3),
        "" if area is None else p_cell(area.p),
        _percent(sensitivity),
        _percent(specificity),
        fixed_cell(youden_j, 3),
        NOTHING if threshold is None or threshold.estimate is None else f"{threshold.estimate:g}",
    )
    numbers = (
        PaperNumber("target", feature.target),
        PaperNumber("unit", feature.unit),
        PaperNumber("quantity", "" if area is None else area.quantity),
        *_numbers("", area, "estimate"),
        *_numbers("sensitivity", sensitivity),
        *_numbers("specificity", specificity),
        *_numbers("youden_j", youden_j),
        *_numbers("threshold", threshold),
        PaperNumber("n_units", None if area is None else area.n.n_units),
        PaperNumber("n_positive", None if area is None else area.n.n_positive),
        PaperNumber("n_readers", None if area is None else area.n.n_readers),
        PaperNumber("method", "" if area is None else area.method),
        PaperNumber("reason", None if area is None else area.reason),
    )
    return PaperRow(feature.name, name, cells, numbers)


def _numbers(name: str, found: Estimate | None, value: str = "") -> Iterator[PaperNumber]:
    """Return value, limits, SE and p of an estimate; a second quantity has value and limits."""
    ci = None if found is None else found.ci
    start = f"{name}_" if name else ""
    yield PaperNumber(name or value, None if found is None else found.estimate)
    yield PaperNumber(f"{start}ci_low", None if ci is None else ci.low)
    yield PaperNumber(f"{start}ci_high", None if ci is None else ci.high)
    if not name:
        yield PaperNumber("se", None if found is None else found.se)
        yield PaperNumber("p", None if found is None else found.p)


def _comparison_row(feature: Feature, names: tuple[str, ...], *, pooled: bool) -> PaperRow:
    """Return one row of Table 2."""
    cells: list[str] = []
    numbers: list[PaperNumber] = []
    for name in names:
        found = _comparison(feature, name, pooled=pooled)
        if found is None or found.estimate is None:
            cells.append(NOTHING)
        else:
            p = "P not estimable" if found.p is None else f"P {_with_sign(found.p)}"
            cells.append(f"{value_cell(found, 3)}; {p}")
        start = name.replace(" ", "_")
        numbers += [PaperNumber(f"{start}_quantity", "" if found is None else found.quantity)]
        numbers += [
            PaperNumber(f"{start}_{one.column}", one.value)
            for one in _numbers("", found, "estimate")
        ]
    return PaperRow(feature.name, "", tuple(cells), tuple(numbers))


def _comparison(feature: Feature, name: str, *, pooled: bool) -> Estimate | None:
    """Return a comparison by its name; at the one point where the ratings have no more."""
    named = next((one for one in feature.comparisons if one.name == name), None)
    if named is None:
        return None
    if pooled:
        found = feature.find("auc_difference", named.pooled)
        return found or feature.find("auc_binary_difference", named.pooled)
    found = feature.find("auc_difference", named.means)
    if named.stated is None or (found is not None and found.estimate is not None):
        return found
    first, second = (_at(of, named.stated) for of in named.means)
    return feature.find("auc_binary_difference", (first, second))


def _area_cell(area: Estimate | None) -> str:
    """Return an area with its interval."""
    if area is None or area.estimate is None:
        return NOTHING
    if area.ci is None:
        return f"{rounded(area.estimate, 3)} (not estimable)"
    low, high = rounded(area.ci.low, 3), rounded(area.ci.high, 3)
    return f"{rounded(area.estimate, 3)} ({low} \N{EN DASH} {high})"


def _percent(found: Estimate | None) -> str:
    """Return a share in percent, two decimals as in the paper."""
    value = value_of(found)
    return NOTHING if value is None else rounded(100 * value, 2)


def _with_sign(p: float) -> str:
    """Return a p value with its sign."""
    cell = p_cell(p)
    return cell if cell.startswith("<") else f"= {cell}"


def _units(features: tuple[Feature, ...]) -> str:
    """Return what one row of a reader is, per feature."""
    units = dict.fromkeys(feature.unit for feature in features)
    if len(units) == 1:
        return f"Unit: {next(iter(units))}."
    named = ", ".join(f"{feature.name.lower()} {feature.unit}" for feature in features)
    return f"Unit: {named}."
