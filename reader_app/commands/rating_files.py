"""`export --format imrmc` and the other formats of ratings that other programs analyse."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reader_app.commands.parts.signing import note
from study_design.errors import BadInputError
from study_design.exchange.leaving import Leave
from study_design.exchange.ratings.integer_key import key_path, write_key
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.exchange.ratings.rjafroc_workbook import write_marked_study
from study_design.study_folder import StudyFolder

MARKS = "marks.xlsx"

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
        if form != "rjafroc":
            return export_ratings(folder, out, form, leave=leave)
        return export_ratings(
            folder, out, form, leave=leave, beside=lambda draft: _write_marks(folder, draft)
        )

    return write


def _write_marks(folder: StudyFolder, draft: Path) -> tuple[str, ...]:
    """Write the marks matched to lesions, as RJafroc's FROC workbook, where there are some."""
    # The statistics take half a second to load, which status and verify have no use for.
    from reader_app.results.marks_export import exported_marks

    found = exported_marks(folder)
    note(*found.notes)
    if found.study is None:
        return ()
    path = draft / MARKS
    write_marked_study(path, found.study)
    write_key(key_path(path), found.key)
    return (path.name, key_path(path).name)


RATING_FORMATS: Mapping[str, Writer] = {form: _writer(form) for form in WRITERS}
