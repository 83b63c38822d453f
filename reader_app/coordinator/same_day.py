"""Two exams of one patient on one day: one may be read and the other left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from reader_app.coordinator.exam_changes import Exclude
from study_design.images.exam_question import Asked, ExamQuestion

WHY_OUT = "another exam of the same day is read"


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """One exam of a day is read, the others of the day are not."""

    read: str
    out: tuple[str, ...]

    @property
    def words(self) -> str:
        """The answer as a button says it."""
        return f"Read {self.read}, leave {' and '.join(self.out)} out"

    @property
    def exclusions(self) -> tuple[Exclude, ...]:
        """The changes that it makes."""
        return tuple(Exclude(case, WHY_OUT) for case in self.out)


def leave_outs(question: ExamQuestion) -> Iterator[LeaveOut]:
    """Return for each exam of a day with several that it alone may be read."""
    if question.asked is not Asked.EXAMS:
        return
    for case in question.cases:
        day = question.days_of(case)
        others = tuple(
            one for one in question.cases if one != case and question.days_of(one) == day
        )
        if day is not None and others:
            yield LeaveOut(case, others)
