"""The marks of a study, matched to its lesions by the plan, as RJafroc's workbook has them."""

from dataclasses import dataclass

import numpy as np

from analysis.froc.froc_data import FrocError
from analysis.froc.marked_cases import MatchedMarks, matched_marks
from analysis.rating_table import AI, CONSENSUS
from analysis.tables import StudySource
from reader_app.results.plan_settings import analysis_settings, froc_settings
from study_design.exchange.ratings.integer_key import IntegerKey
from study_design.exchange.ratings.rjafroc import Design, MarkedStudy, MarkRow, Paradigm, TruthRow
from study_design.protocol.study_file import read_study_file
from study_design.results import study_tables
from study_design.study_folder import StudyFolder

LEFT_OUT = "marks.xlsx is not written"


@dataclass(frozen=True, slots=True)
class ExportedMarks:
    """The workbook with integers for names, their key, and what has to be said of it."""

    study: MarkedStudy | None
    key: IntegerKey
    notes: tuple[str, ...]


def exported_marks(folder: StudyFolder) -> ExportedMarks:
    """Return the marks of the readers' final test reads; no study, and why, where there are none.

    Consensus reads and AI systems are no readers of a sample, as among the ratings. A lesion that
    several findings hit has the highest of their ratings; lesions of a case weigh the same.
    """
    tables = study_tables(folder)
    settings = analysis_settings(tables.plan)
    source = StudySource(tables, read_study_file(folder.study_toml).scales.order.rising)
    nothing = IntegerKey((), (), ())
    if not source.has_marked_lesions:
        return ExportedMarks(None, nothing, ())
    try:
        marked = source.marked(settings.unit, settings)
        matched = matched_marks(marked, froc_settings(tables.plan).rule)
    except FrocError as error:
        return ExportedMarks(None, nothing, (f"{LEFT_OUT}: {error}.",))
    return marks_workbook(matched, marked.notes)


def marks_workbook(matched: MatchedMarks, notes: tuple[str, ...]) -> ExportedMarks:
    """Return the workbook of matched marks."""
    study = matched.study
    curves = [place for place, row in enumerate(matched.rows) if row.kind not in (AI, CONSENSUS)]
    arms = tuple(dict.fromkeys(matched.rows[place].arm for place in curves))
    readers = tuple(dict.fromkeys(matched.rows[place].reader for place in curves))
    used = np.flatnonzero(study.read[curves].any(axis=0)).tolist()
    # As in RJafroc's own files, cases without a lesion come first.
    cases = sorted(used, key=lambda case: bool(study.diseased[case]))
    key = IntegerKey(readers, arms, tuple(matched.cases[case] for case in cases))
    arms_of = [sum(matched.rows[place].reader == one for place in curves) for one in readers]
    crossed = all(count == len(arms) for count in arms_of)
    if not study.read[np.ix_(curves, used)].all() or not (crossed or set(arms_of) == {1}):
        why = f"{LEFT_OUT}: RJafroc expects every reader to read every case in every arm"
        return ExportedMarks(None, key, (*notes, f"{why}."))
    names = _Names(
        {name: str(number) for number, name in enumerate(readers, start=1)},
        {name: str(number) for number, name in enumerate(arms, start=1)},
        {case: str(number) for number, case in enumerate(cases, start=1)},
    )
    met = (
        [(readers, arms)]
        if crossed
        else [(_readers_of(matched, curves, arm), (arm,)) for arm in arms]
    )
    truth = tuple(
        TruthRow(
            names.cases[case],
            lesion,
            weight,
            tuple(names.readers[one] for one in who),
            tuple(names.arms[one] for one in where),
        )
        for case in cases
        for lesion, weight in _lesions(matched, case)
        for who, where in met
    )
    marks = (*_hits(matched, curves, names), *_false_marks(matched, curves, names))
    design = Design.CROSSED if crossed else Design.SPLIT_PLOT_A
    return ExportedMarks(MarkedStudy(Paradigm.FROC, design, truth, marks), key, notes)


@dataclass(frozen=True, slots=True)
class _Names:
    """The integers of readers and arms by name, and of cases by their place."""

    readers: dict[str, str]
    arms: dict[str, str]
    cases: dict[int, str]


def _readers_of(matched: MatchedMarks, curves: list[int], arm: str) -> tuple[str, ...]:
    """Return the readers of one arm."""
    rows = [matched.rows[place] for place in curves]
    return tuple(row.reader for row in rows if row.arm == arm)


def _lesions(matched: MatchedMarks, case: int) -> list[tuple[int, float]]:
    """Return the number and weight of each lesion of a case; 0 and 0 where it has none."""
    lesions = matched.study.lesions
    weights = lesions.weight[lesions.case == case].tolist()
    return list(enumerate(weights, start=1)) or [(0, 0.0)]


def _hits(matched: MatchedMarks, curves: list[int], names: _Names) -> list[MarkRow]:
    """Return the marks on lesions."""
    lesions = matched.study.lesions
    number = [
        int((lesions.case[: place + 1] == case).sum()) for place, case in enumerate(lesions.case)
    ]
    return [
        MarkRow(
            names.readers[matched.rows[curve].reader],
            names.arms[matched.rows[curve].arm],
            names.cases[case],
            number[place],
            float(lesions.rating[curve, place]),
        )
        for curve in curves
        for place, case in enumerate(lesions.case.tolist())
        if np.isfinite(lesions.rating[curve, place])
    ]


def _false_marks(matched: MatchedMarks, curves: list[int], names: _Names) -> list[MarkRow]:
    """Return the marks beside lesions, curve by curve."""
    marks = matched.study.false_marks
    found = zip(marks.curve.tolist(), marks.case.tolist(), marks.rating.tolist(), strict=True)
    return [
        MarkRow(
            names.readers[matched.rows[curve].reader],
            names.arms[matched.rows[curve].arm],
            names.cases[case],
            0,
            rating,
        )
        for curve, case, rating in sorted(found, key=lambda one: one[0])
        if curve in curves
    ]
