"""Titles and addresses in a DICOM network."""

import pytest

from study_design.errors import BadInputError
from study_design.images.network.dicom_entity import Partner, partner_at


@pytest.mark.parametrize(
    ("text", "partner"),
    [
        ("PACS@10.0.0.1:104", Partner("PACS", "10.0.0.1", 104)),
        (" MY PACS@pacs.example.org:11112 ", Partner("MY PACS", "pacs.example.org", 11112)),
        ("PACS@[2001:db8::1]:104", Partner("PACS", "2001:db8::1", 104)),
    ],
)
def test_an_archive_is_named_by_title_host_and_port(text: str, partner: Partner) -> None:
    assert partner_at(text) == partner


@pytest.mark.parametrize(
    "text",
    [
        *("", "PACS", "PACS@host", "@host:104", "PACS@host:0", "PACS@host:70000", "PACS@:104"),
        *("A TITLE THAT IS TOO LONG@host:104", "PA\\CS@host:104", "PACS@ho st:104"),
    ],
)
def test_what_is_no_archive_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInputError) as refused:
        partner_at(text)
    assert "\n" not in str(refused.value)
