"""`export --format dicom` and `cad-sr`: exams for an AI vendor, AI results for other viewers."""

from pathlib import Path

from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import now
from study_design.errors import BadInputError
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.dicom_export import export_dicom
from study_design.exchange.leaving import Leave, refuse_while_blind
from study_design.study_folder import StudyFolder
from study_design.whole_folder import whole_folder


def export_for_vendor(
    folder: StudyFolder, out: Path, all_reads: bool, leave: Leave
) -> tuple[Path, ...]:
    """Write the exams with progress; reads are none of a vendor's business."""
    if all_reads:
        raise BadInputError(
            "Expected --format dicom alone, got --all with it. Images have no reads; leave it out."
        )
    with progress_bar() as show:
        return export_dicom(
            folder,
            out,
            progress=lambda done, total: show("Exported images", done, total),
            leave=leave,
        )


def export_cad_reports(
    folder: StudyFolder, out: Path, all_reads: bool, leave: Leave
) -> tuple[Path, ...]:
    """Write the AI results of each system as mammography CAD SR, SYSTEM/CASE.dcm."""
    if all_reads:
        raise BadInputError(
            "Expected --format cad-sr alone, got --all with it. AI results have no reads; leave it "
            "out."
        )
    systems = sorted(folder.detections.glob("*.json"))
    if not systems:
        raise BadInputError(
            f"Expected AI results in {folder.path.name}, got none. Bring them in: crossread "
            f"detections {folder.path.name} PATH --system NAME"
        )
    refuse_while_blind(folder, "the results of AI systems", from_lock=True)
    with whole_folder(out, "the reports", leave=leave) as draft:
        written = [
            report
            for path in systems
            for report in write_cad_reports(
                folder, read_system_results(path), draft / path.stem, now=now()
            )
        ]
        names = [report.relative_to(draft) for report in written]
    return tuple(out / name for name in names)
