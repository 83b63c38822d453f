"""The list of files: what needs a look first, found by any word of a row."""

from pathlib import Path

from reader_app.coordinator.file_rows import file_rows, import_ended, left_out, need_a_look, summary
from study_design.images.arriving.import_report import FileReport, ImportReport
from study_design.images.messages import Verdict
from study_design.vocabulary import View

FILES = (
    FileReport(Path("/h/a.dcm"), Verdict.ACCEPTED, "", "C001", View("R-CC"), image="C001-R-CC"),
    FileReport(Path("/h/b.dcm"), Verdict.ACCEPTED, "no spacing", "C001", View("L-CC"), image="x"),
    FileReport(Path("/h/c.dcm"), Verdict.EXTRA, "which view is it?", "C001", image="C001-X1"),
    FileReport(Path("/h/d.dcm"), Verdict.EXTRA, "tomosynthesis", "C001"),
    FileReport(Path("/h/e.dcm"), Verdict.DUPLICATE, "the same file", "C001", image="C001-R-CC"),
    FileReport(Path("/S.incoming/receive/1.2.dcm"), Verdict.REFUSED, "damaged"),
)


def test_what_was_simply_taken_is_not_listed_and_the_refused_come_first() -> None:
    rows = file_rows(FILES)
    assert [row.name for row in rows] == ["sent: 1.2", "c.dcm", "d.dcm", "e.dcm", "b.dcm"]
    assert rows[-1].cells == ("b.dcm", "taken", "C001", "L CC", "no spacing")


def test_files_of_the_import_at_hand_come_before_all_others() -> None:
    rows = file_rows(FILES, frozenset({Path("/h/e.dcm")}))
    assert [row.is_new for row in rows] == [True, False, False, False, False]
    assert rows[0].name == "e.dcm"


def test_an_image_that_waits_for_its_slot_is_not_left_out() -> None:
    assert left_out(FILES) == 3


def test_a_copy_needs_no_look() -> None:
    assert need_a_look(file_rows(FILES)) == 4


def test_the_summary_counts_every_file_once() -> None:
    assert summary(FILES) == (
        "6 files were brought to this study: 1 not taken, 1 in no slot, 1 left aside, 1 a copy, "
        "2 taken, "
        "1 of them with a note."
    )
    assert summary(()).startswith("No file has been imported")


def test_every_word_of_a_search_must_stand_somewhere_in_the_row() -> None:
    row = file_rows(FILES)[2]
    assert row.has("TOMO c001")
    assert row.has("")
    assert not row.has("tomo C002")


def test_an_import_says_how_many_it_took_and_what_of_the_others() -> None:
    assert import_ended(ImportReport(FILES[:1])) == "1 of 1 file was taken."
    assert import_ended(ImportReport(FILES[:3])) == (
        "2 of 3 files were taken. The others are listed under Files."
    )
    assert import_ended(ImportReport(FILES[:1], not_reached=1)) == (
        "1 of 1 file was taken. Stopped before 1 file: press Import to go on."
    )
