"""Mammograms in: found, judged, grouped into exams, de-identified, decoded once, listed.

All or nothing: everything is written into a hidden folder of the study first; the images move to
their places, then the link file is written, and cases.csv last, which alone makes them part of the
study. A refused file ends the import before that, unless the rest is wanted without it: then whole
exams become part of the study on the way. An import that is stopped keeps what it has, one that is
killed what it had kept; the next one knows those files by their checksums and goes on.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.errors import ImageError
from study_design.images.arriving.file_flow import note_files
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.arriving.header_scan import HeaderScan, scan_headers
from study_design.images.arriving.image_taking import ImageTaking, Progress, Stop
from study_design.images.arriving.import_report import ImportReport, RefusedFilesError
from study_design.images.arriving.sources import Sources, find_sources
from study_design.images.arriving.work_folder import work_folder
from study_design.images.case_list import read_images
from study_design.images.link_file import LinkFile
from study_design.images.messages import Verdict
from study_design.record.locked import refuse_when_locked
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import AS_FOUND, TableForm


def import_images(
    folder: StudyFolder,
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    form: TableForm = AS_FOUND,
    keep_going: bool = False,
    progress: Progress = lambda _: None,
    stop: Stop = lambda: False,
) -> ImportReport:
    """Bring mammograms into a study.

    Parameters
    ----------
    folder
        The study; its protocol must not be locked.
    paths
        Files and folders; with a manifest, where its files are looked for.
    manifest
        A table that names case, side and view of each file.
    form
        What somebody says of the manifest's file.
    keep_going
        Take the rest where files are refused.
    progress
        Called after each file.
    stop
        Asked before each file; once true, what was taken so far is kept and the import ends.

    Raises
    ------
    ProtocolError
        Where the study is locked.
    BadInputError
        Where a path or the manifest makes no sense.
    RefusedFilesError
        Where a file is refused, unless `keep_going`.
    ImportRunningError
        Where another import into the study is under way.
    """
    with _opened(folder, paths, manifest, form) as opened, GuardedWorker() as worker:
        scan = _scan(folder, opened.sources, worker, progress, stop)
        run = ImageTaking(folder, StudyFolder(opened.work / "staged"), worker, scan)
        files = opened.sources.files
        if not keep_going:
            _refuse(folder, run.report_headers(files, opened.sources.guesses))
        if not scan.not_reached:
            run.take(progress, stop, keeps=keep_going)
        if not keep_going:
            _refuse(folder, run.report(files, opened.sources.guesses))
        run.keep()
        report = run.report(files, opened.sources.guesses)
        note_files(folder, report.files)
        return report


def scan_images(
    folder: StudyFolder,
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    progress: Progress = lambda _: None,
    stop: Stop = lambda: False,
) -> ImportReport:
    """Tell what an import would do, as far as the headers tell; nothing is decoded or kept.

    Names of new cases are those that the import will give. Pixels may still change a verdict: a
    damaged file is refused, and a second image for a slot may prove to be the same picture.

    Raises
    ------
    As `import_images`, but for no refused file.
    """
    with _opened(folder, paths, manifest) as opened, GuardedWorker() as worker:
        scan = _scan(folder, opened.sources, worker, progress, stop)
        run = ImageTaking(folder, StudyFolder(opened.work / "staged"), worker, scan)
        run.foresee()
        report = run.report(opened.sources.files, opened.sources.guesses)
        return replace(report, is_imported=False)


@dataclass(frozen=True, slots=True)
class _Opened:
    """The files of an import and the hidden folder in which it works."""

    work: Path
    sources: Sources


@contextmanager
def _opened(
    folder: StudyFolder,
    paths: Iterable[Path],
    manifest: Path | None,
    form: TableForm = AS_FOUND,
) -> Iterator[_Opened]:
    """Find the files of an import, archives unpacked, in a study that takes images."""
    refuse_when_locked(folder, "import images")
    with work_folder(folder) as work:
        sources = find_sources(paths, manifest, unpack_into=work / "unpacked", form=form)
        if not sources.files:
            raise ImageError(
                "Expected mammograms under the given paths, got no file. Check the paths."
            )
        yield _Opened(work, sources)


def _scan(
    folder: StudyFolder, sources: Sources, worker: GuardedWorker, progress: Progress, stop: Stop
) -> HeaderScan:
    """Look at all headers."""
    return scan_headers(
        sources.files,
        read_images(folder),
        LinkFile.read(folder),
        worker=worker,
        progress=progress,
        stop=stop,
    )


def _refuse(folder: StudyFolder, report: ImportReport) -> None:
    """End the import where a file was refused; what became of each is noted all the same."""
    if any(file.verdict is Verdict.REFUSED for file in report.files):
        refused = RefusedFilesError(report)
        note_files(folder, refused.report.files, imported=False)
        raise refused
