"""What a study exports for other programs is what its own tables say."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import ProtocolError
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.exchange.ratings.rating_file import read_rating_table
from study_design.life.freezing import freeze_study
from study_design.record.actor import Actor
from study_design.results import study_tables
from study_design.study_folder import StudyFolder


@pytest.mark.parametrize("form", list(WRITERS))
def test_an_exported_study_is_read_back_as_its_tables_under_its_own_names(
    read_study: StudyFolder, tmp_path: Path, now: datetime, form: str
) -> None:
    freeze_study(read_study, by=Actor("Coordinator"), now=now + timedelta(days=60))
    ratings, key = export_ratings(read_study, tmp_path / "out", form)
    assert (ratings.name, key.name) == (WRITERS[form][0], f"{WRITERS[form][0]}.key.csv")
    # A spreadsheet keeps 15 significant digits of a number; the text files keep all.
    digits = 15 if form == "rjafroc" else 17
    tables = study_tables(read_study)
    truth = dict(zip(tables.reference["case"], tables.reference["truth"], strict=True))
    expected = {
        (
            *(read["reader"], read["arm"], read["case"], truth[read["case"]]),
            f"{read['rating']:.{digits}g}",
        )
        for read in tables.reads.to_dict("records")
    }
    rows = read_rating_table(ratings).table.rows
    assert len(rows) == len(tables.reads) > 0
    assert {
        (
            *(row["reader"], row["arm"], row["case"], float(row["truth"])),
            f"{float(row['rating']):.{digits}g}",
        )
        for row in rows
    } == expected


@pytest.mark.parametrize("form", list(WRITERS))
def test_truth_and_reads_leave_an_open_study_in_no_format(
    read_study: StudyFolder, tmp_path: Path, form: str
) -> None:
    with pytest.raises(ProtocolError, match="is still open"):
        export_ratings(read_study, tmp_path / "out", form)
    assert not (tmp_path / "out").exists()
