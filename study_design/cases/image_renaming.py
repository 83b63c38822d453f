"""Kept images under another case or patient: their files and the link file say it too.

Names of images, pixels and checksums stay, so that what refers to an image still finds it.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO

from study_design.images.case_list import CaseImage
from study_design.images.deidentification.deidentify import DATES
from study_design.images.header.attributes import text
from study_design.images.image_store import load_mammogram, write_facts
from study_design.images.kept_file import kept_file
from study_design.images.link_file import LinkFile, LinkRow
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically


@dataclass(frozen=True, slots=True)
class _Change:
    """A row of the link file before and after."""

    old: LinkRow
    new: LinkRow

    @property
    def days_later(self) -> int:
        """By how many days dates move, so that all exams of a patient keep their distances."""
        both = (self.old.days_shifted, self.new.days_shifted)
        return int(both[0]) - int(both[1]) if all(map(str.isdecimal, both)) else 0


def require_files(
    folder: StudyFolder, before: Sequence[CaseImage], after: Sequence[CaseImage]
) -> None:
    """Refuse to begin where a file of an image that changes is missing or damaged.

    Raises
    ------
    ImageError
        In one line.
    """
    for old, new in zip(before, after, strict=True):
        if old != new:
            load_mammogram(folder, new.image, new.case)
            with kept_file(path := folder.images / f"{new.image}.dcm"):
                dcmread(path, stop_before_pixels=True)


def rename_images(
    folder: StudyFolder,
    link: LinkFile,
    before: Sequence[CaseImage],
    after: Sequence[CaseImage],
) -> LinkFile:
    """Have the files of images say their case and patient; return the link file that is written.

    Parameters
    ----------
    before, after
        The rows of cases.csv in one order; cases.csv itself is left to the caller.

    Raises
    ------
    ImageError
        Where a file is missing or damaged.
    """
    changed = {new.image: new for old, new in zip(before, after, strict=True) if old != new}
    rows = _renamed(link.rows, changed)
    known = {old.image: _Change(old, new) for old, new in zip(link.rows, rows, strict=True)}
    for image in changed.values():
        mammogram = load_mammogram(folder, image.image, image.case)
        if mammogram.case != image.case:
            write_facts(folder, replace(mammogram, case=image.case))
        _write_dicom(folder, image, known.get(image.image))
    renamed = LinkFile(rows)
    if rows != link.rows:
        renamed.write(folder)
    return renamed


def _renamed(rows: Sequence[LinkRow], changed: Mapping[str, CaseImage]) -> tuple[LinkRow, ...]:
    """Return the rows of the link file under the new names."""
    shifts = {
        row.patient: row.days_shifted
        for row in reversed(rows)
        if row.days_shifted and row.image not in changed
    }
    uids = {row.exam_name: row.study_uid for row in reversed(rows) if row.image not in changed}
    renamed = []
    for row in rows:
        image = changed.get(row.image)
        if image is None:
            renamed.append(row)
            continue
        exam = image.exam_name if image.exam_name != image.case else ""
        shift = shifts.setdefault(image.patient, row.days_shifted) if row.days_shifted else ""
        named = replace(row, case=image.case, patient=image.patient, exam=exam, days_shifted=shift)
        renamed.append(replace(named, study_uid=uids.setdefault(named.exam_name, row.study_uid)))
    return tuple(renamed)


def _write_dicom(folder: StudyFolder, image: CaseImage, change: _Change | None) -> None:
    """Have the DICOM file of an image say its patient, case and study."""
    path = folder.images / f"{image.image}.dcm"
    content = DicomBytesIO()
    with kept_file(path):
        dataset = dcmread(path)
        dataset.PatientID = dataset.PatientName = image.patient
        dataset.SeriesDescription = image.case
        if change is not None:
            dataset.StudyInstanceUID = change.new.study_uid
            _move_dates(dataset, change.days_later)
        dataset.save_as(content, enforce_file_format=True)
    write_atomically(path, content.getvalue())


def _move_dates(dataset: Dataset, days: int) -> None:
    """Move the dates of a file by some days."""
    for keyword in DATES:
        said = text(dataset, keyword)
        if days and said:
            date = datetime.date(int(said[:4]), int(said[4:6]), int(said[6:]))
            setattr(dataset, keyword, f"{date + datetime.timedelta(days=days):%Y%m%d}")
