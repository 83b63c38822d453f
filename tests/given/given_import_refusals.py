"""What tests of `import_refusals` begin with."""

from study_design.images.arriving.import_report import (
    ImportReport,
)


def verdicts(report: ImportReport) -> dict[str, str]:
    return {file.path.name: file.verdict.value for file in report.files}
