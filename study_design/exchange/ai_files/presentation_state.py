"""Reads presentation states (GSPS) of AI products: closed outlines with their scores as text.

A score is the text nearest to an outline, within its annotation first; a headline counts only where
nothing is written beside an outline. What an abnormality is may be said by the text, the name of
the layer or its colour (`colour 50 20 -10` in CIELab, which a map file can give a meaning). An
image on which nothing is drawn was not said to be free of findings, unless a text says so.
Source: PS3.3 A.33.1, C.10.5, C.10.7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.uid import ColorSoftcopyPresentationStateStorage as ColorState
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage as GreyState
from pydicom.uid import PseudoColorSoftcopyPresentationStateStorage as PseudoColorState

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files.annotation_marks import Drawn, drawn_on
from study_design.exchange.ai_files.annotation_overlays import OVERLAY, overlay_outlines
from study_design.exchange.ai_files.annotation_pairs import (
    Line,
    lines_apart,
    paired,
    phrases_beside,
)
from study_design.exchange.ai_files.annotation_texts import (
    meaning_of_mark,
    types_of,
)
from study_design.exchange.ai_files.dicom_objects import DicomObject, imported_from
from study_design.exchange.ai_files.reported import (
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.tables.foreign.type_words import (
    MAP_ADVICE,
    Meaning,
    TypeWord,
    decided_meaning,
)
from study_design.vocabulary import AiStatus

KIND = "presentation state (GSPS)"
SOP_CLASSES = (str(GreyState), str(ColorState), str(PseudoColorState))
# Words by which somebody decides what is drawn without an outline.
LINE, TEXT = "line", "text"


@dataclass(slots=True)
class _Notes:
    """What is found on the way, in numbers and words."""

    problems: list[Problem] = field(default_factory=list)
    scales: set[str] = field(default_factory=set)
    words: dict[str, None] = field(default_factory=dict)
    lines: int = 0
    lines_aside: int = 0
    nested: int = 0
    shared: int = 0
    bare: int = 0

    def ask(self, found: DicomObject, uid: str, word: str, what: str) -> None:
        """Ask about something on an image that may be a mark and goes round nothing."""
        self.words[word] = None
        self.problems.append(
            Problem(
                found.path.name,
                f"expected an outline on image {uid}, got {what} alone, which may be a mark. "
                f'{MAP_ADVICE}where it is none: "{word}" = "left out"',
            )
        )


def read_presentation_states(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what presentation states show.

    Parameters
    ----------
    words
        What words of the product mean, where they are not usual ones; `overlay`, `line` and `text`
        say it of shapes in overlay planes, and of lines and texts that stand without an outline.
    """
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    notes = _Notes()
    drawings: list[tuple[DicomObject, str, Drawn]] = []
    for one in objects:
        try:
            of_images = drawn_on(one.dataset)
            for uid, shapes in overlay_outlines(one.dataset, words).items():
                of_images.setdefault(uid, Drawn()).outlines += shapes
        except BadInputError as error:
            notes.problems.append(Problem(one.path.name, str(error)))
            notes.words |= {OVERLAY: None} if OVERLAY in str(error) else {}
            continue
        drawings += [(one, uid, drawn) for uid, drawn in of_images.items()]
    aside = _leave_screen_aside([drawn for _, _, drawn in drawings], notes)
    for one, uid, drawn in drawings:
        on = ReportedImage(uid)
        of_image = list(_boxes(one, on, drawn, words, notes))
        boxes += of_image
        if drawn.outlines:
            apart = lines_apart(drawn.outlines, drawn.lines)
            if not _asks_of_line(one, uid, apart, words, notes):
                notes.lines += len(drawn.lines)
        status = AiStatus.FINDING if of_image else _without_outline(one, uid, drawn, words, notes)
        run = f"{one.path.name} ({one.sop_uid})"
        cases.append(ReportedCase(one.path.name, on, status, run=run))
    if len(notes.scales) > 1:
        got = " and ".join(sorted(notes.scales))
        words_ = f"expected one scale of scores, got {got}"
        notes.problems.append(Problem(objects[0].path.name, words_))
    versions = sorted({one.text("SoftwareVersions") for one in objects} - {""})
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(boxes),
        tuple(cases),
        version=", ".join(versions),
        scale=notes.scales.pop() if notes.scales else "",
        provenance=imported_from(objects, KIND),
        words=tuple(notes.words),
        problems=tuple(notes.problems),
        warnings=_warnings(notes, aside),
    )


