import pytest

from study_design.images.header.orientation import Edge, Flips, flips_for
from study_design.vocabulary import View


@pytest.mark.parametrize(
    ("view", "said", "horizontal", "vertical"),
    [
        (View.R_CC, ("P", "L"), False, False),
        (View.L_CC, ("A", "R"), False, False),
        (View.R_MLO, ("P", "FL"), False, False),
        (View.R_MLO, ("P", "F"), False, False),
        (View.L_MLO, ("A", "FR"), False, False),
        (View.L_MLO, ("A", "F"), False, False),
        (View.R_CC, ("A", "L"), True, False),
        (View.R_CC, ("A", "R"), True, True),
        (View.L_CC, ("A", "L"), False, True),
        (View.L_CC, ("P", "L"), True, True),
        (View.R_MLO, ("A", "HR"), True, True),
        (View.L_MLO, ("P", "FR"), True, False),
        (View.R_MLO, ("P", "LF"), False, False),
        (View.R_MLO, ("P", "R"), False, True),
    ],
)
def test_patient_orientation_is_turned_to_the_hanging(
    view: View, said: tuple[str, ...], horizontal: bool, vertical: bool
) -> None:
    assert flips_for(view, said, None) == Flips(horizontal, vertical)


@pytest.mark.parametrize(
    ("view", "chest_wall", "horizontal"),
    [
        (View.R_CC, Edge.LEFT, True),
        (View.R_CC, Edge.RIGHT, False),
        (View.L_MLO, Edge.LEFT, False),
        (View.L_MLO, Edge.RIGHT, True),
    ],
)
def test_the_chest_wall_decides_where_the_tag_is_absent(
    view: View, chest_wall: Edge, horizontal: bool
) -> None:
    flips = flips_for(view, (), chest_wall)
    assert (flips.horizontal, flips.vertical) == (horizontal, False)
    assert "the chest wall in the picture decided" in flips.note


def test_a_tag_that_the_picture_contradicts_is_followed_and_noted() -> None:
    flips = flips_for(View.R_CC, ("P", "L"), Edge.LEFT)
    assert not flips.horizontal
    assert "disagree" in flips.doubt


@pytest.mark.parametrize(
    ("view", "said", "horizontal", "vertical", "mirrored"),
    [
        (View.L_CC, ("R", "A"), False, False, True),
        (View.L_CC, ("R", "P"), True, False, False),
        (View.R_CC, ("L", "P"), False, False, True),
        (View.R_CC, ("R", "A"), True, True, True),
        (View.R_MLO, ("F", "P"), False, False, True),
        (View.R_MLO, ("HR", "P"), False, True, False),
        (View.L_MLO, ("FR", "P"), True, False, False),
    ],
)
def test_a_picture_stored_on_its_side_is_turned_before_it_is_flipped(
    view: View, said: tuple[str, ...], horizontal: bool, vertical: bool, mirrored: bool
) -> None:
    flips = flips_for(view, said, None)
    assert flips == Flips(horizontal, vertical, transposed=True)
    assert flips.mirrored is mirrored


def test_the_chest_wall_of_a_picture_on_its_side_is_looked_for_above_and_below() -> None:
    assert flips_for(View.R_CC, ("L", "P"), Edge.BOTTOM).doubt == ""
    assert "disagree" in flips_for(View.R_CC, ("L", "P"), Edge.TOP).doubt


def test_an_upright_tag_on_a_picture_that_lies_on_its_side_is_doubted() -> None:
    assert "disagree" in flips_for(View.R_CC, ("P", "L"), Edge.TOP).doubt


def test_a_picture_on_its_side_that_no_tag_turns_is_shown_as_stored_and_doubted() -> None:
    flips = flips_for(View.R_CC, ("X", "Y"), Edge.TOP)
    assert (flips.transposed, flips.doubt) == (False, "orientation unknown, shown as stored")


def test_a_sideways_tag_on_an_upright_picture_is_not_believed() -> None:
    flips = flips_for(View.L_CC, ("R", "P"), Edge.RIGHT)
    assert (flips.horizontal, flips.transposed) == (True, False)
    assert "disagree" in flips.doubt


def test_nothing_known_is_shown_as_stored_and_noted() -> None:
    assert flips_for(View.R_CC, (), None) == Flips(
        False, False, doubt="orientation unknown, shown as stored"
    )
