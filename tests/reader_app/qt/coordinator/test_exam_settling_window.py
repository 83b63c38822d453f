"""The Cases page: changes, questions and looks at originals, by keys and mouse."""

from dataclasses import replace
from datetime import UTC, datetime
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
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
)

from reader_app.coordinator.exam_changes import Place
from reader_app.qt.coordinator.cases_layout import FLOW, HEADERS
from reader_app.qt.coordinator.exam_model import words_of as words_told
from reader_app.qt.coordinator.import_window import ImportWindow
from study_design.cases.case_erasure import ERASED, erase_case
from study_design.images.case_list import cases_of, read_images, write_images
from study_design.images.display_doubt import note_doubts
from study_design.images.exam_question import Asked, ExamQuestion, write_questions
from study_design.images.found_text import FoundText, TextBox, write_found_text
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


def drag(window: ImportWindow, start: QPoint, end: QPoint) -> None:
    area, left = window.exams.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(area, left, pos=start)
    QTest.mouseMove(area, (start + end) / 2)
    QTest.mouseMove(area, end)
    QTest.mouseRelease(area, left, pos=end)


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
