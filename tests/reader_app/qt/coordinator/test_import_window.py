"""The Cases page with real keys, a real mouse and real files."""

import zipfile
from pathlib import Path

import pytest
from given_import_window import (
    OpenCases,
    Wait,
    button,
    case_with,
    click,
    drop,
    press,
    view_of,
    words_of,
)
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from reader_app.coordinator.exam_changes import Place
from reader_app.qt.coordinator.cases_layout import FILES
from reader_app.qt.coordinator.exam_painter import fitting
from reader_app.qt.coordinator.files_page import FilesPage
from study_design.cases.case_import import import_images
from study_design.images.arriving.file_flow import note_files
from study_design.images.arriving.import_report import FileReport, RefusedFilesError
from study_design.images.case_list import read_images
from study_design.images.messages import Verdict
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


def button_is_there(window: QWidget, name: str) -> bool:
    named = [b for b in window.findChildren(QPushButton) if b.text().startswith(name)]
    return any(b.isVisible() for b in named)


def test_a_study_without_exams_says_what_to_do(
    empty_study: StudyFolder, open_cases: OpenCases
) -> None:
    window = open_cases(empty_study)
    assert "Drop the folder" in words_of(window)
    assert "crossread demo" in words_of(window)
    assert not button(window, "Import").isEnabled()


def test_a_dropped_zip_becomes_exams_with_problems_first(
    empty_study: StudyFolder,
    open_cases: OpenCases,
    wait_until: Wait,
    phantom_files: Path,
    tmp_path: Path,
) -> None:
    archive = tmp_path / "exams.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in phantom_files.iterdir():
            packed.write(path, path.name)
        packed.writestr("broken.dcm", b"\0" * 300)
    window = open_cases(empty_study)
    drop(window, archive)
    wait_until(lambda: window.ready and bool(window.table.rows))
    assert "12 files looked at: 11 mammograms, 3 exams" in words_of(window)
    assert read_images(empty_study) == ()
    press(window, "2")
    assert "not imported yet" in words_of(window)
    click(button(window, "Import"))
    wait_until(lambda: window.ready and all(row.stored for row in window.table.rows))
    assert "11 of 12 files were taken" in words_of(window)
    assert window.pages.tabText(FILES).startswith("Files (")
    assert [bool(row.problems) for row in window.table.rows] == [True, False, False]
    assert window.exams.chosen_case == case_with(empty_study, problem=True)


def test_files_of_which_none_would_come_in_are_listed_with_why(
    empty_study: StudyFolder, open_cases: OpenCases, wait_until: Wait, tmp_path: Path
) -> None:
    (tmp_path / "disc").mkdir()
    (tmp_path / "disc" / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "disc" / "empty.dcm").touch()
    window = open_cases(empty_study)
    drop(window, tmp_path / "disc")
    wait_until(lambda: window.ready and window.pages.currentIndex() == FILES)
    words = words_of(window)
    assert "2 files looked at: 0 mammograms, none that the study lacks." in words
    assert "Press Import" not in words
    assert "2 of 2 files looked at need a look." in words


