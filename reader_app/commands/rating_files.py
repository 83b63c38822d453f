"""`export --format imrmc` and the other formats of ratings that other programs analyse."""

from collections.abc import Callable, Mapping
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.leaving import Leave
from study_design.exchange.mrmc_export import WRITERS, export_ratings
from study_design.study_folder import StudyFolder

# What writes an export of each format: study, folder, whether all reads, and who is told before
# the files are seen; the files written come out.
Writer = Callable[[StudyFolder, Path, bool, Leave], tuple[Path, ...]]


def _writer(form: str) -> Writer:
    """Return what exports a study in one format; such a file has one rating a reader and case."""

    def write(folder: StudyFolder, out: Path, all_reads: bool, leave: Leave) -> tuple[Path, ...]:
        if all_reads:
            raise BadInputError(
                f"Expected --format {form} alone, got --all with it. These files hold one rating a "
                "reader, arm and case; leave it out."
            )
        return export_ratings(folder, out, form, leave=leave)

    return write


RATING_FORMATS: Mapping[str, Writer] = {form: _writer(form) for form in WRITERS}
