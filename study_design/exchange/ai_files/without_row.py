"""Cases of which files of AI results say nothing, or of some images alone that nothing is there.

Neither means nothing found, nor not processed: whoever brings the files in says which it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from study_design.counted import counted
from study_design.detections import SystemResults
from study_design.vocabulary import AiStatus

_NAMED = 5


class WithoutRow(StrEnum):
    """What holds for a case without a row."""

    NONE = "none"
    """The system looked at it and found nothing."""
    NOT_PROCESSED = "not_processed"
    """The system did not look at it."""


MEANINGS = {
    WithoutRow.NONE: "looked at, nothing found",
    WithoutRow.NOT_PROCESSED: "not looked at",
}


@dataclass(frozen=True, slots=True)
class UnsaidCase:
    """A case of which the files do not say whether the system looked at the whole of it.

    Attributes
    ----------
    clear
        Images on which the files say that nothing was found; 0 where they say nothing of the case.
    images
        Images that the exam has.
    """

    case: str
    clear: int
    images: int

    def __str__(self) -> str:
        return f"{self.clear} of {self.images} images of case {self.case}"


def unsaid_words(unsaid: Sequence[UnsaidCase], cases: int) -> str:
    """Return how far the files go: `got nothing of 2 of 4 cases (C002, C003)` without its verb.

    Parameters
    ----------
    cases
        Cases of the study that are not excluded.
    """
    silent = [one.case for one in unsaid if not one.clear]
    partly = [str(one) for one in unsaid if one.clear]
    said = []
    if partly:
        said.append(f"{_some(partly)} alone, without a finding")
    if silent:
        said.append(f"nothing of {len(silent)} of {cases} cases ({_some(silent)})")
    return " and ".join(said)


def unsaid_question(unsaid: Sequence[UnsaidCase], cases: int) -> str:
    """Return what is asked, in one line."""
    return (
        f"expected a row on every image of every case, got {unsaid_words(unsaid, cases)}. Say what "
        f"holds without a row: --without-row {WithoutRow.NONE} ({MEANINGS[WithoutRow.NONE]}) or "
        f"--without-row {WithoutRow.NOT_PROCESSED} ({MEANINGS[WithoutRow.NOT_PROCESSED]})."
    )


def with_answer(
    results: SystemResults, unsaid: Sequence[UnsaidCase], answer: WithoutRow
) -> SystemResults:
    """Return results in which cases without a row ended as somebody says, which stands in them."""
    status = AiStatus(answer)
    asked = {one.case for one in unsaid}
    cases = tuple(
        replace(case, status=status) if case.case in asked else case for case in results.cases
    )
    said = f"{answer_words(len(asked), answer)}, as was said when they came in"
    return replace(results, cases=cases, provenance=f"{results.provenance}; {said}")


def answer_words(count: int, answer: WithoutRow) -> str:
    """Return what was said of cases without a row: `3 cases without a row: not looked at`."""
    return f"{counted(count, 'case')} without a row: {MEANINGS[answer]}"


def _some(names: Sequence[str]) -> str:
    """Return the first names."""
    return ", ".join(names[:_NAMED]) + (", ..." if names[_NAMED:] else "")