def test_files_left_out_are_there_whoever_imported_and_whenever(
    empty_study: StudyFolder,
    open_cases: OpenCases,
    wait_until: Wait,
    phantom_files: Path,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "disc" / "broken.dcm"
    broken.parent.mkdir()
    broken.write_bytes(b"\0" * 300)
    with pytest.raises(RefusedFilesError):  # as the command line does, in another program
        import_images(empty_study, [broken, phantom_files])
    window = open_cases(empty_study)
    assert window.pages.tabText(FILES) == "Files (12 left out)"
    import_images(empty_study, [broken, phantom_files], keep_going=True)
    again = open_cases(empty_study)
    assert again.pages.tabText(FILES) == "Files (1 left out)"
    again.pages.setCurrentIndex(FILES)
    assert "12 files were brought to this study: 1 not taken, 11 taken" in words_of(again)
    table = next(t for t in again.findChildren(QTableWidget) if t.isVisible())
    cells = [table.item(0, column).text() for column in range(table.columnCount())]
    assert cells[0].endswith("broken.dcm")
    assert cells[1:] == ["not taken", "", "", "not a DICOM file"]
    (tmp_path / "disc" / "note.txt").write_text("a note")
    again.import_paths((tmp_path / "disc",))
    wait_until(lambda: again.ready)
    assert again.pages.tabText(FILES) == "Files (2 left out)"
    assert "2 of the last import need a look and stand first." in words_of(again)
    search = next(f for f in again.findChildren(QLineEdit) if "Search" in f.placeholderText())
    search.setText("TEXT note")
    assert "1 of " in words_of(again)
    assert table.rowCount() == 1
    assert table.item(0, 0).text().endswith("note.txt")


def test_a_list_too_long_to_read_is_cut_and_searched(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    page = FilesPage(window)
    files = [
        FileReport(Path(f"/disc/IM{number}.dcm"), Verdict.EXTRA, "tomosynthesis")
        for number in range(1500)
    ]
    assert page.show_kept(files, frozenset()) == 1500
    (table,) = page.findChildren(QTableWidget)
    (search,) = page.findChildren(QLineEdit)
    assert table.rowCount() == 1000
    assert any("The first 1000 are listed" in label.text() for label in page.findChildren(QLabel))
    search.setText("IM1499")
    assert table.rowCount() == 1


def test_what_an_import_had_to_assume_is_told_beside_the_view(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    image = read_images(study)[0].image
    report = FileReport(Path("x.dcm"), Verdict.ACCEPTED, "no spacing: none told", image=image)
    study.files_csv.unlink()
    note_files(study, [report])
    window = open_cases(study)
    window.exams.choose(read_images(study)[0].case, image)
    assert "Noted at import: no spacing: none told." in words_of(window)


def test_a_flow_of_many_reasons_does_not_make_the_window_taller(
    empty_study: StudyFolder, open_cases: OpenCases
) -> None:
    reasons = [f"a reason of its own: {number}" for number in range(60)]
    note_files(empty_study, [FileReport(Path(r), Verdict.EXTRA, r) for r in reasons])
    assert open_cases(empty_study).height() == 900


@pytest.mark.usefixtures("qapp")
def test_problems_that_a_row_cannot_hold_are_counted() -> None:
    area = QRect(0, 0, 300, 100)
    picture = QImage(area.size(), QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    words = "\n".join(f"! problem {n}" for n in range(20))
    shown = fitting(painter, area, int(Qt.TextFlag.TextWordWrap), words).split("\n")
    room = painter.fontMetrics().boundingRect(area, 0, "\n".join(shown)).height()
    painter.end()
    assert shown[0] == "! problem 0"
    assert shown[-1] == f"... and {21 - len(shown)} more"
    assert room <= area.height()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("more", ["", "\n! problem 2"])
def test_a_problem_of_too_many_words_begins_with_its_first_ones(more: str) -> None:
    area = QRect(0, 0, 120, 100)
    picture = QImage(area.size(), QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    flags = int(Qt.TextFlag.TextWordWrap)
    shown = fitting(painter, area, flags, f"! is it displayed correctly? {'long ' * 80}{more}")
    room = painter.fontMetrics().boundingRect(area, flags, shown).height()
    painter.end()
    assert shown.startswith("! is it displayed correctly?")
    assert shown.endswith(" ...\n... and 1 more" if more else " ...")
    assert room <= area.height()


def test_the_keys_put_a_view_elsewhere_undo_it_and_save_it(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    assert window.exams.chosen_image == f"{case}-R-CC"
    press(window, "4")
    assert window.table.placements == (Place(f"{case}-R-CC", View.L_MLO),)
    assert window.exams.chosen_image == f"{case}-R-CC"
    press(window, "u")
    assert window.table.changes == ()
    press(window, "0")
    assert "1 change not saved yet" in words_of(window)
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert view_of(study, f"{case}-R-CC") is None
    assert "saved" in words_of(window)


def test_a_window_with_unsaved_changes_asks_before_it_closes_and_escape_keeps_everything(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    window = open_cases(study)
    press(window, "0")
    changes = window.table.changes
    window.close()
    assert window.isVisible()
    assert "1 change not saved. The newest:" in words_of(window)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not button_is_there(window, "Save and close")
    assert (window.isVisible(), window.table.changes) == (True, changes)
    assert window.focusWidget() is window.exams
    window.close()
    click(button(window, "Keep working"))
    assert (window.isVisible(), window.table.changes) == (True, changes)


def test_a_window_saves_and_closes_on_enter(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "0")
    window.close()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    wait_until(lambda: not window.isVisible())
    assert view_of(study, f"{case}-R-CC") is None


def test_a_window_that_is_closed_while_it_saves_closes_when_all_is_safe(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "0")
    click(button(window, "Save changes"))
    window.close()
    assert window.isVisible()
    wait_until(lambda: not window.isVisible())
    assert view_of(study, f"{case}-R-CC") is None


def test_a_name_that_is_typed_while_changes_are_saved_is_no_command(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "0")
    click(button(window, "Save changes"))
    fields = window.findChildren(QLineEdit)
    (name,) = [one for one in fields if one.accessibleName() == "Your name, for the record"]
    name.setFocus()
    wait_until(lambda: window.ready)
    name.setText("")
    QTest.keyClicks(window.focusWidget(), "Dr Xu")
    assert (name.text(), window.table.changes) == ("Dr Xu", ())
    assert view_of(study, f"{case}-R-CC") is None


def test_a_window_closes_without_saving_where_that_is_said(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "0")
    window.close()
    click(button(window, "Close without saving"))
    assert not window.isVisible()
    assert view_of(study, f"{case}-R-CC") is View.R_CC


def test_a_window_without_changes_closes_without_a_question(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    window = open_cases(study)
    press(window, "0")
    press(window, "u")
    window.close()
    assert not window.isVisible()


def test_the_question_goes_when_the_changes_do(study: StudyFolder, open_cases: OpenCases) -> None:
    window = open_cases(study)
    press(window, "0")
    window.close()
    assert button_is_there(window, "Save and close")
    assert not button_is_there(window, "Save changes")
    press(window, "u")
    assert not button_is_there(window, "Save and close")
    assert button_is_there(window, "Save changes")
