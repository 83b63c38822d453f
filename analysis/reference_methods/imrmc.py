"""U-statistic analyses as iMRMC prints them: the R package's lists and the Java program's tables.

What only the printing decides is done here: columns, arms alone and in pairs, which numbers are
left open (NA), and where the two programs part (least degrees of freedom, covariances doubled in
Java's tables, variances of single readers rounded to eight digits there).
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.reference_methods import imrmc_java
from analysis.reference_methods.imrmc_columns import (
    named,
    printed,
    r_row,
    reader_row,
    single_readers,
)
from analysis.reference_methods.reference_case import Part, ReferenceCase, ReferenceTable, vector
from analysis.result import FloatArray
from analysis.ustatistics.moments import COMPONENTS, MOMENTS
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import (
    ReaderRatings,
    sensitivity_ratings,
    specificity_ratings,
)

NOTE = (
    "imrmc: where a variance is negative or 0 Crossread reports 'not estimable'; R prints NA there "
    "too, Java its own numbers. Java's table of mean squares has the coefficients of RC and MC in "
    "each other's column."
)
THRESHOLD = re.compile(r"roc2binary\(.*?,\s*(?:threshold\s*=\s*)?(-?[\d.]+)\)")
_BINARY = {"TPF": sensitivity_ratings, "FPF": specificity_ratings}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name in imrmc_java.TABLES:
        return imrmc_java.table_parts(name, _imrmc_reads(case.table))
    if name == "imrmc":
        return _r_lists(_long_reads(case.table))
    if name not in _BINARY:
        return None
    found = THRESHOLD.search(case.calls[name])
    if found is None:
        raise ValueError(f"expected roc2binary(data, threshold), got {case.calls[name]}")
    return _r_lists(_BINARY[name](_long_reads(case.table), float(found[1])))


def _long_reads(table: ReferenceTable) -> ReaderRatings:
    """Return the reads of a CSV, named as `to_imrmc` names them."""
    truth = dict(zip(table.texts("case"), table.numbers("truth").tolist(), strict=True))
    return _reads(
        [f"m{one}" for one in table.texts("treatment")],
        [f"r{one}" for one in table.texts("reader")],
        table.texts("case"),
        table.numbers("rating"),
        truth,
    )


def _imrmc_reads(table: ReferenceTable) -> ReaderRatings:
    """Return the reads of an .imrmc file; its truth stands in rows of reader -1."""
    is_truth = np.array([one == "-1" for one in table.texts("readerID")])
    cases, scores = np.array(table.texts("caseID")), table.numbers("score")
    truth = dict(zip(cases[is_truth].tolist(), scores[is_truth].tolist(), strict=True))
    return _reads(
        np.array(table.texts("modalityID"))[~is_truth].tolist(),
        np.array(table.texts("readerID"))[~is_truth].tolist(),
        cases[~is_truth].tolist(),
        scores[~is_truth],
        truth,
    )


def _reads(
    arm: Sequence[str],
    reader: Sequence[str],
    case: Sequence[str],
    rating: FloatArray,
    truth: Mapping[str, float],
) -> ReaderRatings:
    """Return reads from one row each; arms and readers in the order of their names, as text."""
    arms, at_arm = np.unique(arm, return_inverse=True)
    readers, at_reader = np.unique(reader, return_inverse=True)
    cases, at_case = np.unique(case, return_inverse=True)
    ratings = np.full((len(arms), len(readers), len(cases)), np.nan)
    ratings[at_arm, at_reader, at_case] = rating
    classes = np.array([truth[one] for one in cases.tolist()])
    return ReaderRatings(tuple(arms.tolist()), tuple(readers.tolist()), classes, ratings)


def _r_lists(reads: ReaderRatings) -> tuple[Part, ...]:
    """Return every list that doIMRMC gives."""
    found = analyse_reads(reads)
    by_list = {
        "perReader": [reader_row(one) for one in single_readers(reads)],
        "Ustat": [r_row(one, one.unbiased) for one in printed(found)],
        "MLEstat": [r_row(one, one.biased) for one in printed(found)],
        "BDG_Ustat_coeff": [named(MOMENTS, one.moments.coefficients) for one in printed(found)],
        "BCK_Ustat_coeff": [
            named(COMPONENTS, one.moments.component_coefficients) for one in printed(found)
        ],
    }
    by_list["BDG_MLE_coeff"] = by_list["BDG_Ustat_coeff"]
    by_list["BCK_MLE_coeff"] = by_list["BCK_Ustat_coeff"]
    for statistic, biased in (("Ustat", False), ("MLE", True)):
        by_list[f"BDG_{statistic}_comp"] = [
            named(MOMENTS, one.moments.values(biased=biased)) for one in printed(found)
        ]
        by_list[f"BCK_{statistic}_comp"] = [
            named(COMPONENTS, one.moments.components(biased=biased)) for one in printed(found)
        ]
    return tuple(
        part
        for name, rows in by_list.items()
        for column in rows[0]
        for part in vector((row[column] for row in rows), f"{name}.{column}")
    )
