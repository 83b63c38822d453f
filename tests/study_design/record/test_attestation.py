"""A gap rests on a person's word for a day after it was given, and else on the station's clock."""

from datetime import datetime, timedelta

import pytest

from study_design.record.acts import Signature
from study_design.record.attestation import gap_basis
from study_design.record.signed_acts import attest_date
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import GapBasis


@pytest.mark.parametrize(
    ("after", "basis"),
    [
        (timedelta(), GapBasis.ATTESTED),
        (timedelta(hours=24), GapBasis.ATTESTED),
        (timedelta(hours=24, seconds=1), GapBasis.LOCAL),
        (timedelta(days=21), GapBasis.LOCAL),
        (timedelta(seconds=-1), GapBasis.LOCAL),
    ],
)
def test_an_attestation_holds_for_a_day(
    locked_study: StudyFolder, now: datetime, after: timedelta, basis: GapBasis
) -> None:
    attest_date(locked_study, Signature("Ann", "by the clock on the wall", now))
    with open_store(locked_study) as store:
        events = store.events()
    assert gap_basis(events, now + after, simulated=False) is basis
    assert gap_basis(events, now + after, simulated=True) is GapBasis.SIMULATED
