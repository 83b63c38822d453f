"""Rows, headers and captions of the report's tables: how one estimate is printed beside others."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.printed import interval_cell, p_cell, rounded, value_cell
from analysis.quantity_words import contrast_name, row_name
from analysis.report.method_clauses import own_counts, reasons_in_short, short_clauses
from analysis.result import Estimate

FRACTION_DIGITS, SECONDS_DIGITS, COMPONENT_DIGITS = 3, 1, 5
UNIT_HEADS = {"exam": "Exams", "breast": "Breasts", "image": "Images"}
# From here on t is the normal in every digit that is printed.
MOST_DF = 1000
AGAINST_HALF = "p against 0.5."
EQUALITY = "_equality"


class Part(StrEnum):
    """Where a table stands in the report, as the heading above it says."""

    CONFIRMATORY = "Confirmatory results"
    EXPLORATORY = "Exploratory results"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row: what it is of, and its cells."""

    label: str
    cells: tuple[str, ...]
    primary: bool
    mean: bool  # of several readers: set apart from single ones

    @property
    def style(self) -> str:
        """The classes of the row in the report."""
        return " ".join(name for name in ("mean", "primary") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its caption: method, unit and n come from the estimates."""

    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[ReportRow, ...]
    part: Part = Part.EXPLORATORY


def estimates_table(
    estimates: tuple[Estimate, ...],
    title: str,
    heading: str,
    *,
    unit: str,
    note: str = "",
    named: bool = False,
    logits: tuple[Estimate, ...] = (),
) -> ReportTable:
    """Return one quantity: estimate, SE, interval, df, p, and what it rests on.

    Parameters
    ----------
    estimates
        One row each.
    title, heading
        Of the table, and of the column of estimates.
    unit
        exam, breast or image, by which the column of numbers is called; else cases.
    note
        What the caption says before the methods.
    named
        Whether rows are of several quantities, so that each says of which.
    logits
        The same with intervals on the logit scale, for rows whose interval runs to 0 or 1.

    Returns
    -------
    A table without the columns (SE, df, p, readers) in which every row would be empty.
    """
    columns = (
        (heading, [value_cell(one, digits_of(one)) for one in estimates]),
        ("SE", [se_cell(one) for one in estimates]),
        (f"{level_words(estimates)} interval", [interval_cell(one, digits_of(one))
                                                for one in estimates]),
        ("On the logit scale", [_logit_cell(one, logits) for one in estimates]),
        ("df", [df_cell(one) for one in estimates]),
        ("p", [p_cell(one.p) for one in estimates]),
        ("Details", [own_counts(one) for one in estimates]),
        (UNIT_HEADS.get(unit, "Cases"), [count_cell(one.n.n_units) for one in estimates]),
        ("Clusters", [count_cell(one.n.n_clusters) for one in estimates]),
        ("Positive", [count_cell(one.n.n_positive) for one in estimates]),
        ("Readers", [count_cell(one.n.n_readers) for one in estimates]),
    )  # fmt: skip
    filled = [(name, cells) for name, cells in columns if any(cells) or name == heading]
    rows = tuple(
        row_of(one, tuple(cells[place] for _, cells in filled), named=named)
        for place, one in enumerate(estimates)
    )
    caption = " ".join(part for part in (note, methods_of(estimates)) if part)
    return ReportTable(title, caption, tuple(name for name, _ in filled), rows)


def row_of(estimate: Estimate, cells: tuple[str, ...], *, named: bool = False) -> ReportRow:
    """Return a row labelled by what the estimate is of, its quantity first where `named`."""
    subjects = estimate.subjects
    label, first = contrast_name(estimate), subjects[0]
    if first.system is not None and first.of_readers:
        label = f"{label} (AI: {first.system})"
    readings = None if first.readings is None else f"readings: {first.readings}"
    placed = (first.item, first.hit_rule, first.cases, readings, first.stratum)
    before = [one for one in placed if one is not None]
    if estimate.quantity.endswith(EQUALITY) and first.item is None:
        before.insert(0, "arms equal")
    if named:
        before.insert(0, _name(estimate))
    if estimate.quantity.startswith("froc_partial_area"):
        before.insert(0, "partial area")
    if estimate.quantity.startswith("froc_sensitivity"):
        before.insert(0, first.operating_point or "")
    mean = any(one.group is not None or one.readers is not None for one in subjects)
    return ReportRow(
        ": ".join((*before, label)), cells, primary=not estimate.exploratory, mean=mean
    )


def _name(estimate: Estimate) -> str:
    """Return the quantity of a row of a mixed table; a mean of kappas by who took it."""
    return "Light's kappa" if "(Light 1971)" in estimate.method else row_name(estimate.quantity)


def methods_of(estimates: tuple[Estimate, ...]) -> str:
    """Return the methods used, in short, and the reasons for what is missing, each once."""
    said = (*short_clauses(estimates), *reasons_in_short(estimates))
    sentences = [f"{clause[0].upper()}{clause[1:]}." for clause in dict.fromkeys(said)]
    effects = [one.design_effect for one in estimates if one.design_effect is not None]
    if effects:
        sentences.append(f"Design effects: {min(effects):.4g} to {max(effects):.4g}.")
    return " ".join(sentences)


def level_words(estimates: tuple[Estimate, ...]) -> str:
    """Return the confidence level in words."""
    levels = [one.level for one in estimates if one.level is not None]
    return f"{100 * levels[0]:g} %" if levels else "Confidence"


def value_or_empty(estimate: Estimate | None, digits: int) -> str:
    """Return an estimate that may not be there."""
    return "" if estimate is None else value_cell(estimate, digits)


def interval_or_empty(estimate: Estimate | None, digits: int) -> str:
    """Return the interval of an estimate that may not be there."""
    return "" if estimate is None else interval_cell(estimate, digits)


def _logit_cell(one: Estimate, logits: tuple[Estimate, ...]) -> str:
    """Return the interval on the logit scale where the plain one runs to 0 or 1."""
    found = next((other for other in logits if other.of == one.of), None)
    return interval_cell(found, digits_of(one)) if found and one.reaches_limit else ""


def of_ai_and_reader(one: Estimate) -> bool:
    """Tell whether an AI system is compared with a single reader: a row for files alone."""
    systems = any(of.system is not None and not of.of_readers for of in one.subjects)
    return systems and any(of.reader is not None for of in one.subjects)


def digits_of(one: Estimate) -> int:
    """Return with how many decimals an estimate is printed."""
    if one.quantity.startswith("reading_s") and "_log" not in one.quantity:
        return SECONDS_DIGITS
    if one.quantity.endswith("_component"):
        return COMPONENT_DIGITS
    return 0 if one.quantity.endswith("_cases_needed") else FRACTION_DIGITS


def se_cell(one: Estimate) -> str:
    """Return a standard error with a decimal more than its estimate; empty where there is none."""
    return "" if one.se is None else rounded(one.se, digits_of(one) + 1)


def count_cell(number: int | None) -> str:
    """Return a count that may not apply."""
    return "" if number is None else str(number)


def df_cell(estimate: Estimate) -> str:
    """Return the degrees of freedom, with a decimal where they are few; of F both."""
    own = "" if estimate.df is None else _df_words(estimate.df)
    if estimate.df_numerator is None:
        return own
    return ", ".join(part for part in (f"{estimate.df_numerator:g}", own) if part)


def _df_words(df: float) -> str:
    """Return degrees of freedom in short."""
    return f"> {MOST_DF}" if df > MOST_DF else rounded(df, 1 if df < 100 else 0)
