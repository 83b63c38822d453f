"""Which kind of training set lies in a folder: a study, a manifest, or the mini-MIAS layout."""

from pathlib import Path

from inference.data.exam_set import ExamSet
from inference.data.manifest_set import MANIFEST, read_manifest_set
from inference.data.mini_mias import IMAGES, read_mini_mias
from inference.data.study_set import read_study_set
from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder


def open_exam_set(path: Path) -> ExamSet:
    """Return the exams under a folder.

    Raises
    ------
    BadInputError
        Where the folder is none of the three, or a sheet of it is wrong.
    """
    if StudyFolder(path).study_toml.is_file():
        return read_study_set(StudyFolder(path))
    if (path / MANIFEST).is_file():
        return read_manifest_set(path)
    if (path / IMAGES).is_file():
        return read_mini_mias(path)
    raise BadInputError(
        f"Expected at {path} a study, or {MANIFEST} with lesions.csv, or {IMAGES} of mini-MIAS, "
        "got none of them. Check --data."
    )
