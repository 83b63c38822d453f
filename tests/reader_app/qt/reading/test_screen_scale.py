"""The scale of a real screen, with and without a width that a person has measured."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from reader_app.qt.reading.screen_scale import scale_on

pytestmark = pytest.mark.usefixtures("qapp")


def _written(folder: Path, width_mm: float) -> Path:
    screen = QApplication.primaryScreen()
    file = folder / "screens.toml"
    file.write_text(f'"{screen.model() or screen.name()}" = {width_mm}\n', encoding="utf-8")
    return file


def test_a_measured_width_goes_before_what_the_screen_states(tmp_path: Path) -> None:
    screen = QApplication.primaryScreen()
    width_px = round(screen.size().width() * screen.devicePixelRatio())
    scale = scale_on(screen, _written(tmp_path, 200.0))
    assert scale.px_per_mm == pytest.approx(width_px / 200.0)
    assert scale.source == "measured on this screen"


def test_without_a_file_the_screen_is_asked(tmp_path: Path) -> None:
    scale = scale_on(QApplication.primaryScreen(), tmp_path / "screens.toml")
    assert scale.source.startswith(("as the screen states", "the screen does not state its size"))


def test_a_width_that_no_screen_has_is_told_and_not_used(tmp_path: Path) -> None:
    scale = scale_on(QApplication.primaryScreen(), _written(tmp_path, 0.5))
    assert scale.px_per_mm is None
    assert "0.5 mm cannot be the width of" in scale.source


def test_a_file_that_cannot_be_read_is_told_and_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "screens.toml"
    file.write_text("nonsense", encoding="utf-8")
    scale = scale_on(QApplication.primaryScreen(), file)
    assert scale.px_per_mm is None
    assert "expected lines like" in scale.source
