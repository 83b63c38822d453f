"""AI results one case a file, for the desk: `detections/SYSTEM/CASE.json`, each with one case.

`detections/SYSTEM.json` is what came in and what is analysed. The lock writes these files from it
and hashes them with everything else, so that the reading process opens what it shows and no more.
Studies that were locked before there were such files have the whole results read.
"""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from study_design.detections import SystemResults
from study_design.exchange.detection_json import (
    detections_path,
    read_system_results,
    result_of,
    write_system_results,
)
from study_design.images.case_sheet import read_case_sheet
from study_design.protocol.study_file import Arm
from study_design.record.locked import LockedProtocol
from study_design.study_folder import StudyFolder


def write_case_results(folder: StudyFolder) -> None:
    """Write the files of every system and case of the study, in place of earlier ones.

    Raises
    ------
    BadInputError
        Where the results of a system make no sense.
    """
    sheet = read_case_sheet(folder)
    for earlier in folder.detections.glob("*"):
        if earlier.is_dir() and not earlier.is_symlink():
            shutil.rmtree(earlier)
    for path in sorted(folder.detections.glob("*.json")):
        _write_cases(path, (case for case in sheet.cases if case not in sheet.excluded))


def results_at_desk(
    folder: StudyFolder, protocol: LockedProtocol, arm: Arm, case: str
) -> SystemResults:
    """Return what the system of an arm says of a case, as it was locked.

    Raises
    ------
    ProtocolError
        Where the results are not the ones that were locked.
    """
    whole = detections_path(folder, arm)
    path = _case_path(whole, case)
    if not protocol.fixes(folder, path.parent):
        path = whole
    protocol.check(folder, path)
    return read_system_results(path)


def _write_cases(path: Path, cases: Iterable[str]) -> None:
    """Write the files of one system."""
    results = read_system_results(path)
    for case in cases:
        one = replace(results, cases=(result_of(results, case),))
        write_system_results(_case_path(path, case), one)


def _case_path(path: Path, case: str) -> Path:
    """Return the file of a case beside the file of its system."""
    return path.with_suffix("") / f"{case}.json"
