"""The tables of iMRMC's Java program: covariances doubled, no less than two degrees of freedom."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analysis.reference_methods.imrmc_columns import (
    OPEN,
    Printed,
    named,
    printed,
    r_row,
    reader_row,
    single_readers,
    test_columns,
)
from analysis.reference_methods.reference_case import Part
from analysis.result import FloatArray
from analysis.ustatistics.decompositions import (
    DBM_NAMES,
    MS_NAMES,
    OR_NAMES,
    Decomposition,
    Decompositions,
    decompose,
)
from analysis.ustatistics.moments import COMPONENTS, MOMENTS, Moments
from analysis.ustatistics.reader_averaged import ArmAuc, Variances, analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings

LEAST_DF = 2.0
INFINITE_DF = 50.0  # what is printed where Hillis' degrees of freedom have no bound

Row = Mapping[str, float]


def table_parts(name: str, reads: ReaderRatings) -> tuple[Part, ...]:
    """Return a table, one part a cell, its rows numbered."""
    return _rows(TABLES[name](reads))


def _rows(rows: Sequence[Row]) -> tuple[Part, ...]:
    """Return a table as Java's files are listed: one part a cell, rows numbered."""
    where = [
        f"[{place} of {len(rows)}]" if len(rows) > 1 else "" for place in range(1, 1 + len(rows))
    ]
    return tuple(
        Part(f"{label}.{column}", float(value))
        for label, row in zip(where, rows, strict=True)
        for column, value in row.items()
    )


def _java(reads: ReaderRatings) -> tuple[Printed, ...]:
    """Return what has a row, by the program's conventions."""
    return printed(analyse_reads(reads, least_df=LEAST_DF))


def _java_row(of: Printed, by: Variances) -> Row:
    """Return a row of statAnalysis or statAnalysisMLE."""
    df = OPEN if by.df_hillis is None else by.df_hillis
    return {
        **r_row(of, by),
        "dfHillis": min(df, INFINITE_DF) if math.isinf(df) else df,
        **test_columns("Hillis", "Hillis", by.hillis),
    }


def _java_statistics(reads: ReaderRatings) -> list[Row]:
    """Return statAnalysis."""
    return [_java_row(one, one.unbiased) for one in _java(reads)]


def _java_statistics_mle(reads: ReaderRatings) -> list[Row]:
    """Return statAnalysisMLE."""
    return [_java_row(one, one.biased) for one in _java(reads)]


def _java_readers(reads: ReaderRatings) -> list[Row]:
    """Return AUCperReader: no tests of single readers."""
    return [{**reader_row(one), **_NO_TESTS} for one in single_readers(reads)]


def _both_statistics(of: Printed, table: Callable[[Printed, bool], list[Row]]) -> list[Row]:
    """Return a table's rows of the U-statistic, then of the V-statistic."""
    return table(of, False) + table(of, True)


def _java_bdg(reads: ReaderRatings) -> list[Row]:
    """Return BDGtable."""
    return [row for one in _java(reads) for row in _both_statistics(one, _bdg_rows)]


def _java_bck(reads: ReaderRatings) -> list[Row]:
    """Return BCKtable."""
    return [row for one in _java(reads) for row in _both_statistics(one, _bck_rows)]


def _bdg_rows(of: Printed, biased: bool) -> list[Row]:
    """Return seven rows of moments."""
    return _seven_rows(MOMENTS, of, lambda one: (one.values(biased=biased), one.coefficients))


def _bck_rows(of: Printed, biased: bool) -> list[Row]:
    """Return seven rows of components."""
    return _seven_rows(
        COMPONENTS,
        of,
        lambda one: (one.components(biased=biased), one.component_coefficients),
    )


def _seven_rows(
    names: tuple[str, ...],
    of: Printed,
    numbers: Callable[[Moments], tuple[FloatArray, FloatArray]],
) -> list[Row]:
    """Return components and coefficients of A, of B, of both (doubled), and what they make."""
    none = np.zeros(len(names))
    if isinstance(of, ArmAuc):
        a, b, both = numbers(of.moments), (none, none), (none, none)
    else:
        a, b, both = (numbers(one) for one in (of.first.moments, of.second.moments, of.moments))
    doubled = 2 * both[1]
    total = a[0] * a[1] + b[0] * b[1] - both[0] * doubled
    return [named(names, row) for row in (*a, *b, both[0], doubled, total)]


def _decomposed(
    reads: ReaderRatings, names: tuple[str, ...], which: Callable[[Decompositions], Decomposition]
) -> list[Row]:
    """Return three rows for each statistic; open where the design is not fully crossed."""
    rows: list[Row] = []
    for one in _java(reads):
        for biased in (False, True):
            if not one.crossed:
                rows += [dict.fromkeys(names, OPEN)] * 3
                continue
            found = which(decompose(one, biased=biased))
            rows += [
                named(names, row) for row in (found.components, found.coefficients, found.products)
            ]
    return rows


def _dbm(found: Decompositions) -> Decomposition:
    return found.dbm


def _or(found: Decompositions) -> Decomposition:
    return found.obuchowski_rockette


def _ms(found: Decompositions) -> Decomposition:
    """Return mean squares, the coefficients of RC and MC in each other's column."""
    own = found.mean_squares
    rc, mc = MS_NAMES.index("RC"), MS_NAMES.index("MC")
    coefficients = own.coefficients.copy()
    coefficients[[rc, mc]] = coefficients[[mc, rc]]
    return Decomposition(own.names, own.components, coefficients)


def _java_dbm(reads: ReaderRatings) -> list[Row]:
    """Return DBMtable."""
    return _decomposed(reads, DBM_NAMES, _dbm)


def _java_or(reads: ReaderRatings) -> list[Row]:
    """Return ORtable."""
    return _decomposed(reads, OR_NAMES, _or)


def _java_ms(reads: ReaderRatings) -> list[Row]:
    """Return MStable."""
    return _decomposed(reads, MS_NAMES, _ms)


_NO_TESTS = {
    **test_columns("Normal", "normal", None),
    "dfBDG": OPEN,
    **test_columns("BDG", "BDG", None),
    "dfHillis": OPEN,
    **test_columns("Hillis", "Hillis", None),
}
TABLES: dict[str, Callable[[ReaderRatings], list[Row]]] = {
    "statAnalysis": _java_statistics,
    "statAnalysisMLE": _java_statistics_mle,
    "AUCperReader": _java_readers,
    "BDGtable": _java_bdg,
    "BCKtable": _java_bck,
    "DBMtable": _java_dbm,
    "ORtable": _java_or,
    "MStable": _java_ms,
}
