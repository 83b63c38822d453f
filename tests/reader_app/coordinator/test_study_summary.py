"""A list of studies says how far each is, and nothing of results."""

from pathlib import Path

from reader_app.coordinator.study_summary import studies_below, summary_of
from study_design.study_folder import StudyFolder


def test_a_new_study_is_being_set_up(folder: StudyFolder) -> None:
    summary = summary_of(folder)
    assert summary.state == "being set up"
    assert summary.readers == ()
    assert not summary.problem


def test_a_damaged_study_is_listed_with_what_is_wrong(folder: StudyFolder) -> None:
    folder.study_toml.write_text("schema = one")
    summary = summary_of(folder)
    assert "study.toml" in summary.problem
    assert summary.title == folder.path.name


def test_studies_are_found_in_a_folder_and_below_it(folder: StudyFolder, tmp_path: Path) -> None:
    assert [study.path for study in studies_below(tmp_path)] == [folder.path]
    assert [study.path for study in studies_below(folder.path)] == [folder.path]
    assert list(studies_below(tmp_path / "nowhere")) == []
