import pytest

from study_design.images.person import (
    Person,
    differing,
    groups_of,
    is_one,
    may_be_numbers_of_one,
)

ANNA = Person("Müller^Anna", "19610203", "F")


@pytest.mark.parametrize(
    "name",
    [
        "MÜLLER^ANNA",
        "Mueller^Anna",
        "MULLER^ANNA^MARIA",
        "Müller^Anna^^Dr.",
        "Müller, Anna",
        "Anna Müller",
        "Müller^A",
        "Mu\u0308ller^Anna",
        "Müller^Anna=缪勒^安娜",
        "",
        "Müller",
    ],
)
def test_a_name_that_is_only_written_otherwise_contradicts_nothing(name: str) -> None:
    assert differing(ANNA, Person(name, ANNA.birth_date, "F")) == ()
    assert differing(Person(name, ANNA.birth_date, "F"), ANNA) == ()


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (Person("Müller^Anne", "19610203", "F"), ("name",)),
        (Person("Schmidt^Anna", "19610203", "F"), ("name",)),
        (Person("Müller^Anna", "19610204", "F"), ("birth date",)),
        (Person("Müller^B", "19610203", "F"), ("name",)),
        (Person("Müller^Anna", "19610203", "M"), ("sex",)),
        (Person("Meier^Eva", "19700304", "M"), ("name", "birth date", "sex")),
    ],
)
def test_what_two_headers_contradict_each_other_in_is_told(
    other: Person, what: tuple[str, ...]
) -> None:
    assert differing(ANNA, other) == what
    assert not is_one(ANNA, other)


def test_names_in_characters_are_compared_in_characters() -> None:
    one, other = Person("Wang^Li=王^丽"), Person("WANG^LI=王^莉")
    assert differing(one, other) == ("name",)
    assert differing(one, Person("=王^丽")) == ()
    assert differing(Person("Wang^Li"), Person("=王^莉")) == ()  # nothing to compare


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Person("MUELLER^ANNA", "19610203", ""), True),
        (Person("MUELLER^ANNA", "", "F"), False),
        (Person("Anna", "19610203", "F"), False),
        (Person("Müller^Anna", "19000101", "F"), False),
    ],
)
def test_one_person_is_known_by_name_and_birth_date_alone(other: Person, *, same: bool) -> None:
    assert is_one(ANNA, other) is same


def test_exams_are_grouped_by_person_and_silent_ones_go_with_the_first() -> None:
    eva = Person("Meier^Eva", "19700304", "F")
    exams = [("C3", eva), ("C1", Person()), ("C2", ANNA), ("C4", Person("MULLER^ANNA"))]
    assert groups_of(exams) == (("C1", "C2", "C4"), ("C3",))


def test_a_number_within_a_name_is_no_initial() -> None:
    assert differing(Person("Case^1"), Person("Case^10")) == ("name",)


def test_a_name_of_everybody_is_no_one_s() -> None:
    assert may_be_numbers_of_one(["A", "B"])
    assert not may_be_numbers_of_one(["A", "A"])
    assert not may_be_numbers_of_one("ABCDEF")
