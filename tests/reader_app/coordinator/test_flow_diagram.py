"""The diagram says every number of the flow, in real text that cannot break the file."""

from xml.etree import ElementTree

from reader_app.coordinator.flow_diagram import flow_svg
from study_design.images.arriving.case_flow import CaseFlow, LeftOut
from study_design.images.arriving.file_flow import FileCount, FileFlow

FILES = FileFlow(1322, 5, (FileCount("FOR PROCESSING", 440),), (FileCount("a film", 3),), 874)
TOLD = ("found: 1322", "image: 5", "aside: 440", "Refused: 3", "3  a film", "874", "not used: 2")


def test_every_number_and_reason_stands_in_the_diagram() -> None:
    left = (LeftOut("implant <2 cm & more", 7), LeftOut("dark " * 12, 2))
    root = ElementTree.fromstring(flow_svg(CaseFlow(220, left, 3, 208, 205, FILES, 874, 2)))
    said = " ".join("".join(text.itertext()) for text in root.iter() if text.tag.endswith("text"))
    exams = ("220", "Excluded: 9", "7  implant <2 cm & more", "decision: 3", "208", "205")
    for words in (*exams, *TOLD):
        assert words in said
    assert said.count("dark") == 12


def test_files_that_nobody_counted_are_not_drawn() -> None:
    assert "Files found" not in flow_svg(CaseFlow(220, (), 0, 220, 205))
