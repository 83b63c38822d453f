"""What comes next is said in the words of the gate, not by the name of a cell."""

from dataclasses import replace

import pytest

from reader_app.commands.parts.status_words import status_lines
from study_design.life.status import ReaderStatus, ReadingFlags, StudyStatus
from study_design.record.reads.next_read import INTERRUPTED, REOPENED

FLAGS = ReadingFlags(0, 0, 0.0, 0, 0.0, 0, ())
READER = ReaderStatus(
    reader="senior-1",
    group="senior",
    kind="human",
    done=9,
    left=11,
    to_redo=0,
    next_cell="R01-P1-010",
    next_position=10,
    next_total=20,
    next_period=1,
    next_state="",
    on_word=False,
    opens_at="2026-11-20T09:00:00.000000Z",
    open_now=True,
    last_read=None,
    median_active_s=None,
    flags=FLAGS,
)


def said(reader: ReaderStatus) -> list[str]:
    status = StudyStatus("Trial", "being read", False, 1, 20, (), (reader,), 0, ())
    return list(status_lines(status, "study"))[1:]


@pytest.mark.parametrize(
    ("reader", "lines"),
    [
        (
            READER,
            [
                "senior-1 (senior): 9 read, 11 left",
                "  next: case 10 of 20, period 1, may be read now",
            ],
        ),
        (
            replace(READER, open_now=False, next_period=2, next_position=1),
            [
                "senior-1 (senior): 9 read, 11 left",
                "  next: case 1 of 20, period 2, may be read from 2026-11-20 09:00 UTC",
            ],
        ),
        (
            replace(READER, to_redo=1, next_position=2, next_state=REOPENED),
            [
                "senior-1 (senior): 9 read (1 to be done again), 11 left",
                "  next: case 2 of 20, period 1, to be done again, may be read now",
            ],
        ),
        (
            replace(READER, next_state=INTERRUPTED),
            [
                "senior-1 (senior): 9 read, 11 left",
                "  next: case 10 of 20, period 1, interrupted, may be read now",
            ],
        ),
        (
            replace(READER, next_position=1, next_period=2, on_word=True),
            [
                "senior-1 (senior): 9 read, 11 left",
                "  next: case 1 of 20, period 2, may be read now, on trusted time or an "
                "attestation: crossread attest",
            ],
        ),
        (
            replace(READER, left=0, next_cell=None, opens_at=None),
            ["senior-1 (senior): 9 read, 0 left"],
        ),
    ],
)
def test_the_next_read_is_said_as_the_gate_says_it(reader: ReaderStatus, lines: list[str]) -> None:
    assert said(reader) == lines


def test_what_clocks_did_and_what_stayed_out_is_said_before_the_readers() -> None:
    clocks = ("A clock was set.",)
    status = StudyStatus("Trial", "being read", False, 1, 20, (), (), 0, clocks, left_out=3)
    assert list(status_lines(status, "study"))[1:] == [
        "  clock: A clock was set.",
        "  3 files brought and not in the study; crossread files study names them and why",
    ]
