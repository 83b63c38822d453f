import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.reading.answer_form import (
    FINDING_BIRADS,
    FINDING_RATING,
    Entry,
    Typed,
    card_items,
    digits_hint,
    next_item,
    open_ratings,
    summary_items,
    typed_answer,
    typed_category,
    typed_rating,
    value_text,
)
from study_design.protocol.study_file import Form, Scales
from study_design.vocabulary import Side

PLAIN = ("1", "2", "3", "4", "5")
PARTED = ("0", "1", "2", "3", "4A", "4B", "4C", "5")
BOTH = ("1", "2", "3", "4", "4A", "4B", "4C", "5")


@pytest.mark.parametrize(
    ("text", "scale", "typed"),
    [
        ("4", PLAIN, Typed("4", "4", complete=True)),
        ("5", PARTED, Typed("5", "5", complete=True)),
        ("0", PARTED, Typed("0", "0", complete=True)),
        ("4", PARTED, Typed("4", None, complete=False)),
        ("42", PARTED, Typed("42", "4B", complete=True)),
        ("4", BOTH, Typed("4", "4", complete=False)),
        ("43", BOTH, Typed("43", "4C", complete=True)),
        ("0", PLAIN, None),
        ("6", PARTED, None),
        ("44", PARTED, None),
        ("41", PLAIN, None),
        ("421", PARTED, None),
    ],
)
def test_digits_name_a_category_of_the_study_s_scale(
    text: str, scale: tuple[str, ...], typed: Typed | None
) -> None:
    assert typed_category(text, scale) == typed


@pytest.mark.parametrize(
    ("text", "value", "complete"),
    [("0", 0.0, True), ("7", 7.0, False), ("10", 10.0, False), ("72", 72.0, True)],
)
def test_digits_name_a_rating(text: str, value: float, complete: bool) -> None:
    assert typed_rating(text) == Typed(text, value, complete=complete)


@given(st.integers(0, 100))
def test_every_rating_can_be_typed_digit_by_digit(rating: int) -> None:
    entry: Entry | None = Entry(("rating",))
    for digit in str(rating):
        assert entry is not None
        entry = entry.with_digit(digit, PLAIN)
    assert entry is not None
    assert entry.typed.value == rating


@pytest.mark.parametrize("text", ["101", "720", "00", "07"])
def test_no_rating_is_above_100_or_begins_with_0(text: str) -> None:
    assert typed_rating(text) is None


def test_density_is_answered_by_1_to_4() -> None:
    values = [typed_answer("density", digit, PLAIN) for digit in "12345"]
    assert [typed.value if typed else None for typed in values] == ["a", "b", "c", "d", None]


def test_the_last_digit_can_be_rubbed_out() -> None:
    entry = Entry((FINDING_RATING,), Typed("72", 72.0, complete=True))
    shorter = entry.rubbed_out(PLAIN)
    assert shorter.typed == Typed("7", 7.0, complete=False)
    assert shorter.rubbed_out(PLAIN).typed.value is None


def test_the_card_asks_what_the_form_asks() -> None:
    assert card_items(Form()) == (FINDING_BIRADS, FINDING_RATING)
    assert card_items(Form(finding_birads=False)) == (FINDING_RATING,)
    assert card_items(Form(finding_birads=False, finding_rating=False)) == ()


def test_the_summary_goes_breast_by_breast_then_to_the_exam() -> None:
    assert summary_items(Form()) == (
        "birads_right",
        "rating_right",
        "birads_left",
        "rating_left",
        "birads_exam",
        "rating",
        "density",
    )
    exam = Form(rating="exam", birads="exam", density="off")
    assert summary_items(exam) == ("birads_exam", "rating")


def test_the_focus_goes_round() -> None:
    items = ("a", "b", "c")
    assert [next_item(items, "c"), next_item(items, "a", -1), next_item(items, "?")] == [
        "a",
        "c",
        "a",
    ]


@pytest.mark.parametrize(
    ("missing", "with_findings", "asked"),
    [
        (("birads_right", "rating_right", "rating_left"), (), ("rating_right", "rating_left")),
        (("rating_left", "density"), (Side.RIGHT,), ("rating_left",)),
        (("rating_right", "rating_left"), (Side.LEFT,), ("rating_left",)),
        (("rating_right", "rating_left"), tuple(Side), ("rating_right",)),
        (("rating",), (Side.RIGHT,), ("rating",)),
        (("density",), (), ()),
    ],
)
def test_one_typed_rating_serves_both_breasts_only_where_neither_has_a_finding(
    missing: tuple[str, ...], with_findings: tuple[Side, ...], asked: tuple[str, ...]
) -> None:
    assert open_ratings(missing, with_findings) == asked


def test_hints_name_the_digits_of_the_scale() -> None:
    parted = Scales(birads=PARTED)
    assert digits_hint("birads_right", parted) == "0 1 2 3 5, 4 then 1-3"
    assert digits_hint(FINDING_BIRADS, Scales()) == "1 2 3 4 5"
    assert digits_hint("rating", parted) == "0-100"
    assert digits_hint("density", parted) == "1-4 = a-d"


def test_answers_are_shown_as_they_are_typed() -> None:
    assert [value_text(value) for value in (None, 3.0, 12.5, "4B")] == ["-", "3", "12.5", "4B"]
