"""The real four-view exam and the real GE views, imported for real, in the real window."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from reader_app.qt.reading.case_loader import case_loader
from study_design.cases.case_import import import_images
from study_design.images.mammogram import VoiFunction
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

IMAGES = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "images"
pytestmark = pytest.mark.skipif(
    not IMAGES.is_dir(), reason="the real images are not beside this checkout"
)


def greys(window: Any) -> np.ndarray:
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : image.width()].astype(int)


def write_manifest(path: Path) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["case", "laterality", "view", "path", "mirrored"])
        for view in View:
            png = IMAGES.resolve() / "nyu_breast_density" / f"{view}.png"
            mirrored = int(view.side == "R")
            rows.writerow(["C001", view.side.value, view.projection.value, png, mirrored])
    return path


def test_the_real_exam_hangs_as_a_radiologist_expects_and_is_read(
    folder: StudyFolder, tmp_path: Path, sit_down: Any, open_window: Any
) -> None:
    import_images(folder, [], manifest=write_manifest(tmp_path / "manifest.csv"))
    sitting = sit_down(cases=("C001",))
    hands = open_window(sitting, case_loader(folder), (1920, 1080))
    hands.press("Space")
    screen = greys(hands.window)
    middle = screen.shape[1] // 2
    for top, bottom in ((100, 400), (620, 920)):
        inner = screen[top:bottom, middle - 20 : middle + 20]
        assert (inner.mean(axis=1) > 15).all()  # breast on either side, no gap at the middle
        rows = screen[top:bottom]
        assert rows[:, :300].mean() < 5  # air at the outer edges
        assert rows[:, -300:].mean() < 5
    # The pectoral muscle of a left MLO is bright, above and at the chest wall.
    muscle = screen[560:700, middle + 5 : middle + 60].mean()
    assert muscle > 2 * screen[940:1020, middle + 5 : middle + 60].mean()
    hands.press("N", "4", "Enter", "Enter")
    assert [read.case for read in sitting.reads] == ["C001"]


def test_a_real_ge_view_shows_with_its_sigmoid_window(
    folder: StudyFolder, sit_down: Any, open_window: Any
) -> None:
    report = import_images(folder, [IMAGES / "omama"])
    case = report.exams[0].case
    hands = open_window(sit_down(cases=(case,)), case_loader(folder), (1920, 1080))
    hands.press("Space")
    pane = hands.window.light_box.panes[View.L_CC]
    assert pane.picture is not None
    assert pane.picture.mammogram.windows[0].function is VoiFunction.SIGMOID
    screen = greys(hands.window)
    middle = screen.shape[1] // 2
    assert screen[150:350, middle + 10 : middle + 60].mean() > 40
    assert hands.window.light_box.panes[View.R_CC].picture is None
