import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from reader_app.qt.reading.card import card_position

AREA = QRect(0, 0, 960, 520)
CARD = QSize(240, 170)

marks = st.builds(
    QRect, st.integers(0, 900), st.integers(0, 480), st.integers(16, 60), st.integers(16, 40)
)


@pytest.mark.parametrize(("away", "x"), [(-1, 500 - 12 - 240), (1, 540 + 12 - 1)])
def test_the_card_stands_at_the_side_away_from_the_centre_of_the_breast(away: int, x: int) -> None:
    place = card_position(CARD, QRect(500, 200, 40, 40), [], away, AREA)
    assert place.x() == x


def test_the_card_changes_sides_where_there_is_no_room() -> None:
    place = card_position(CARD, QRect(100, 200, 40, 40), [], -1, AREA)
    assert place.x() > 140


@given(marks, marks, st.sampled_from([-1, 1]))
def test_the_card_never_covers_a_mark_of_its_finding(
    first: QRect, second: QRect, away: int
) -> None:
    place = QRect(card_position(CARD, first, [second], away, AREA), CARD)
    assert not place.intersects(first)
    assert not place.intersects(second)
    assert AREA.contains(place)


def test_a_card_with_no_free_place_is_shown_all_the_same() -> None:
    everything = QRect(0, 0, 960, 520)
    assert isinstance(card_position(CARD, everything, [], 1, AREA), QPoint)
