"""What a read says that cannot all be meant, by the protocol's scales: asked about, never fixed.

A reader may mean it all the same (an area that feels malignant shows nothing to mark), so each is
put to the reader, who confirms or corrects. Nothing here is about right or wrong against a truth.
"""

from collections.abc import Iterator, Mapping, Sequence

from study_design.protocol.study_file import StudyFile
from study_design.reads import Answers, Finding
from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import Side

# Ratings, 0-100, that a category leaves room for. The likelihoods of malignancy in BI-RADS (5th
# edition: 3 at most 2 %, 4 to 95 %, 4A from 2 %, 4C from 50 %, 5 from 95 %) are far narrower; the
# ratings of readers are no calibrated probabilities, so only what no reader can mean is outside.
PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "1": (0, 50),
    "2": (0, 50),
    "3": (0, 50),
    "4": (2, 100),
    "4A": (2, 100),
    "4B": (2, 100),
    "4C": (10, 100),
    "5": (50, 100),
}

Pair = tuple[str | None, float | None]


def contradictions_of(
    answers: Answers, findings: Sequence[Finding], study: StudyFile
) -> tuple[str, ...]:
    """Return what contradicts what in the complete answers of a read, a few words each.

    - a suspicious category, in the protocol's order, where nothing is marked, or where no finding
      has one;
    - a category or rating below that of a finding of the breast, or of a breast of the exam;
    - an exam's category above those of both breasts;
    - a category and a rating of the same thing far apart (`PLAUSIBLE`).

    Categories without a place in the order are compared with nothing.
    """
    return tuple(_Contradictions(answers, findings, study).all())


class _Contradictions:
    """The answers of a read beside what they are compared with."""

    def __init__(self, answers: Answers, findings: Sequence[Finding], study: StudyFile) -> None:
        self._answers = answers
        self._findings = findings
        self._form = study.form
        self._marks_asked = bool(study.scales.types)
        self._order: SuspicionOrder = study.scales.order

    def all(self) -> Iterator[str]:
        """Yield findings, breasts, exam."""
        findings = tuple(map(_pair, self._findings))
        for finding, pair in zip(self._findings, findings, strict=True):
            yield from _far_apart(f"finding {finding.finding}", pair, ())
        breasts = tuple(map(self._breast, Side))
        for side, pair in zip(Side, breasts, strict=True):
            own = [_pair(finding) for finding in self._findings if finding.side is side]
            name = f"{side.word} breast"
            if self._form.birads == "breast":
                yield from self._beside_findings(name, pair[0], own)
            yield from _below(name, pair[1], "a finding", own)
            yield from _far_apart(name, pair, findings)
        exam = (self._answers.birads_exam, self._answers.rating)
        if self._form.birads == "breast":
            yield from self._beside_breasts(exam[0], breasts)
        else:
            yield from self._beside_findings("exam", exam[0], findings)
        by_breast = self._form.rating == "breast"
        part, parts = ("a breast", breasts) if by_breast else ("a finding", findings)
        yield from _below("exam", exam[1], part, parts)
        yield from _far_apart("exam", exam, (*findings, *breasts))

    def _breast(self, side: Side) -> Pair:
        """Return category and rating of a breast."""
        answers = self._answers
        if side is Side.RIGHT:
            return answers.birads_right, answers.rating_right
        return answers.birads_left, answers.rating_left

    def _beside_findings(
        self, name: str, category: str | None, findings: Sequence[Pair]
    ) -> Iterator[str]:
        """Compare the category of a breast, or of an exam without breasts, with its findings'."""
        suspicious = self._order.is_suspicious
        if not findings:
            if self._marks_asked and suspicious(category):
                yield f"{name}: BI-RADS {category} without a finding"
            return
        highest = self._order.highest(given for given, _ in findings)
        place, least = self._order.place(category), self._order.place(highest)
        if place is None or least is None:
            return
        if place < least or (suspicious(category) and not suspicious(highest)):
            yield f"{name}: BI-RADS {category}, highest finding {highest}"

    def _beside_breasts(self, category: str | None, breasts: Sequence[Pair]) -> Iterator[str]:
        """Compare the category of the exam with the higher of its breasts'."""
        highest = self._order.highest(given for given, _ in breasts)
        places = self._order.place(category), self._order.place(highest)
        if None not in places and places[0] != places[1]:
            yield f"exam: BI-RADS {category}, higher breast {highest}"


def _far_apart(name: str, pair: Pair, told: Sequence[Pair]) -> Iterator[str]:
    """Compare category and rating of one thing, unless the same was said of a part of it."""
    category, rating = pair
    if category is None or rating is None or pair in told:
        return
    least, most = PLAUSIBLE.get(category, (0, 100))
    if not least <= rating <= most:
        yield f"{name}: BI-RADS {category}, rating {rating:g}"


def _below(name: str, rating: float | None, part: str, parts: Sequence[Pair]) -> Iterator[str]:
    """Compare a rating with those of its parts."""
    highest = max((rated for _, rated in parts if rated is not None), default=None)
    if rating is not None and highest is not None and rating < highest:
        yield f"{name}: rating {rating:g}, {part} {highest:g}"


def _pair(finding: Finding) -> Pair:
    """Return category and rating of a finding."""
    return finding.birads, finding.rating
