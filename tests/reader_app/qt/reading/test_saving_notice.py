"""The notice of saving comes when that takes long, and goes when it is done."""

from typing import Any

from PySide6.QtCore import QObject

from reader_app.qt.reading.saving_notice import SavingNotice


def test_the_notice_comes_late_and_goes_at_once(qtbot: Any) -> None:
    parent = QObject()
    notice = SavingNotice(parent)
    assert not notice.shown
    with qtbot.waitSignal(notice.due):
        notice.watch(pending=True)
        notice.watch(pending=True)
        assert not notice.shown
    assert notice.shown
    notice.watch(pending=False)
    assert not notice.shown


def test_what_is_done_in_time_is_never_told(qtbot: Any) -> None:
    parent = QObject()
    quick, slow = SavingNotice(parent), SavingNotice(parent)
    told: list[bool] = []
    quick.due.connect(lambda: told.append(True))
    quick.watch(pending=True)
    quick.watch(pending=False)
    with qtbot.waitSignal(slow.due):
        slow.watch(pending=True)
    assert told == []
