"""Opens a study: what every program does first, whatever it wants of it."""

from pathlib import Path

from study_design.cases.case_erasure import finish_erasures
from study_design.left_overs import clear_left_overs
from study_design.private import keep_private
from study_design.study_folder import StudyFolder


def opened(path: Path) -> StudyFolder:
    """Return the study in a folder, private to its owner and free of what killed programs left.

    Raises
    ------
    BadInputError
        Where the folder holds no study.
    """
    folder = StudyFolder(path.resolve()).required()
    keep_private(folder)
    clear_left_overs(folder)
    finish_erasures(folder)
    return folder
