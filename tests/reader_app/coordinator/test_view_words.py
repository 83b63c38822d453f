"""What the Cases page says of a view that somebody must decide on."""

from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.view_words import CHOOSE, LOOK, title_of, words_of
from study_design.images.display_doubt import DisplayDoubt
from study_design.vocabulary import View


def row_of(image: ExamImage) -> ExamRow:
    return ExamRow("C001", "P001", (image,))


def test_a_repeated_view_is_named_as_another_image_of_it_and_how_to_choose_stands_there() -> None:
    for why in ("a second R-CC beside C001-R-CC; a biopsy?", "one of several images for R-CC"):
        image = ExamImage("C001-X1", None, why)
        assert title_of(row_of(image), image) == "C001-X1: another R CC"
        words = words_of(row_of(image), image)
        assert f"which image of R-CC is used? C001-X1 is {why}" in words
        assert CHOOSE in words


def test_a_view_that_headers_leave_open_is_in_no_slot() -> None:
    image = ExamImage("C001-X1", None, "laterality conflict: X says R, Y says L")
    assert title_of(row_of(image), image) == "C001-X1: in no slot"
    assert CHOOSE not in words_of(row_of(image), image)


def test_a_doubt_says_where_it_is_settled() -> None:
    image = ExamImage("C001-R-CC", View.R_CC, doubts=(DisplayDoubt("C001-R-CC", "air is white"),))
    assert title_of(row_of(image), image) == "C001: R CC"
    assert LOOK in words_of(row_of(image), image)
