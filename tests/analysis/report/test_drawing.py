"""How curves are told apart in figures."""

import warnings

import pytest
from matplotlib.figure import Figure

from analysis.report.drawing import (
    ARM_COLOURS,
    NO_GLYPH_WORDS,
    Caption,
    ai_style,
    drawn,
    legend_name,
)


def test_ai_systems_differ_from_each_other_and_from_readers_without_and_with_them() -> None:
    systems = ("A", "B", "C", "D")
    styles = [ai_style(systems, one) for one in systems]
    assert len({one.colour for one in styles}) == len({str(one.line) for one in styles}) == 4
    assert not {one.colour for one in styles} & set(ARM_COLOURS[:2])
    assert ai_style((*systems, "E"), "E") == styles[0]


def _drawn(text: str) -> str:
    """Return the caption of a figure with a text on it; any warning is an error."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.plot([0, 1], [0, 1], label=legend_name(text))
        axes.legend()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = drawn("f", Caption("F", "What is seen."), 2.0, draw, stamps=())
    assert text.strip() in figure.svg
    return figure.caption


@pytest.mark.parametrize("name", ["R$1", "$x$ and $y", "a_b^c", "_hidden", "\\frac"])
def test_names_are_drawn_as_they_are(name: str) -> None:
    assert _drawn(name) == "What is seen."


def test_letters_without_a_glyph_are_told_in_the_caption_and_not_on_the_console() -> None:
    nobody_has = "\N{CUNEIFORM SIGN A}"
    assert _drawn(nobody_has) == f"What is seen.{NO_GLYPH_WORDS}"


def test_other_warnings_of_drawing_are_not_hidden() -> None:
    def draw(figure: Figure) -> None:
        del figure
        warnings.warn("look here", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning, match="look here"):
        drawn("f", Caption("F", "Text."), 1.0, draw, stamps=())
