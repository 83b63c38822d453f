"""`export --format imrmc` and the other formats of ratings that other programs analyse."""

from collections.abc import Callable, Mapping
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.mrmc_export import WRITERS, export_ratings
from study_design.study_folder import StudyFolder


def _writer(form: str) -> Callable[[StudyFolder, Path, bool], tuple[Path, ...]]:
    """Return what exports a study in one format; such a file has one rating a reader and case."""

    def write(folder: StudyFolder, out: Path, all_reads: bool) -> tuple[Path, ...]:
        if all_reads:
            raise BadInputError(
                f"Expected --format {form} alone, got --all with it. These files hold one rating a "
                "reader, arm and case; leave it out."
            )
        return export_ratings(folder, out, form)

    return write


RATING_FORMATS: Mapping[str, Callable[[StudyFolder, Path, bool], tuple[Path, ...]]] = {
    form: _writer(form) for form in WRITERS
}
