"""Brings the reference standard into a study: merged case by case, or in place of what is there.

A sheet of fewer cases, columns or lesions takes nothing away; that is a replacement, which says
what goes before it does. Once the protocol is locked the act is signed and recorded, with the
hashes of the two sheets and not with what they say.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.brought_sheets import (
    BroughtSheet,
    SheetOptions,
    brought_lesions,
    brought_reference,
)
from study_design.exchange.reference_sheet import (
    LESION_KEY,
    lesions_in,
    read_reference,
    reference_columns,
    reference_row,
    truths_in,
    write_lesions,
    write_reference,
)
from study_design.exchange.sheet_merge import SheetChange, merged_rows, sheet_change
from study_design.exchange.truth_check import contradictions
from study_design.images.case_sheet import CaseSheet, read_case_sheet
from study_design.left_overs import TRUTH_PREFIX, of_this_process
from study_design.record.actor import Actor
from study_design.record.acts import Signature, signed_act, staff_act
from study_design.record.locked import is_locked, study_hashes
from study_design.record.newest import FREEZES, is_frozen
from study_design.record.payloads.staff import TruthRecorded, TruthRowsLeftOut
from study_design.record.store.record_store import open_store
from study_design.reference_standard import CaseTruth, Lesion
from study_design.study_folder import StudyFolder
from study_design.tables.cells import Resolve, SheetRow, sheet_rows
from study_design.tables.csv_file import read_csv
from study_design.tables.table_faults import Faults
from study_design.truth_tables import LESIONS, REFERENCE


@dataclass(frozen=True, slots=True)
class ForeseenTruth:
    """The reference standard as it will be, and what becomes of the one that is there.

    `notes` say what was read as what, `warnings` what is missing or contradicts itself. `left_out`
    counts the rows of cases that the study does not have, `among` all rows.
    """

    truths: tuple[CaseTruth, ...]
    lesions: tuple[Lesion, ...]
    cases_change: SheetChange
    lesions_change: SheetChange
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()
    left_out: int = 0
    among: int = 0

    @property
    def goes(self) -> tuple[str, ...]:
        """What is lost, in words; empty unless the sheets replace what is there."""
        cases = [case for (case,) in self.cases_change.removed]
        return (
            *([f"the truth of {', '.join(cases)}"] if cases else []),
            *(f"{column} of {case}" for (case,), column in self.cases_change.emptied),
            *(f"lesion {_lesion_name(key)}" for key in self.lesions_change.removed),
            *(
                f"{column} of lesion {_lesion_name(key)}"
                for key, column in self.lesions_change.emptied
            ),
        )

    @property
    def becomes(self) -> tuple[str, ...]:
        """What gets another value, in words."""
        return (
            *(
                f"{column} of {case} was {before}, is now {after}"
                for (case,), column, before, after in self.cases_change.rewritten
            ),
            *(
                f"{column} of lesion {_lesion_name(key)} was {before}, is now {after}"
                for key, column, before, after in self.lesions_change.rewritten
            ),
        )


@dataclass(frozen=True, slots=True)
class TruthImport:
    """What the study holds now: numbers of cases, of malignant ones, of lesions; what changed."""

    cases: int
    malignant: int
    lesions: int
    cases_change: SheetChange
    lesions_change: SheetChange
    goes: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()


def import_truth(
    folder: StudyFolder,
    reference: Path,
    lesions: Path | None = None,
    *,
    resolve: Resolve,
    signature: Signature | None = None,
    replace: bool = False,
    options: SheetOptions | None = None,
    by: Actor | None = None,
    now: datetime | None = None,
) -> TruthImport:
    """Foresee and accept in one step; see both."""
    foreseen = foresee_truth(
        folder, reference, lesions, resolve=resolve, replace=replace, options=options
    )
    return accept_truth(folder, foreseen, signature=signature, by=by, now=now)


def foresee_truth(
    folder: StudyFolder,
    reference: Path,
    lesions: Path | None = None,
    *,
    resolve: Resolve,
    replace: bool = False,
    options: SheetOptions | None = None,
) -> ForeseenTruth:
    """Return what two sheets make of the reference standard; nothing is written.

    Parameters
    ----------
    reference, lesions
        CSV in any form, or xlsx workbooks, in our columns or those of a map.
    resolve
        Turns a hospital's identifier into a case of the study.
    replace
        The sheets take the place of what is there. Without lesions those of cases that stay, stay.
    options
        What is said of the sheets: a map, and whether rows of other cases are left out.

    Raises
    ------
    BadInputError
        For all cells that are wrong together, for cases that the study does not have, and for a
        sheet without a case that is to be merged.
    ProtocolError
        Where the record is frozen.
    """
    options = options or SheetOptions()
    _locked_and_open(folder)
    sheet = read_case_sheet(folder)
    kept = _kept_rows(folder.reference_standard / REFERENCE.file)
    brought = brought_reference(reference, sheet.cases, resolve, options)
    given = brought.rows
    if not given and not replace and not brought.faults:
        raise BadInputError(
            f"{reference.name}: expected the truth of at least one case, got a header alone. "
            "Nothing was changed; to take truth out, use --replace."
        )
    rows = given if replace else tuple(merged_rows(given, kept, ("case",)))
    truths = truths_in(rows, brought.faults)
    kept_lesions = _kept_rows(folder.reference_standard / LESIONS.file)
    marked = BroughtSheet((), (), Faults())
    if lesions is not None:
        marked = brought_lesions(lesions, sheet, resolve, options)
    if replace and lesions is not None:
        lesion_rows: Sequence[SheetRow] = marked.rows
    else:
        known = {truth.case for truth in truths}
        lesion_rows = [
            row
            for row in merged_rows(marked.rows, kept_lesions, LESION_KEY)
            if not replace or row.text("case") in known
        ]
    found = lesions_in(lesion_rows, sheet, marked.faults)
    brought.faults.refuse(marked.faults)
    return ForeseenTruth(
        truths,
        found,
        sheet_change(
            given, kept, (reference_columns(truths), map(reference_row, truths)), ("case",)
        ),
        sheet_change(
            marked.rows, kept_lesions, (LESIONS.columns, map(LESIONS.row, found)), LESION_KEY
        ),
        (*_gaps(sheet, truths), *contradictions(truths, found)),
        (*brought.notes, *marked.notes),
        brought.left_out + marked.left_out,
        brought.among + marked.among,
    )


def accept_truth(
    folder: StudyFolder,
    foreseen: ForeseenTruth,
    *,
    signature: Signature | None = None,
    by: Actor | None = None,
    now: datetime | None = None,
) -> TruthImport:
    """Write what was foreseen; sheets that say what the study says already write nothing.

    Both sheets are written aside first: a sheet that cannot be written changes nothing.

    Parameters
    ----------
    signature
        Who brings it in and why; needed once the protocol is locked.
    by, now
        Who brings it in, and when, for the record of rows that were left out before the lock.

    Raises
    ------
    ProtocolError
        Where the record is frozen, or the protocol is locked and nobody signs.
    """
    locked = _locked_and_open(folder)
    if locked and signature is None:
        raise ProtocolError(
            f"The protocol of {folder.path.name} is locked: expected --by NAME --reason TEXT for "
            "truth that comes in after it, got none. Sign it."
        )
    present = (folder.reference_standard / REFERENCE.file).is_file()
    changes = (foreseen.cases_change, foreseen.lesions_change)
    if not present or any(change.changes_anything for change in changes):
        _write(folder, foreseen, signature if locked else None)
    if foreseen.left_out and by is not None and now is not None:
        left_out = TruthRowsLeftOut(foreseen.left_out, foreseen.among)
        with open_store(folder) as store:
            store.append(staff_act(left_out, by=by, now=now))
    return TruthImport(
        len(foreseen.truths),
        sum(truth.truth for truth in foreseen.truths),
        len({(lesion.case, lesion.lesion) for lesion in foreseen.lesions}),
        *changes,
        foreseen.goes,
        foreseen.warnings,
        foreseen.notes,
    )


def _write(folder: StudyFolder, foreseen: ForeseenTruth, signature: Signature | None) -> None:
    """Put both sheets in place; where somebody signs, the record hears of them first."""
    prefix = of_this_process(TRUTH_PREFIX)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder.path) as aside:
        staged = StudyFolder(Path(aside))
        write_reference(staged.reference_standard / REFERENCE.file, foreseen.truths)
        write_lesions(staged.reference_standard / LESIONS.file, foreseen.lesions)
        if signature is not None:
            _record(folder, staged, foreseen, signature)
        folder.reference_standard.mkdir(exist_ok=True)
        for path in sorted(staged.reference_standard.glob("*.csv")):
            path.replace(folder.reference_standard / path.name)


def _locked_and_open(folder: StudyFolder) -> bool:
    """Tell whether the protocol is locked; refuse truth where the record is closed."""
    if not is_locked(folder):
        return False
    with open_store(folder) as store:
        frozen = is_frozen(store.events(types=FREEZES))
        # A frozen study whose truth is not known yet can be analysed by nobody, so nobody can have
        # seen a result; its truth may still come in, signed.
        if frozen and not _gaps(read_case_sheet(folder), _known_truths(folder)):
            raise ProtocolError(
                f"The record of {folder.path.name} is frozen, so its reference standard stays as "
                "it is. Analyse it as it was frozen, or make a new study."
            )
    return True


def _known_truths(folder: StudyFolder) -> tuple[CaseTruth, ...]:
    """Return the truth that there is, if any."""
    if (folder.reference_standard / REFERENCE.file).is_file():
        return read_reference(folder)
    return ()


def _record(
    folder: StudyFolder, staged: StudyFolder, foreseen: ForeseenTruth, signature: Signature
) -> None:
    """Write down that truth came in: hashes and counts, never contents."""
    hashes = {known.file: known.sha256 for known in study_hashes(staged)}
    change = foreseen.cases_change
    recorded = TruthRecorded(
        hashes, len(foreseen.truths), changed=change.changed, removed=len(change.removed)
    )
    with open_store(folder) as store:
        store.append(signed_act(recorded, signature))


def _kept_rows(path: Path) -> tuple[SheetRow, ...]:
    """Return the rows of a sheet of the study as they are; none where there is no sheet."""
    return tuple(sheet_rows(read_csv(path))) if path.is_file() else ()


def _gaps(sheet: CaseSheet, truths: Sequence[CaseTruth]) -> tuple[str, ...]:
    """Name cases of the study that have no truth."""
    known = {truth.case for truth in truths}
    lacking = [c for c in sheet.cases if c not in known and c not in sheet.excluded]
    return (f"no truth yet of {', '.join(lacking)}",) if lacking else ()


def _lesion_name(key: tuple[str, ...]) -> str:
    """Return a lesion as the coordinator knows it."""
    case, lesion, view = key
    return f"{lesion} of {case}{f' on {view}' if view else ''}"
