"""What of an earlier read goes over into the one that takes its place."""

from dataclasses import replace

import pytest

from reader_app.reading.draft import Draft
from reader_app.reading.reads_done import carried_over
from study_design.geometry import Point
from study_design.protocol.study_file import Form, read_study_file
from study_design.reads import Answers, Finding, Mark, Read
from study_design.study_folder import StudyFolder
from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import AbnormalityType, View

MASS = Finding(
    1,
    (AbnormalityType.MASS,),
    (Mark(1, View.R_CC, "R-CC", "point", (Point(1.0, 2.0),)),),
    birads="4",
    rating=60.0,
)
ORDER = SuspicionOrder(("1", "2", "3", "4", "5"))
GIVEN = Answers(birads_left="1", rating_left=2.0, density="b")


class Before:
    """A validated read, as far as its answers go."""

    def __init__(self, draft: Draft, form: Form) -> None:
        self.findings, self.answers = draft.findings, draft.rolled_up(form, ORDER)


@pytest.mark.parametrize("rating", ["breast", "exam"])
@pytest.mark.parametrize("birads", ["breast", "exam"])
@pytest.mark.parametrize("given", [GIVEN, replace(GIVEN, birads_right="5", rating=90.0)])
def test_the_answers_are_kept_and_what_follows_from_findings_follows_again(
    folder: StudyFolder, rating: str, birads: str, given: Answers
) -> None:
    form = Form.model_validate({"rating": rating, "birads": birads})
    study = read_study_file(folder.study_toml).model_copy(update={"form": form})
    draft = Draft((MASS,), given)
    before: Read = Before(draft, form)  # type: ignore[assignment]
    after = carried_over(before, study)
    assert after.rolled_up(form, ORDER) == draft.rolled_up(form, ORDER)
    worse = replace(MASS, birads="5", rating=95.0)
    changed, expected = after.with_finding(worse), draft.with_finding(worse)
    assert changed.rolled_up(form, ORDER) == expected.rolled_up(form, ORDER)
