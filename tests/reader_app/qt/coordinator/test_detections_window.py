"""The preview of AI results with real keys, a real mouse and real files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from reader_app.coordinator.detections_desk import known_map, map_beside
from reader_app.qt.coordinator.detections_window import DetectionsWindow
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import DetectionSource
from study_design.exchange.detection_json import read_system_results
from study_design.images.case_list import CaseImage, read_images
from study_design.images.link_file import LinkFile
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import read_column_map
from study_design.vocabulary import AiStatus

Wait = Callable[[Callable[[], bool]], None]
Open = Callable[..., DetectionsWindow]


@pytest.fixture
def images(study: StudyFolder) -> tuple[CaseImage, ...]:
    return tuple(image for image in read_images(study) if image.view)


@pytest.fixture
def open_preview(qtbot: QtBot, wait_until: Wait, study: StudyFolder) -> Open:
    """Return what opens the real window on a file and waits until all is on it."""

    def start(path: Path) -> DetectionsWindow:
        link = LinkFile.read(study)
        source = DetectionSource(
            (path,),
            "product",
            link.resolve_case,
            link.resolve_image,
            known_map(study, "product", None),
        )
        window = DetectionsWindow(study, source, by=Actor("Coordinator"))
        qtbot.addWidget(window)
        window.resize(1600, 900)
        window.show()
        wait_until(lambda: window.ready)
        return window

    return start


def table(tmp_path: Path, header: str, *rows: str) -> Path:
    path = tmp_path / "results.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def choose(window: DetectionsWindow, name: str, words: str) -> None:
    """Choose an entry of a field by the keyboard."""
    (field,) = [f for f in window.findChildren(QComboBox) if f.accessibleName() == name]
    field.setFocus()
    steps = field.findText(words) - field.currentIndex()
    key = Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up
    for _ in range(abs(steps)):
        QTest.keyClick(field, key)
        if not field.isVisible():
            return


def answer(window: DetectionsWindow, wait_until: Wait, what: WithoutRow) -> None:
    """Say by the mouse what holds for cases without a row."""
    assert not window.parts.accept_button.isEnabled()
    button = window.parts.questions.buttons[what]
    beside = QPoint(10, button.height() // 2)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=beside)
    assert button.isChecked()
    wait_until(lambda: window.ready)


def words_of(window: DetectionsWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def problems_of(window: DetectionsWindow) -> list[str]:
    return [window.parts.problems.item(row).text() for row in range(window.parts.problems.count())]


def written(study: StudyFolder) -> list[str]:
    return sorted(path.name for path in study.detections.glob("*"))


def test_boxes_stand_on_the_pictures_and_nothing_is_written_before_accept(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    wait_until: Wait,
    tmp_path: Path,
) -> None:
    one = images[0]
    window = open_preview(
        table(tmp_path, "image,x0,y0,x1,y1,score,type", f"{one.image},10,20,40,60,0.5,mass")
    )
    shown = [picture.frames for picture in window.parts.pictures]
    assert [len(frames) for frames in shown] == [1, 0, 0, 0]
    assert shown[0][0].words == "mass 0.5"
    assert shown[0][0].width == pytest.approx(30 / one.columns)
    assert "Please answer first" in words_of(window)
    cases = list(dict.fromkeys(image.case for image in images))
    others = len(cases) - 1
    assert f"{others} cases are not, or not wholly, in the files." in words_of(window)
    assert f"Not in the files: {', '.join(cases[1:])}" in words_of(window)
    assert "before the questions on the left are answered" in words_of(window)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.isVisible()
    answer(window, wait_until, WithoutRow.NONE)
    assert "No problems" in words_of(window)
    assert f"1 box, scale 0-1. Cases: 1 with findings, {others} nothing found" in words_of(window)
    assert written(study) == []
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: not window.isVisible())
    assert window.imported is not None
    assert written(study) == ["product.json"]
    read = read_system_results(study.detections / "product.json").cases
    assert [len(case.detections) for case in read] == [1, *[0] * others]
    assert {case.status for case in read[1:]} == {AiStatus.NONE}
    assert read_column_map(map_beside(study, "product")).columns.x1 == "x1"


def test_escape_leaves_the_study_as_it_was(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    tmp_path: Path,
) -> None:
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1", f"{images[0].image},1,2,3,4"))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert window.imported is None
    assert written(study) == []
    assert not map_beside(study, "product").exists()


def test_a_map_that_was_changed_by_hand_is_dropped_on_a_second_escape_only(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    wait_until: Wait,
    tmp_path: Path,
) -> None:
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1,p", f"{images[0].image},1,2,3,4,7"))
    for scale in ("0-10", "0-100"):  # another change is another question
        choose(window, "Scale of scores", scale)
        wait_until(lambda: window.ready)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.isVisible()
        assert "is not brought in. Esc again closes" in words_of(window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert written(study) == []


def test_cancel_says_what_it_does_and_asks_nothing(
    images: tuple[CaseImage, ...], open_preview: Open, wait_until: Wait, tmp_path: Path
) -> None:
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1,p", f"{images[0].image},1,2,3,4,7"))
    choose(window, "Scale of scores", "0-10")
    wait_until(lambda: window.ready)
    QTest.mouseClick(window.parts.cancel_button, Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_problems_come_first_by_row_and_keep_the_results_out(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    tmp_path: Path,
) -> None:
    name = images[0].image
    window = open_preview(
        table(
            tmp_path,
            "image,x0,y0,x1,y1,score",
            f"{name},1,2,3,4,0.5",
            f"{name},9,2,3,4,0.5",
            f"{name},1,2,99999,4,0.5",
        )
    )
    assert [line.split(":")[0] for line in problems_of(window)] == [
        "results.csv, row 3",
        "results.csv, row 4",
    ]
    assert "2 problems: nothing comes in until all is put right" in words_of(window)
    assert not window.parts.accept_button.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.isVisible()
    assert written(study) == []


def test_a_circle_is_placed_once_the_edge_is_chosen_from_which_rows_are_counted(
    images: tuple[CaseImage, ...], open_preview: Open, wait_until: Wait, tmp_path: Path
) -> None:
    one = images[0]
    window = open_preview(
        table(tmp_path, "image,type,x,y,radius,score", f"{one.image},CIRC,90,40,30,0.5")
    )
    assert "expected to be told from where rows are counted" in problems_of(window)[0]
    choose(window, "Rows are counted from", "the bottom")
    wait_until(lambda: window.ready)
    assert problems_of(window) == []
    frame = window.parts.pictures[0].frames[0]
    assert (frame.words, frame.height) == ("mass 0.5", pytest.approx(60 / one.rows))
    assert frame.top == pytest.approx(1 - 70 / one.rows)


def test_a_column_that_is_asked_about_may_change_nothing(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    wait_until: Wait,
    tmp_path: Path,
) -> None:
    header = "image,x0,y0,x1,y1,score,displayed,note"
    window = open_preview(table(tmp_path, header, f"{images[0].image},10,20,40,60,0.5,no,seen"))
    assert "displayed: expected boxes that the product shows" in problems_of(window)[0]

    def box() -> QCheckBox:
        named = window.findChildren(QCheckBox)
        return next(one for one in named if one.text() == "displayed changes nothing")

    QTest.keyClick(box(), Qt.Key.Key_Space)
    wait_until(lambda: window.ready)
    assert problems_of(window) == []
    assert box().isChecked()
    answer(window, wait_until, WithoutRow.NOT_PROCESSED)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: not window.isVisible())
    assert read_column_map(map_beside(study, "product")).unused == ("displayed",)


def test_columns_chosen_by_key_bring_the_boxes_and_are_kept_for_the_next_run(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    wait_until: Wait,
    tmp_path: Path,
) -> None:
    path = table(tmp_path, "where,what,a,b,c,d,p", f"{images[0].image},Lump,10,40,20,60,7")
    window = open_preview(path)
    assert "expected columns for image" in problems_of(window)[0]
    assert "No case to show yet" in words_of(window)
    for name, column in (
        ("Image", "where"),
        ("Left edge", "a"),
        ("Right edge", "b"),
        ("Top edge", "c"),
        ("Bottom edge", "d"),
        ("Score", "p"),
        ("Type of abnormality", "what"),
    ):
        choose(window, name, column)
        wait_until(lambda: window.ready)
    assert "expected words whose meaning is known, got 'Lump'" in problems_of(window)[0]
    told = words_of(window)
    assert told.index("What its words mean") < told.index("Columns of the file")
    choose(window, "Meaning of Lump", "distortion")
    wait_until(lambda: window.ready)
    assert "expected to be told the scale of scores, got 7 to 7" in problems_of(window)[0]
    choose(window, "Scale of scores", "0-100")
    wait_until(lambda: window.ready)
    assert problems_of(window) == []
    assert window.parts.pictures[0].frames[0].words == "distortion 7"
    answer(window, wait_until, WithoutRow.NOT_PROCESSED)
    QTest.mouseClick(window.parts.accept_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: not window.isVisible())
    results = read_system_results(study.detections / "product.json")
    assert results.scale == "0-100"
    again = open_preview(path)
    answer(again, wait_until, WithoutRow.NOT_PROCESSED)
    assert again.parts.accept_button.isEnabled()
    assert again.foreseen is not None
    assert again.foreseen.results.cases == results.cases


def test_arrow_keys_walk_the_cases(
    images: tuple[CaseImage, ...], open_preview: Open, wait_until: Wait, tmp_path: Path
) -> None:
    by_case = {image.case: image.image for image in images}
    rows = [f"{name},1,2,3,4,0.{n}" for n, name in enumerate(by_case.values(), start=1)]
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1,score", *rows))
    assert window.parts.cases.count() == len(by_case)
    window.parts.cases.setFocus()
    seen = []
    for _ in range(2):
        seen.append([frame.words for p in window.parts.pictures for frame in p.frames])
        QTest.keyClick(window.parts.cases, Qt.Key.Key_Down)
        wait_until(lambda: window.ready)
    assert seen == [["untyped 0.1"], ["untyped 0.2"]]


def test_a_file_that_cannot_be_read_is_told_in_the_window(
    open_preview: Open, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    path.write_text("{")
    window = open_preview(path)
    assert "expected JSON" in problems_of(window)[0]
    assert not window.parts.accept_button.isEnabled()
    assert QApplication.focusWidget() is not None


def test_rows_of_other_studies_are_left_out_by_a_tick_and_counted(
    study: StudyFolder,
    images: tuple[CaseImage, ...],
    open_preview: Open,
    wait_until: Wait,
    tmp_path: Path,
) -> None:
    rows = [f"{images[0].image},1,2,3,4,0.5", "9.9.1,1,2,3,4,0.5", "9.9.2,1,2,3,4,0.5"]
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1,score", *rows))
    assert problems_of(window) == []
    assert "2 of 3 rows are not of this study. The first: results.csv, row 3" in words_of(window)
    answer(window, wait_until, WithoutRow.NONE)
    assert not window.parts.accept_button.isEnabled()
    tick = window.parts.questions.leave_out
    assert tick.text() == "Leave &out these 2 rows"
    QTest.keyClick(tick, Qt.Key.Key_Space)
    wait_until(lambda: window.ready)
    assert tick.isChecked()
    QTest.mouseClick(window.parts.accept_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: not window.isVisible())
    provenance = read_system_results(study.detections / "product.json").provenance
    assert "2 of 3 rows left out: not of this study" in provenance


def test_words_stay_where_they_are_while_they_are_answered(
    images: tuple[CaseImage, ...], open_preview: Open, wait_until: Wait, tmp_path: Path
) -> None:
    rows = (f"{images[0].image},1,2,4,6,0.5,{word}" for word in ("Lump", "Shade", "mass", "Speck"))
    window = open_preview(table(tmp_path, "image,x0,y0,x1,y1,score,type", *rows))
    order = ["Lump", "Shade", "Speck", "mass"]
    for word in order[:3]:
        choose(window, f"Meaning of {word}", "distortion")
        wait_until(lambda: window.ready)
        names = [field.accessibleName() for field in window.findChildren(QComboBox)]
        assert [n for n in names if "Meaning" in n] == [f"Meaning of {one}" for one in order]
