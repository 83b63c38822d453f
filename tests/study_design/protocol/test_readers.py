"""Readers join in order, once each, in a group of the study."""

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError, ProtocolError
from study_design.life.joining import add_reader
from study_design.protocol.readers import READERS, ReaderProfile, read_readers, reader_named
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import ReaderKind

HUMAN, CONSENSUS = ReaderKind.HUMAN, ReaderKind.CONSENSUS


def test_readers_keep_the_order_in_which_they_joined(study: StudyFolder) -> None:
    late = ReaderProfile("A.first", HUMAN, "senior", years=16.5, volume=4000, site="Köln")
    joined = add_reader(study, late)
    assert [profile.reader for profile in joined] == ["junior1", "senior1", "A.first"]
    assert read_readers(study) == joined
    assert reader_named(study, "A.first") == late
    assert read_csv(study.readers_csv).columns == READERS.columns


def test_a_study_begins_without_readers(study: StudyFolder) -> None:
    study.readers_csv.unlink()
    assert read_readers(study) == ()


def test_a_consensus_names_its_members(study: StudyFolder) -> None:
    both = ReaderProfile("both", CONSENSUS, "senior", members=("junior1", "senior1"))
    assert add_reader(study, both)[-1] == both
    assert read_readers(study)[-1].members == ("junior1", "senior1")


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        (ReaderProfile("junior1", HUMAN, "junior"), "Expected each reader once, got junior1"),
        (ReaderProfile("JUNIOR1", HUMAN, "junior"), "got JUNIOR1 beside junior1"),
        (ReaderProfile("x", HUMAN, "expert"), r"groups \(junior, senior\), got 'expert'"),
        (ReaderProfile("", HUMAN, "junior"), "letters, digits and _ . -"),
        (ReaderProfile("a/b", HUMAN, "junior"), "letters, digits and _ . -"),
        (ReaderProfile("c", CONSENSUS, "junior", ("junior1",)), "two or more readers"),
        (ReaderProfile("c", CONSENSUS, "junior", ("junior1", "me")), r"got junior1\+me"),
        (ReaderProfile("x", HUMAN, "junior", ("junior1",)), "members of a consensus only"),
        (ReaderProfile("x", HUMAN, "junior", years=-3.0), "years of 0 or more, got -3"),
        (ReaderProfile("x", HUMAN, "junior", volume=math.inf), "volume of 0 or more, got inf"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_and_nothing_written(
    study: StudyFolder, profile: ReaderProfile, line: str
) -> None:
    before = study.readers_csv.read_bytes()
    with pytest.raises(BadInputError, match=line):
        add_reader(study, profile)
    assert study.readers_csv.read_bytes() == before


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("x,robot,,junior,,,", "row 2: expected the kind human, consensus, simulated, got 'robot'"),
        ("x,human,,junior,many,,", "row 2, years: expected a number, got 'many'"),
    ],
)
def test_a_wrong_cell_in_the_file_is_named(study: StudyFolder, row: str, line: str) -> None:
    study.readers_csv.write_text(f"{','.join(READERS.columns)}\n{row}\n")
    with pytest.raises(BadInputError, match=line):
        read_readers(study)


def test_nobody_joins_a_locked_study_and_a_stranger_is_named(locked_study: StudyFolder) -> None:
    with pytest.raises(ProtocolError, match="locked, so Crossread cannot add a reader"):
        add_reader(locked_study, ReaderProfile("late", HUMAN, "junior"))
    with pytest.raises(ProtocolError, match=r"\(junior1, senior1\), got 'late'"):
        reader_named(locked_study, "late")


profiles = st.builds(
    ReaderProfile,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", fullmatch=True),
    st.sampled_from((HUMAN, ReaderKind.SIMULATED)),
    st.sampled_from(("junior", "senior")),
    years=st.none() | st.floats(0, 70),
    volume=st.none() | st.floats(0, 1e6),
    # Cells come back without outer spaces, and an apostrophe before = + - @ is the escape itself.
    site=st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="'")
    ).map(str.strip),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(profiles, max_size=4, unique_by=lambda profile: profile.reader.casefold()))
def test_the_file_gives_back_what_was_written(
    study: StudyFolder, joining: list[ReaderProfile]
) -> None:
    Path(study.readers_csv).unlink(missing_ok=True)
    for profile in joining:
        add_reader(study, profile)
    assert read_readers(study) == tuple(joining)
