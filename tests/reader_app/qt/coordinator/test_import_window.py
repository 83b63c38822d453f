"""The Cases page with real keys, a real mouse and real files."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from reader_app.coordinator.exam_changes import Place
from reader_app.qt.coordinator.cases_layout import FILES, FLOW, HEADERS
from reader_app.qt.coordinator.exam_model import words_of as words_told
from reader_app.qt.coordinator.exam_painter import fitting
from reader_app.qt.coordinator.files_page import FilesPage
from reader_app.qt.coordinator.import_window import ImportWindow
from study_design.cases.case_erasure import ERASED, erase_case
from study_design.cases.case_import import import_images
from study_design.images.arriving.file_flow import note_files
from study_design.images.arriving.import_report import FileReport, RefusedFilesError
from study_design.images.case_list import cases_of, read_images, write_images
from study_design.images.display_doubt import note_doubts
from study_design.images.exam_question import Asked, ExamQuestion, write_questions
from study_design.images.found_text import FoundText, TextBox, write_found_text
from study_design.images.messages import Verdict
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

OpenCases = Callable[[StudyFolder], ImportWindow]
Wait = Callable[[Callable[[], bool]], None]


def words_of(window: QWidget) -> str:
    shown = (label.text() for label in window.findChildren(QLabel) if label.isVisible())
    return "\n".join(shown)


def press(window: ImportWindow, text: str) -> None:
    QTest.keyClicks(window.exams, text)


def button(window: QWidget, name: str) -> QPushButton:
    named = [b for b in window.findChildren(QPushButton) if b.text().startswith(name)]
    return next(b for b in named if b.isVisible())


def button_is_there(window: QWidget, name: str) -> bool:
    named = [b for b in window.findChildren(QPushButton) if b.text().startswith(name)]
    return any(b.isVisible() for b in named)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def drop(window: ImportWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))


def drag(window: ImportWindow, start: QPoint, end: QPoint) -> None:
    area, left = window.exams.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(area, left, pos=start)
    QTest.mouseMove(area, (start + end) / 2)
    QTest.mouseMove(area, end)
    QTest.mouseRelease(area, left, pos=end)


def case_with(folder: StudyFolder, *, problem: bool) -> str:
    return next(entry.case for entry in cases_of(folder) if bool(entry.problems) == problem)


def view_of(folder: StudyFolder, image: str) -> View | None:
    return next(listed.view for listed in read_images(folder) if listed.image == image)


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


def test_changes_that_could_not_be_saved_stay_and_so_does_the_window(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait, tmp_path: Path
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "0")
    press(window, "x")
    QTest.keyClicks(window.focusWidget(), "one breast only")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert len(window.table.changes) == 2
    away = study.record.rename(tmp_path / "away.sqlite")
    window.close()
    click(button(window, "Save and close"))
    wait_until(lambda: window.ready)
    assert window.isVisible()
    assert len(window.table.changes) == 2
    assert view_of(study, f"{case}-R-CC") is View.R_CC
    away.rename(study.record)
    window.close()
    click(button(window, "Save and close"))
    wait_until(lambda: not window.isVisible())
    assert view_of(study, f"{case}-R-CC") is None
    assert next(entry for entry in cases_of(study) if entry.case == case).excluded


def test_the_arrows_choose_another_view_and_another_exam(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    window = open_cases(study)
    case = window.exams.chosen_case
    QTest.keyClick(window.exams, Qt.Key.Key_Right)
    assert window.exams.chosen_image == f"{case}-L-CC"
    QTest.keyClick(window.exams, Qt.Key.Key_Down)
    assert window.exams.chosen_image == f"{window.table.rows[1].case}-L-CC"


def test_a_view_dragged_to_another_slot_changes_places_and_stays_with_its_exam(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    window, case = open_cases(study), case_with(study, problem=False)
    other = next(row.case for row in window.table.rows if row.case != case)
    start = window.exams.slot_rect(case, View.R_CC).center()
    drag(window, start, window.exams.slot_rect(other, View.L_CC).center())
    assert window.table.changes == ()
    assert "stays with its exam" in words_of(window)
    drag(window, start, window.exams.slot_rect(case, View.L_CC).center())
    assert set(window.table.placements) == {
        Place(f"{case}-R-CC", View.L_CC),
        Place(f"{case}-L-CC", View.R_CC),
    }
    drag(window, start, window.exams.slot_rect(case, None).center())
    assert Place(f"{case}-L-CC", None) in window.table.placements


def test_an_exam_is_excluded_for_a_typed_reason_that_feeds_the_flow(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window, case = open_cases(study), case_with(study, problem=True)
    press(window, "x")
    field = window.focusWidget()
    assert isinstance(field, QComboBox)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.table.changes == ()
    QTest.keyClicks(field, "one breast only")
    QTest.keyClick(field, Qt.Key.Key_Return)
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    entry = next(entry for entry in cases_of(study) if entry.case == case)
    assert (entry.excluded, entry.reason) == (True, "one breast only")
    window.pages.setCurrentIndex(FLOW)
    click(button(window, "Save as figure and table"))
    assert "excluded,one breast only,1" in (study.results / "case_flow.csv").read_text()
    assert "one breast only" in (study.results / "case_flow.svg").read_text()


def test_the_question_for_a_reason_is_scrolled_into_view_on_a_low_screen(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window = open_cases(study)
    window.resize(1000, 480)
    case = case_with(study, problem=True)
    note_doubts(study, {f"{case}-R-CC": tuple(f"a doubt of many words {n}" for n in range(9))})
    press(window, "x")
    field = window.focusWidget()
    assert field is not None
    wait_until(lambda: field.visibleRegion().boundingRect() == field.rect())


def test_escape_drops_the_question_for_a_reason(study: StudyFolder, open_cases: OpenCases) -> None:
    window = open_cases(study)
    press(window, "x")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    press(window, "0")
    assert len(window.table.placements) == 1


def test_text_in_a_picture_waits_for_the_eyes_and_is_accepted_or_blanked(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    case = case_with(study, problem=False)
    boxes = [FoundText(f"{case}-{view}", TextBox(5, 5, 20, 10)) for view in ("R-CC", "L-CC")]
    write_found_text(study, boxes)
    window = open_cases(study)
    click(button(window, "Text in picture (1)"))
    assert window.exams.chosen_image == f"{case}-R-CC"
    assert "name, number or date" in words_of(window)
    press(window, "h")
    QTest.keyClick(window.exams, Qt.Key.Key_Right)
    click(button(window, "Blank it"))
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert not any(entry.problems for entry in cases_of(study) if entry.case == case)
    (blanked,) = [i for i in read_images(study) if i.image == f"{case}-L-CC"]
    assert (study.burned_in_csv.read_text()).count("blanked") >= 1
    assert blanked.sha256


def test_a_doubtful_display_waits_for_the_eyes_and_holds_its_exam_up(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    case = case_with(study, problem=False)
    note_doubts(study, {f"{case}-L-CC": ("inverse or not?",)})
    window = open_cases(study)
    click(button(window, "Displayed correctly? (1)"))
    QTest.keyClick(window.exams, Qt.Key.Key_Right)
    assert "is L-CC displayed correctly? inverse or not?" in words_of(window)
    press(window, "r")
    assert "is right as it is" in words_of(window)
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert not any(entry.problems for entry in cases_of(study) if entry.case == case)


def test_two_exams_of_one_patient_are_asked_and_one_becomes_the_prior(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    newer, older = [e.case for e in cases_of(study) if not e.problems][:2]
    words = f"P001 has 2 exams ({older} 371 days before {newer}): which should be read?"
    write_questions(study, [ExamQuestion(Asked.EXAMS, ((newer, older),), words, (0, 371))])
    window = open_cases(study)
    click(button(window, "Prior exam? (2)"))
    assert words in words_of(window)
    click(button(window, f"Read {newer}, keep {older} as its prior"))
    assert f"Prior of {newer}, once it is saved" in [words_told(row) for row in window.table.rows]
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    (entry,) = [entry for entry in cases_of(study) if entry.case == newer]
    assert [(prior.exam, prior.days_before) for prior in entry.priors] == [(older, 371)]
    assert older not in {row.case for row in window.table.rows}
    assert f"Prior exam {older}, 371 days before; it is not read." in words_of(window)
    click(button(window, f"Read {older} as a case of its own"))
    assert f"{older} becomes a case of its own" in words_of(window)
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert older in {row.case for row in window.table.rows}
    assert not any(entry.priors for entry in cases_of(study))


def test_two_whole_exams_of_a_day_are_not_one_and_one_of_them_is_left_out(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    first, second = [e.case for e in cases_of(study) if not e.problems][:2]
    words = "P001 has 2 exams on the same day: is it one exam?"
    write_questions(study, [ExamQuestion(Asked.EXAMS, ((first, second),), words, (0, 0))])
    window = open_cases(study)
    click(button(window, "Prior exam? (2)"))
    assert not button(window, "One exam, stored twice").isEnabled()
    assert "both have R CC, L CC, R MLO, L MLO" in words_of(window)
    click(button(window, "One exam, stored twice"))
    assert window.table.changes == ()
    click(button(window, f"Read {first}, leave {second} out"))
    assert {row.case for row in window.table.rows if not row.problems} >= {first, second}
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert [entry.case for entry in cases_of(study) if entry.excluded] == [second]
    assert not any(entry.problems for entry in cases_of(study) if entry.case == first)


def test_a_change_that_is_refused_holds_no_other_up_and_leaves_no_traceback(
    study: StudyFolder,
    open_cases: OpenCases,
    wait_until: Wait,
    caplog: pytest.LogCaptureFixture,
) -> None:
    newer, older = [e.case for e in cases_of(study) if not e.problems][:2]
    short = case_with(study, problem=True)
    write_questions(study, [ExamQuestion(Asked.EXAMS, ((newer, older),), "which?", (0, 371))])
    window = open_cases(study)
    away = next(study.images.glob(f"{older}-R-CC.dcm"))
    away = away.rename(study.path.parent / "away.dcm")
    window.exams.choose(newer, "")
    click(button(window, f"Read {newer}, keep {older} as its prior"))
    window.exams.choose(short, "")
    press(window, "x")
    QTest.keyClicks(window.focusWidget(), "one breast only")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    window.close()
    click(button(window, "Save and close"))
    wait_until(lambda: window.ready)
    assert window.isVisible()
    assert [type(change).__name__ for change in window.table.changes] == ["Settle"]
    assert f"1 change could not be saved ({newer}, {older}: Read {newer}" in words_of(window)
    assert [entry.case for entry in cases_of(study) if entry.excluded] == [short]
    assert not [record for record in caplog.records if record.exc_info]
    press(window, "u")
    assert window.table.changes == ()
    assert "could not be saved" not in words_of(window)
    away.rename(study.images / f"{older}-R-CC.dcm")
    window.exams.choose(newer, "")
    click(button(window, f"Read {newer}, keep {older} as its prior"))
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert "The changes are saved." in words_of(window)
    click(button(window, f"Read {older} as a case of its own"))
    assert "The changes are saved." not in words_of(window)


def test_an_exam_that_was_erased_is_listed_with_why_and_without_pictures(
    study: StudyFolder, open_cases: OpenCases
) -> None:
    case = case_with(study, problem=False)
    erase_case(study, case, Signature(Actor("Dr A"), "her wish", datetime.now(UTC)))
    window = open_cases(study)
    (row,) = [row for row in window.table.rows if row.case == case]
    assert (words_told(row), row.images) == (f"Excluded: {ERASED}", ())


def test_before_and_after_shows_what_was_removed_and_records_the_look(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    window = open_cases(study)
    click(button(window, "Before and after"))
    wait_until(lambda: window.ready and window.pages.currentIndex() == HEADERS)
    assert "Image Laterality says R" in words_of(window)
    assert "replaced" in words_of(window)
    assert b"before and after" in study.record.read_bytes()


def test_what_is_refused_is_said_in_the_window_and_nothing_is_asked_in_a_dialog(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait, tmp_path: Path
) -> None:
    window = open_cases(study)
    drop(window, tmp_path / "nothing")
    wait_until(lambda: window.ready)
    assert "Expected a file or folder" in words_of(window)
    assert window.findChildren(QDialog) == []


def test_an_import_can_be_cancelled_and_started_again(
    empty_study: StudyFolder, open_cases: OpenCases, wait_until: Wait, phantom_files: Path
) -> None:
    window = open_cases(empty_study)
    window.import_paths((phantom_files,))
    click(button(window, "Cancel"))
    wait_until(lambda: window.ready)
    assert "Stopped before" in words_of(window)
    window.import_paths((phantom_files,))
    wait_until(lambda: window.ready and len(window.table.rows) == 3)


def test_an_image_whose_tags_disagree_waits_and_is_placed_by_a_key(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait
) -> None:
    case, conflict = case_with(study, problem=False), "laterality conflict: one says R, one says L"
    images = read_images(study)
    write_images(
        study,
        (
            replace(i, view=None, reason=conflict) if i.image == f"{case}-R-CC" else i
            for i in images
        ),
    )
    window = open_cases(study)
    click(button(window, "Which view? (1)"))
    window.exams.choose(case, f"{case}-R-CC")
    assert conflict in words_of(window)
    press(window, "1")
    click(button(window, "Save changes"))
    wait_until(lambda: window.ready and not window.table.changes)
    assert view_of(study, f"{case}-R-CC") is View.R_CC
    assert case_with(study, problem=True) != case


def test_unsaved_changes_are_never_lost_to_an_import(
    study: StudyFolder, open_cases: OpenCases, wait_until: Wait, phantom_files: Path
) -> None:
    window = open_cases(study)
    press(window, "0")
    drop(window, phantom_files)
    assert "not saved: save them or undo them" in words_of(window)
    wait_until(lambda: window.ready)
    assert len(window.table.changes) == 1
