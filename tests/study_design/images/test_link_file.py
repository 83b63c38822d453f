"""Identifiers lead to cases and images; the file that ties them is sealed and never lost."""

import csv
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.encryption import (
    EncryptionError,
    NamedKey,
    decrypt,
    decrypt_with_passphrase,
    encrypt,
    encrypt_with_passphrase,
)
from study_design.errors import BadInputError
from study_design.images.link_file import COLUMNS, LinkFile, LinkRow, discard_link, missing_link
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


def test_an_identifier_that_two_cases_share_is_refused_by_their_names() -> None:
    second_exam = replace(OTHER, original_patient="=PAT 1")
    with pytest.raises(BadInputError, match="C001, C002"):
        LinkFile((ROW, second_exam)).resolve_case("=PAT 1")


def test_a_hospital_s_identifier_that_spells_like_another_case_is_refused() -> None:
    link = LinkFile((ROW, replace(OTHER, original_patient="C001")))
    with pytest.raises(BadInputError, match=r"'C001' to name one .* got C001, C002"):
        link.resolve_case("C001")
    assert link.resolve_case("2.25.1") == "C001"


def test_a_file_named_like_another_image_is_refused() -> None:
    link = LinkFile((ROW, replace(OTHER, original_path="x/C001-R-CC.dcm")))
    with pytest.raises(BadInputError, match="got C001-R-CC, C002-R-CC"):
        link.resolve_image("C001-R-CC")


def test_the_file_comes_back_as_it_was_written_and_shows_nothing(study: StudyFolder) -> None:
    link = LinkFile((ROW, replace(OTHER, days_shifted="17")))
    link.write(study)
    assert LinkFile.read(study) == link
    content = study.link_file.read_bytes()
    for secret in (b"PAT 1", b"ACC", b"1.2.3.4", b"IM0001", b"C001"):
        assert secret not in content
    assert link.with_rows([], images=frozenset({"C001-R-CC"})).rows == (ROW,)


def test_a_plain_link_file_of_earlier_versions_is_taken_over(study: StudyFolder) -> None:
    earlier = COLUMNS[:-1]
    with study.plain_link_csv.open("w", newline="") as file:
        writer = csv.DictWriter(file, earlier)
        writer.writeheader()
        writer.writerow({name: asdict(OTHER)[name] for name in earlier})
    assert LinkFile.read(study) == LinkFile((OTHER,))
    assert not study.plain_link_csv.exists()
    assert LinkFile.read(study) == LinkFile((OTHER,))


def test_another_account_is_told_how_to_get_the_link_file(
    study: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = LinkFile((ROW, OTHER))
    link.write(study)
    link.export(tmp_path / "carried", "a long passphrase")
    assert b"PAT 1" not in (tmp_path / "carried").read_bytes()
    with pytest.raises(BadInputError, match="in use already"):
        LinkFile.bring(study, tmp_path / "carried", "a long passphrase")
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "another account"))
    with pytest.raises(BadInputError, match="crossread link STUDY --export FILE"):
        LinkFile.read(study)
    with pytest.raises(BadInputError, match="crossread link STUDY --bring FILE"):
        link.write(study)
    with pytest.raises(EncryptionError, match="Check the passphrase"):
        LinkFile.bring(study, tmp_path / "carried", "another passphrase")
    assert LinkFile.bring(study, tmp_path / "carried", "a long passphrase") == link
    assert LinkFile.read(study) == link


def test_what_is_lost_without_the_link_file_is_said(study: StudyFolder) -> None:
    assert not missing_link(study, 0)
    assert "an exam imported again would count as a new case" in missing_link(study, 4)
    LinkFile((ROW,)).write(study)
    assert not missing_link(study, 4)


def test_a_discarded_link_file_can_never_be_read_again(study: StudyFolder) -> None:
    discard_link(study)
    LinkFile((ROW,)).write(study)
    copied = study.link_file.read_bytes()
    discard_link(study)
    assert not study.link_file.exists()
    study.link_file.write_bytes(copied)
    with pytest.raises(BadInputError, match="Expected the key"):
        LinkFile.read(study)


@given(content=st.binary(max_size=300), place=st.integers(0), bit=st.integers(0, 7))
def test_an_altered_byte_is_noticed_wherever_it_is(content: bytes, place: int, bit: int) -> None:
    by = NamedKey("0" * 36, b"k" * 32)
    sealed = bytearray(encrypt(content, by))
    assert decrypt(bytes(sealed), by.key) == content
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(EncryptionError):
        decrypt(bytes(sealed), by.key)


def test_a_short_passphrase_and_a_strange_file_are_refused() -> None:
    with pytest.raises(EncryptionError, match="10 characters or more, got 5"):
        encrypt_with_passphrase(b"", "short")
    with pytest.raises(EncryptionError, match="crossread link STUDY --export FILE"):
        decrypt_with_passphrase(b"case,patient\n", "a long passphrase")
