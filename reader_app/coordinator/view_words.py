"""What the Cases page says of one view: its name, what is asked of it and how that is settled."""

from collections.abc import Iterator

from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from study_design.counted import counted
from study_design.images.asked_place import repeated_view
from study_design.images.case_list import PriorExam
from study_design.vocabulary import View

CHOOSE = (
    "Look at both. This one takes the place of the other by the button of its view, or is not used "
    "(0)."
)
LOOK = (
    "Before and after de-identification shows the original. Right as it is (R) settles this; "
    "otherwise put the view elsewhere, or exclude the exam."
)


def title_of(row: ExamRow | None, image: ExamImage | None) -> str:
    """Return the name of the exam and of the view."""
    if row is None:
        return ""
    if image is None:
        return f"{row.case}: no image here"
    if image.view is None:
        again = repeated_view(image.problem)
        return f"{image.image}: {f'another {named(again)}' if again else 'in no slot'}"
    return f"{row.case}: {named(image.view)}"


def words_of(row: ExamRow | None, image: ExamImage | None) -> str:
    """Return what concerns this view: text on it, a place to be decided."""
    if row is None:
        return ""
    if row.excluded:
        return f"Excluded: {row.reason}"
    if not row.stored:
        return "Only the header was read so far. The picture comes with Import."
    if image is None:
        return "Drag an image of this exam here, or exclude the exam with X."
    words = [_prior(prior) for prior in row.priors]
    words += [problem.words for problem in row.problems if problem.image == image.image]
    if image.has_open_text:
        words = [problem for problem in words if not problem.startswith("text on")]
        words += [
            "Text or a marker was found where the frames are. Markers such as R CC are harmless; a "
            "name, number or date is not: blank it."
        ]
    words += _how(image)
    if image.notes:
        words.append(f"Noted at import: {'; '.join(image.notes)}.")
    return "\n".join(words)


def named(view: View) -> str:
    """Return a view as the screen spells it."""
    return view.value.replace("-", " ")


def _how(image: ExamImage) -> Iterator[str]:
    """Return how to settle what is asked of an image, where its buttons alone do not tell."""
    if repeated_view(image.problem):
        yield CHOOSE
    if image.view and image.doubts:
        yield LOOK


def _prior(prior: PriorExam) -> str:
    """Return what there is to say of an earlier exam of a case."""
    days = prior.days_before
    when = "of an unknown date" if days is None else f"{counted(days, 'day')} before"
    return f"Prior exam {prior.exam}, {when}; it is not read."