def _without_outline(
    found: DicomObject, uid: str, drawn: Drawn, words: tuple[TypeWord, ...], notes: _Notes
) -> AiStatus | None:
    """Return what a state says of an image without a mark: as a rule nothing.

    A line or a text in the picture may be a mark; it is named unless somebody decided otherwise.
    """
    if drawn.says_nothing_found and all(line.on_screen for line in drawn.lines):
        return AiStatus.NONE
    if drawn.outlines:
        return None  # all of them are left out by their words
    if _asks_of_line(found, uid, drawn.lines, words, notes):
        return None
    if drawn.texts and decided_meaning((TEXT,), words) is not Meaning.LEFT_OUT:
        notes.ask(found, uid, TEXT, f"the text {_first_text(drawn)!r}")
        return None
    notes.lines += len(drawn.lines)
    notes.bare += not drawn.lines
    return None


def _asks_of_line(
    found: DicomObject,
    uid: str,
    lines: Sequence[Line],
    words: tuple[TypeWord, ...],
    notes: _Notes,
) -> bool:
    """Ask what the first of some lines stands for that point at no outline; tell whether it did."""
    if not lines or decided_meaning((LINE,), words) is Meaning.LEFT_OUT:
        return False
    notes.ask(found, uid, LINE, lines[0].what)
    return True


def _first_text(drawn: Drawn) -> str:
    """Return the first text in the picture, in short."""
    first = next(iter(drawn.texts), None)
    if first is None:
        return ""
    said = [*first.phrases, *([] if first.value is None else [f"{first.value:g}"])]
    return " ".join(said)[:40]


def _warnings(notes: _Notes, aside: int) -> tuple[str, ...]:
    """Return what was left out or joined, in numbers."""
    told = (
        (notes.lines, "line that does not close (arrow, ruler) was left out",
         "lines that do not close (arrows, rulers) were left out"),
        (notes.lines_aside, "line at a place of the screen, not of the picture, was left out",
         "lines at places of the screen, not of the picture, were left out"),
        (aside, "outline at a place of the screen, not of the picture, was left out",
         "outlines at places of the screen, not of the picture, were left out"),
        (notes.nested, "outline inside another, without a score of its own, counts as part of it",
         "outlines inside others, without a score of their own, count as parts of them"),
        (notes.shared, "outline has the one score that is written on its image",
         "outlines share the one score that is written on their image"),
        (notes.bare, "image on which nothing is drawn is not said to be free of findings",
         "images on which nothing is drawn are not said to be free of findings"),
    )  # fmt: skip
    return tuple(counted(number, one, several) for number, one, several in told if number)


def _leave_screen_aside(drawings: Sequence[Drawn], notes: _Notes) -> int:
    """Take out outlines on the screen, frames of headlines, where others are in the picture.

    Lines on the screen go with them. Return how many outlines there were.
    """
    if all(outline.on_screen for drawn in drawings for outline in drawn.outlines):
        return 0
    for drawn in drawings:
        notes.lines_aside += sum(line.on_screen for line in drawn.lines)
        drawn.lines = [line for line in drawn.lines if not line.on_screen]
    before = sum(len(drawn.outlines) for drawn in drawings)
    for drawn in drawings:
        drawn.outlines = [outline for outline in drawn.outlines if not outline.on_screen]
    return before - sum(len(drawn.outlines) for drawn in drawings)


def _boxes(
    found: DicomObject,
    on: ReportedImage,
    drawn: Drawn,
    words: tuple[TypeWord, ...],
    notes: _Notes,
) -> Iterator[ReportedBox]:
    """Return the outlines on an image, each with the score that stands nearest."""
    pairs = paired(drawn.outlines, drawn.scores)
    notes.nested += len(drawn.outlines) - len(pairs)
    notes.shared += sum(pair.is_shared for pair in pairs)
    labels = phrases_beside([pair.outline for pair in pairs], drawn.labels)
    for pair, label in zip(pairs, labels, strict=True):
        outline, score = pair.outline, pair.score
        place = f"{found.path.name}, annotation {outline.annotation}"
        phrases = (*(score.phrases if score else ()), *label)
        meanings = meaning_of_mark(phrases, outline.words, words)
        notes.words |= dict.fromkeys(word for word in (*phrases, *outline.words) if word)
        if Meaning.LEFT_OUT in meanings:
            continue
        if outline.on_screen and not outline.corners.finite:
            wanted = "expected units PIXEL, got DISPLAY without a displayed area"
            notes.problems.append(Problem(place, wanted))
            continue
        if score is not None and score.scale:
            notes.scales.add(score.scale)
        value = score.value if score else None
        yield ReportedBox(place, on, outline.corners, value, types_of(meanings))
