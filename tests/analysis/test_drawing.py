"""How curves are told apart in figures."""

from analysis.drawing import ARM_COLOURS, ai_style


def test_ai_systems_differ_from_each_other_and_from_readers_without_and_with_them() -> None:
    systems = ("A", "B", "C", "D")
    styles = [ai_style(systems, one) for one in systems]
    assert len({one.colour for one in styles}) == len({str(one.line) for one in styles}) == 4
    assert not {one.colour for one in styles} & set(ARM_COLOURS[:2])
    assert ai_style((*systems, "E"), "E") == styles[0]
