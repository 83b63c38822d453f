"""What the sheet TRUTH must say under each of RJafroc's designs, and sheets that name nobody.

Hillis (2014), table VII, has the split plots. Where TRUTH names no readers and arms (two crossed
factors of arms, and the oldest form of the workbook), everybody in TP and FP has met every case,
and the marks tell the paradigm, as in RJafroc.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from study_design.errors import BadInputError
from study_design.exchange.ratings.rjafroc import Design, MarkedStudy, MarkRow, Paradigm, TruthRow

AS_TABLE = "Correct the row or the design, or bring the ratings as a table: reader, arm, case, ..."


def check_design(name: str, study: MarkedStudy) -> MarkedStudy:
    """Return the study, or refuse a sheet TRUTH that contradicts the design that it states.

    Raises
    ------
    BadInputError
        For the first row that does: in a crossed design readers or arms that not every case has;
        with readers nested within arms (SPLIT-PLOT-A) several arms in a row, a reader in two arms,
        or a case that is not in every arm; with cases nested within readers (SPLIT-PLOT-C) a case
        of several readers, or arms that not every case has.
    """
    if study.design is Design.CROSSED_ARMS or not study.truth:
        return study
    first = study.truth[0]
    if study.design is Design.SPLIT_PLOT_A:
        _check_readers_in_arms(name, study)
    for row in study.truth:
        if study.design is not Design.SPLIT_PLOT_A and set(row.arms) != set(first.arms):
            raise _contradiction(name, study, row, f"arms {_listed(first.arms)}", row.arms)
        if study.design is Design.CROSSED and set(row.readers) != set(first.readers):
            raise _contradiction(name, study, row, f"readers {_listed(first.readers)}", row.readers)
    if study.design is Design.SPLIT_PLOT_C:
        _check_cases_in_readers(name, study)
    return study


def spelled_out(name: str, study: MarkedStudy) -> MarkedStudy:
    """Return a study with the readers and arms that TRUTH does not name.

    Two crossed factors become one, whose arms are their combinations.

    Raises
    ------
    BadInputError
        Where a reader has marked nothing in some arm, so that nobody knows whether the cases were
        read; for an LROC study, of which RJafroc has no crossed factors.
    """
    if study.design is not Design.CROSSED_ARMS and any(row.readers for row in study.truth):
        return study
    if study.paradigm is Paradigm.LROC:
        raise BadInputError(
            f"{name}: expected {Paradigm.ROC} or {Paradigm.FROC} with {study.design}, got "
            f"{study.paradigm}. Make a workbook of each arm of one factor."
        )
    readers = tuple(dict.fromkeys(mark.reader for mark in study.marks))
    arms = tuple(arm for arm, _ in _combinations(study))
    marks = tuple(replace(mark, arm=_arm_of(mark), second_arm="") for mark in study.marks)
    there = {(mark.reader, mark.arm) for mark in marks}
    lacking = next(((r, a) for r in readers for a in arms if (r, a) not in there), None)
    if lacking is not None:
        raise BadInputError(
            f"{name}: expected marks by every reader in every arm, for TRUTH does not say who met "
            f"which case, got none by reader {lacking[0]} in arm {lacking[1]}. Add ReaderID and "
            "ModalityID to TRUTH, with one factor of arms."
        )
    truth = tuple(replace(row, readers=readers, arms=arms) for row in study.truth)
    found = MarkedStudy(study.paradigm, Design.CROSSED, truth, marks)
    rated_once = _rated_once(found)
    told = study.paradigm if rated_once else Paradigm.FROC
    return replace(found, paradigm=told)


def notes_on_design(study: MarkedStudy) -> Iterator[str]:
    """Return what has to be said of a study that was spelled out; nothing of any other."""
    if study.design is Design.CROSSED_ARMS:
        first, second = (
            ", ".join(dict.fromkeys(level)) for level in zip(*_levels(study), strict=True)
        )
        yield (
            f"Arms are the combinations of two crossed factors ({first}; {second}), compared two "
            "by two; means over the levels of a factor are not computed."
        )
        if study.paradigm is Paradigm.ROC and not _rated_once(study):
            yield (
                "The workbook states ROC, but cases have several marks or none: taken as FROC, as "
                "RJafroc does."
            )


def _check_readers_in_arms(name: str, study: MarkedStudy) -> None:
    """Refuse what contradicts readers who are nested within arms."""
    readers_of: dict[str, TruthRow] = {}
    arm_of: dict[str, str] = {}
    for row in study.truth:
        if len(row.arms) != 1:
            raise _contradiction(name, study, row, "one arm a row", row.arms)
        (arm,) = row.arms
        own = readers_of.setdefault(arm, row)
        if set(row.readers) != set(own.readers):
            expected = f"readers {_listed(own.readers)} in arm {arm}"
            raise _contradiction(name, study, row, expected, row.readers)
        for reader in row.readers:
            if arm_of.setdefault(reader, arm) != arm:
                expected = f"reader {reader} in one arm, {arm_of[reader]}"
                raise _contradiction(name, study, row, expected, row.arms)
    met = Counter((row.case, row.lesion) for row in study.truth)
    for row in study.truth:
        if met[row.case, row.lesion] != len(readers_of):
            expected = f"case {row.case} once in each of {len(readers_of)} arms"
            raise _contradiction(name, study, row, expected, (str(met[row.case, row.lesion]),))


def _check_cases_in_readers(name: str, study: MarkedStudy) -> None:
    """Refuse a case that is not nested within one reader."""
    reader_of: dict[str, str] = {}
    for row in study.truth:
        own = reader_of.setdefault(row.case, row.readers[0])
        if row.readers != (own,):
            got = row.readers if len(row.readers) > 1 else (own, *row.readers)
            raise _contradiction(name, study, row, f"case {row.case} with one reader", got)


def _levels(study: MarkedStudy) -> tuple[tuple[str, str], ...]:
    """Return the pairs of levels of two factors that were marked in, each once."""
    return tuple(dict.fromkeys((mark.arm, mark.second_arm) for mark in study.marks))


def _combinations(study: MarkedStudy) -> tuple[tuple[str, tuple[str, str]], ...]:
    """Return all arms, by the levels of both factors."""
    first = dict.fromkeys(one for one, _ in _levels(study))
    second = dict.fromkeys(one for _, one in _levels(study))
    return tuple((_combined(a, b), (a, b)) for a in first for b in second)


def _arm_of(mark: MarkRow) -> str:
    """Return the arm of a mark, of both factors."""
    return _combined(mark.arm, mark.second_arm)


def _combined(first: str, second: str) -> str:
    """Return the name of an arm that is the combination of two levels."""
    return f"{first} / {second}" if second else first


def _rated_once(study: MarkedStudy) -> bool:
    """Tell whether every curve has one rating of every case, as in an ROC study."""
    curves = Counter((mark.reader, mark.arm, mark.second_arm) for mark in study.marks)
    cases = {row.case: row.lesion for row in study.truth}
    rated = Counter((mark.reader, mark.arm, mark.second_arm, mark.case) for mark in study.marks)
    single = len(cases) == len(study.truth)
    own = all(bool(cases[mark.case]) is bool(mark.lesion) for mark in study.marks)
    return single and own and set(rated.values()) == {1} and set(curves.values()) == {len(cases)}


def _listed(names: tuple[str, ...]) -> str:
    """Return names as they stand in a cell."""
    return ",".join(names)


def _contradiction(
    name: str, study: MarkedStudy, row: TruthRow, expected: str, got: tuple[str, ...]
) -> BadInputError:
    """Return the refusal of a row that contradicts the design."""
    where = f", row {row.row}" if row.row else ""
    return BadInputError(
        f"{name}, sheet TRUTH{where}: expected {expected}, for the design is {study.design}, got "
        f"{_listed(got) or 'none'}. {AS_TABLE}"
    )
