"""Every value has a word of its own on the reader's screens."""

from reader_app.reading.answering import MODES
from reader_app.reading.sitting_state import Phase
from reader_app.reading.value_words import (
    BREAST_WORDS,
    PROJECTION_WORDS,
    SIDE_LETTERS,
    TYPE_WORDS,
    types_text,
    view_text,
)
from study_design.vocabulary import AbnormalityType, Projection, Side, View


def test_no_value_is_without_a_word() -> None:
    assert set(TYPE_WORDS) == set(AbnormalityType)
    assert set(SIDE_LETTERS) == set(BREAST_WORDS) == set(Side)
    assert set(PROJECTION_WORDS) == set(Projection)
    assert set(MODES) == set(Phase)


def test_words_are_told_apart() -> None:
    assert len({view_text(view) for view in View}) == len(View)
    both = (AbnormalityType.MASS, AbnormalityType.CALCIFICATION)
    assert types_text(both) == "mass + calcification"
