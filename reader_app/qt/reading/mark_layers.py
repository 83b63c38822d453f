"""Which marks stand on which view: the reader's findings, and the AI's detections where shown."""

from collections.abc import Iterator, Mapping

from reader_app.qt.reading.marks import Outline, Source
from reader_app.qt.reading.reading_words import detection_words, finding_words
from reader_app.reading.sitting_state import State
from study_design.vocabulary import View


def outlines_of(state: State, selected: int | None) -> Mapping[View, tuple[Outline, ...]]:
    """Return the marks of each view; the AI's lie below the reader's."""
    outlines: dict[View, list[Outline]] = {view: [] for view in View}
    for view, outline in (*_of_ai(state), *_of_reader(state, selected)):
        outlines[view].append(outline)
    return {view: tuple(marks) for view, marks in outlines.items()}


def _of_ai(state: State) -> Iterator[tuple[View, Outline]]:
    """Yield the detections while they are shown; those below the threshold never came in."""
    if not state.ai_visible or state.ai is None:
        return
    for detection in state.ai.result.detections:
        words = detection_words(detection, state.ai.scale)
        for box in detection.boxes:
            yield box.view, Outline(box.where, words, Source.AI)


def _of_reader(state: State, selected: int | None) -> Iterator[tuple[View, Outline]]:
    """Yield the marks of all findings."""
    for finding in state.draft.findings:
        for mark in finding.marks:
            yield (
                mark.view,
                Outline(
                    mark.box,
                    finding_words(finding),
                    Source.READER,
                    mark.mark,
                    selected=mark.mark == selected,
                    pending=mark.mark in state.pending_marks,
                ),
            )
