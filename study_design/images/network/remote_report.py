"""What an import from an archive tells of objects that it did not fetch, as of those that it did.

An image that is in the study already is a duplicate; an object of another kind is left aside, and
its class says why.
"""

from collections.abc import Container, Iterable
from dataclasses import replace

from pydicom.dataset import Dataset

from study_design.images.arriving.acceptance import judge
from study_design.images.arriving.file_flow import note_files
from study_design.images.arriving.import_report import (
    ERASED_EXAM,
    FileReport,
    ImportReport,
    exam_reports,
)
from study_design.images.case_list import cases_of, read_images
from study_design.images.header.dicom import header_of
from study_design.images.link_file import LinkFile
from study_design.images.messages import Verdict
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.remote_images import RemoteImage
from study_design.study_folder import StudyFolder


def with_the_rest(
    folder: StudyFolder,
    report: ImportReport,
    incoming: IncomingFolder,
    rest: Iterable[RemoteImage],
    erased: Container[str] = (),
) -> ImportReport:
    """Return a report that tells of objects of an archive that were not fetched too; note them.

    Parameters
    ----------
    report
        That of the import of what was fetched.
    incoming
        Where they would lie, had they been fetched: so the paths of an object are the same ones.
    rest
        Images that are in the study or of exams that were erased, and objects of other kinds.
    erased
        Study Instance UIDs of those exams: of their objects no name is kept.
    """
    link = LinkFile.read(folder)
    images = {image.image: image for image in read_images(folder)}
    by_sop = {row.original_sop_uid: row for row in link.rows if row.image in images}
    by_study = {row.original_study_uid: row.case for row in link.rows if row.image in images}
    told = []
    for one in rest:
        path = incoming.file_of(one.sop_uid)
        row = by_sop.get(one.sop_uid)
        if one.study_uid in erased:
            told.append(FileReport(path, Verdict.EXTRA, ERASED_EXAM))
        elif row is not None:
            reason = f"in the study already as {row.image}; it was not fetched again"
            view = images[row.image].view
            told.append(
                FileReport(path, Verdict.DUPLICATE, reason, row.case, view, image=row.image)
            )
        else:
            case = by_study.get(one.study_uid, "")
            reason = f"{reason_of_class(one.sop_class)}; it was not fetched"
            told.append(FileReport(path, Verdict.EXTRA, reason, case))
    note_files(folder, told)
    files = (*report.files, *told)
    touched = {file.exam for file in files}
    known = {exam.case: exam for exam in report.exams}
    others = (entry for entry in cases_of(folder) if entry.case in touched - set(known))
    exams = (*known.values(), *exam_reports(others))
    return replace(report, files=files, exams=exams)


def reason_of_class(sop_class: str) -> str:
    """Return why the class of an object in a mammography series alone keeps it out."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.Modality = sop_class, "MG"
    return judge(header_of(dataset, has_pixels=True)).reason
