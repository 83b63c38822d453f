"""RJafroc's figures of merit of marks, their significance tests and the points of their curves.

RJafroc takes lesion weights as they are written; a third printed as .333333 is not renormalised
there, and not here. Names of modalities and readers have a prefix in its answers.
"""

import re

import numpy as np

from analysis.froc.curves import marks_curve
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FalseMarks, FrocStudy, Lesions, crossed_froc
from analysis.froc.reader_froc import froc_foms, froc_jackknifed, froc_values
from analysis.mrmc.ratings import IntArray
from analysis.reference_methods.against_readers import against_readers
from analysis.reference_methods.mrmc_rjafroc import significance
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import (
    Part,
    ReferenceCase,
    ReferenceTable,
    matrix,
    vector,
)

Parts = tuple[Part, ...]
CELL = re.compile(r".*\[(?:trt)?(.+), (?:rdr)?(.+)\]")
# RJafroc's ROC curve of marks is that of each case's highest mark.
CURVES = {"ROC": FrocFigure.HR_AUC}


def answer(case: ReferenceCase, name: str) -> Parts | None:
    """Return what a name asks for; None where the name is not known."""
    text = case.calls[name]
    figure = r_call(text, "UtilFigureOfMerit")
    tests, points = r_call(text, "St"), r_call(text, "PlotEmpOpChrs")
    compared = r_call(text, "StCadVsRad")
    if figure is not None:
        return _figures(_study(case), figure)
    if tests is not None:
        study, asked = _study(case), FrocFigure(tests.argument("FOM"))
        foms, left_out = froc_foms(study, asked), froc_jackknifed(study, asked)
        expected, cases = case.expected[name], len(study.unit)
        return significance(tests, expected, foms, left_out, cases=cases)
    if compared is not None:
        study = _study(case)
        foms = froc_foms(study, FrocFigure(compared.argument("FOM")))
        return against_readers(compared, case.expected[name], foms, study.readers[0])
    return None if points is None else _points(_study(case), points)


def _figures(study: FrocStudy, call: RCall) -> Parts:
    """Return a figure of merit of every reader in every arm."""
    values = froc_values(study, FrocFigure(call.argument("FOM")))
    return matrix(
        [f"trt{arm}" for arm in study.arms],
        [f"rdr{reader}" for reader in study.readers],
        values.reshape(len(study.arms), len(study.readers)).tolist(),
    )


def _points(study: FrocStudy, call: RCall) -> Parts:
    """Return the points of the curve of one reader in one arm, both counted from 1."""
    arm, reader = (int(call.number(which, 1)) - 1 for which in ("trts", "rdrs"))
    asked = call.argument("opChType")
    figure = CURVES.get(asked) or FrocFigure(asked)
    curve = marks_curve(study.marks(arm * len(study.readers) + reader), figure)
    return (
        *vector(curve.false_marks.tolist(), "genAbscissa"),
        *vector(curve.lesions.tolist(), "genOrdinate"),
    )


def _study(case: ReferenceCase) -> FrocStudy:
    """Return the marks of a case's three tables."""
    truth, false, hit = (case.tables[name] for name in ("truth", "nl", "ll"))
    arms, readers = _in_order(case, 1, "ModalityID"), _in_order(case, 2, "ReaderID")
    cases = np.unique(truth.numbers("CaseID"))
    lesion = truth.numbers("LesionID")
    real = lesion > 0
    lesion_case = np.searchsorted(cases, truth.numbers("CaseID")[real])
    # A lesion is named by case and number; lesions stand in the order of the truth table.
    place = {
        (int(where), number): row
        for row, (where, number) in enumerate(zip(lesion_case, lesion[real].tolist(), strict=True))
    }
    rating = np.full((len(arms) * len(readers), len(lesion_case)), -np.inf)
    hit_case = np.searchsorted(cases, hit.numbers("CaseID")).tolist()
    column = [place[one] for one in zip(hit_case, hit.numbers("LesionID").tolist(), strict=True)]
    np.maximum.at(rating, (_curves(hit, arms, readers), np.array(column)), hit.numbers("Rating"))
    return crossed_froc(
        arms,
        readers,
        Lesions(lesion_case, truth.numbers("Weight")[real], rating),
        FalseMarks(
            _curves(false, arms, readers),
            np.searchsorted(cases, false.numbers("CaseID")),
            false.numbers("Rating"),
        ),
        cases=len(cases),
    )


def _in_order(case: ReferenceCase, group: int, column: str) -> tuple[str, ...]:
    """Return arms or readers in the order of the reference's answers, else as they are sorted.

    The answers name also a reader who has marked nothing.
    """
    answered = dict.fromkeys(
        cell[group]
        for name, parts in case.expected.items()
        if "UtilFigureOfMerit" in case.calls[name]
        for part in parts
        if (cell := CELL.fullmatch(part.label))
    )
    if answered:
        return tuple(answered)
    marked = {one for table in ("nl", "ll") for one in case.tables[table].texts(column)}
    return tuple(sorted(marked, key=lambda one: (len(one), one) if one.isdigit() else (0, one)))


def _curves(table: ReferenceTable, arms: tuple[str, ...], readers: tuple[str, ...]) -> IntArray:
    """Return the place of each row's curve."""
    arm = [arms.index(one) for one in table.texts("ModalityID")]
    reader = [readers.index(one) for one in table.texts("ReaderID")]
    curves: IntArray = np.array(arm, dtype=np.int64) * len(readers) + np.array(reader, np.int64)
    return curves
