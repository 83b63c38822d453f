import pytest

from study_design.errors import BadInputError
from study_design.images.link_file import LinkFile, LinkRow
from study_design.study_folder import StudyFolder

ROW = LinkRow(
    case="C001",
    patient="P001",
    image="C001-R-CC",
    view="R-CC",
    study_uid="2.25.1",
    sop_uid="2.25.2",
    original_patient="=PAT 1",
    original_accession="ACC",
    original_study_uid="1.2.3",
    original_sop_uid="1.2.3.4",
    original_path="/somewhere/IM0001.dcm",
)
OTHER = LinkRow("C002", "P002", "C002-R-CC", "R-CC", "2.25.3", "2.25.4", original_path="x/IM2")


def test_every_identifier_leads_to_the_case() -> None:
    link = LinkFile((ROW, OTHER))
    for text in (
        "C001", "C001-R-CC", "=PAT 1", "ACC", "1.2.3", "2.25.1", "1.2.3.4", "2.25.2",
        "IM0001.dcm", "IM0001", " C001 ", "/somewhere/IM0001.dcm",
    ):  # fmt: skip
        assert link.resolve_case(text) == "C001"
    assert link.resolve_case("unknown") is None
    assert link.resolve_case("") is None


def test_identifiers_of_an_image_lead_to_the_image() -> None:
    link = LinkFile((ROW, OTHER))
    for text in ("C002-R-CC", "IM2", "2.25.4"):
        assert link.resolve_image(text) == "C002-R-CC"
    assert link.resolve_image("C001") is None


def test_an_ambiguous_identifier_is_refused() -> None:
    with pytest.raises(BadInputError, match="C001, C002"):
        LinkFile((ROW, OTHER)).resolve_case("") or LinkFile(
            (ROW, LinkRow("C002", "P001", "C002-R-CC", "R-CC", "a", "b", original_patient="=PAT 1"))
        ).resolve_case("=PAT 1")


def test_the_file_comes_back_as_it_was_written(study: StudyFolder) -> None:
    link = LinkFile((ROW, OTHER))
    link.write(study)
    assert LinkFile.read(study) == link
    assert link.with_rows([], images=frozenset({"C001-R-CC"})).rows == (ROW,)
