"""What tests of `case_import` begin with."""

from study_design.images.arriving.import_report import (
    ImportReport,
)


def verdicts(report: ImportReport) -> dict[str, str]:
    return {file.path.name: file.verdict.value for file in report.files}


def problems(report: ImportReport) -> dict[str, tuple[str, ...]]:
    return {exam.case: exam.problems for exam in report.exams}
