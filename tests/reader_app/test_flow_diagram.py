"""The diagram says every number of the flow, in real text that cannot break the file."""

from xml.etree import ElementTree

from reader_app.flow_diagram import flow_svg
from study_design.images.case_flow import CaseFlow, LeftOut


def test_every_number_and_reason_stands_in_the_diagram() -> None:
    left = (LeftOut("implant <2 cm & more", 7), LeftOut("dark " * 12, 2))
    root = ElementTree.fromstring(flow_svg(CaseFlow(220, left, 3, 208, 205)))
    said = " ".join("".join(text.itertext()) for text in root.iter() if text.tag.endswith("text"))
    for words in ("220", "Excluded: 9", "7  implant <2 cm & more", "decision: 3", "208", "205"):
        assert words in said
    assert said.count("dark") == 12
