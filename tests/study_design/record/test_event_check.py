"""Rows that no clock and no calendar can have written are damage, told where they are read."""

import sqlite3
from datetime import datetime

import pytest

from study_design.errors import RecordError
from study_design.life.integrity import verify_study
from study_design.life.status import study_status
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def change(folder: StudyFolder, column: str, value: object) -> None:
    connection = sqlite3.connect(folder.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute(f"UPDATE events SET {column} = ? WHERE number = 5", (value,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at_utc", "2026-13-45T99:00:00Z"),
        ("at_utc", "yesterday"),
        ("at_utc", ""),
        ("at_utc", "2026-11-01T08:00:00"),
        ("at_utc", "0001-01-01T00:00:00Z"),
        ("at_utc", "9999-12-31T23:59:59Z"),
        ("at_utc", 5),
        ("at_utc", b"\xff"),
        ("utc_offset_min", 10**18),
        ("utc_offset_min", "far"),
        ("elapsed_s", float("inf")),
        ("elapsed_s", 1e300),
        ("elapsed_s", "long"),
        ("actor", b"\xff\xfe"),
        ("sitting", b"\x00"),
        ("payload", "9" * 5000),
        ("payload", '{"value": ' + "9" * 5000 + "}"),
        ("payload", "[" * 100_000),
        ("payload", b"\xff"),
        ("payload", 5),
        ("type", "nonsense"),
    ],
)
def test_a_row_that_cannot_be_is_damage_in_one_line(
    read_study: StudyFolder, now: datetime, column: str, value: object
) -> None:
    change(read_study, column, value)
    with open_store(read_study) as store:
        with pytest.raises(RecordError, match="damaged") as refused:
            store.events()
        assert str(refused.value).count("\n") == 0
        assert store.verify_chain() != ()
    assert [problem for problem in verify_study(read_study) if problem.grave]
    with pytest.raises(RecordError, match="damaged"):
        study_status(read_study, now=now, report=lambda *_: None)


@pytest.mark.parametrize("value", ["1e999", "1E+400", "-1e999", "9" * 400])
def test_a_number_in_a_payload_that_nothing_is_counted_in_is_damage(
    read_study: StudyFolder, value: str
) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute(
        "UPDATE events SET payload = replace(payload, '30.1', ?) WHERE type = 'read_validated'",
        (value,),
    )
    connection.commit()
    connection.close()
    with open_store(read_study) as store, pytest.raises(RecordError, match="damaged"):
        store.events()
