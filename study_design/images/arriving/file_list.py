"""Every file that was ever brought to a study, with what became of it and why, as it stands now."""

from pathlib import Path

from study_design.images.arriving.file_flow import SeenFile, read_files
from study_design.images.arriving.file_names import read_names
from study_design.images.arriving.import_report import FileReport
from study_design.images.case_list import CaseImage, read_images
from study_design.images.messages import Verdict
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


def kept_files(folder: StudyFolder) -> tuple[FileReport, ...]:
    """Return the files in the order in which they were first met.

    Exam and view are those of the image that a file became, which a person may have placed since.
    A file whose path this account cannot read is called by the number of its row in files.csv.

    Raises
    ------
    BadInputError
        Where files.csv or cases.csv makes no sense.
    """
    names = read_names(folder)
    images = {image.image: image for image in read_images(folder)}
    reports = []
    for row, seen in enumerate(read_files(folder), start=2):
        image = images.get(seen.image) if seen.is_taken else None
        verdict, reason = _settled(seen, image)
        reports.append(
            FileReport(
                Path(names.get(seen.file, f"file of row {row}")),
                verdict,
                reason,
                image.case if image else seen.exam,
                image.view if image else _view(seen),
                image=seen.image,
            )
        )
    return tuple(reports)


def left_out(folder: StudyFolder) -> int:
    """Return how many files are not in the study: refused, or none of its mammograms."""
    images = {image.image: image for image in read_images(folder)}
    return sum(
        _settled(seen, images.get(seen.image) if seen.is_taken else None)[0]
        in (Verdict.EXTRA, Verdict.REFUSED)
        for seen in read_files(folder)
    )


def _settled(seen: SeenFile, image: CaseImage | None) -> tuple[Verdict, str]:
    """Return the verdict and reason as a person's decision on the image leaves them.

    `extra` with an image asks for its view, which nobody does any more once it is placed, or out
    of use.
    """
    verdict = Verdict(seen.verdict)
    if verdict is not Verdict.EXTRA or image is None:
        return verdict, seen.reason
    if image.view is not None:
        return Verdict.ACCEPTED, f"placed as {image.view} by hand"
    if image.excluded:
        return verdict, f"kept as {image.image}; not used: {image.reason}"
    return verdict, seen.reason


def _view(seen: SeenFile) -> View | None:
    """Return the slot that a file filled as it was met."""
    return View(seen.view) if seen.view in tuple(View) else None
