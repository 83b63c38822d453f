"""`export --format dicom`: the de-identified exams for an AI vendor."""

from pathlib import Path

from reader_app.commands.progress import progress_bar
from study_design.errors import BadInputError
from study_design.exchange.dicom_export import export_dicom
from study_design.study_folder import StudyFolder


def export_for_vendor(folder: StudyFolder, out: Path, all_reads: bool) -> tuple[Path, ...]:
    """Write the exams with progress; reads are none of a vendor's business."""
    if all_reads:
        raise BadInputError(
            "Expected --format dicom alone, got --all with it. Images have no reads; leave it out."
        )
    with progress_bar() as show:
        return export_dicom(
            folder, out, progress=lambda done, total: show("Exported images", done, total)
        )
