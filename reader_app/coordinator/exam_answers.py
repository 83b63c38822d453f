"""What the Cases page offers as answers to a question on exams or persons, in words."""

from dataclasses import dataclass

from study_design.images.exam_question import Answer, Asked, ExamQuestion

_COUNTS = {2: "Two", 3: "Three", 4: "Four"}


@dataclass(frozen=True, slots=True)
class Settle:
    """A question is answered; `current` is the exam of several that is read, the others priors."""

    question: ExamQuestion
    answer: Answer
    current: str = ""

    def prior_of(self, case: str) -> str:
        """Return the exam of which another becomes a prior by the answer; empty where of none."""
        return self.current if self.answer is Answer.PRIORS and case != self.current else ""

    @property
    def words(self) -> str:
        """The answer as a button says it."""
        cases = self.question.cases
        if self.answer is Answer.PRIORS:
            others = " and ".join(case for case in cases if case != self.current)
            return f"Read {self.current}, keep {others} as its prior"
        if self.answer is Answer.CASES:
            return f"Read {'both' if len(cases) == 2 else 'all'} as cases of their own"
        if self.answer is Answer.SEVERAL_PERSONS:
            count = len(self.question.groups)
            return f"{_COUNTS.get(count, count)} persons"
        if self.answer is Answer.ONE_PERSON:
            return "One person"
        return "One exam" if self.question.asked is Asked.DATES else "One exam, stored twice"


def offers(question: ExamQuestion) -> tuple[Settle, ...]:
    """Return the answers to a question; where dates tell no order, any exam may be the one read."""
    found: list[Settle] = []
    for answer in question.answers:
        if answer is not Answer.PRIORS:
            found.append(Settle(question, answer))
            continue
        is_ordered = all(days is not None for days in question.days)
        wanted = question.cases[:1] if is_ordered else question.cases
        found += [Settle(question, answer, current) for current in wanted]
    return tuple(found)
