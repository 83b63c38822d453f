"""The changes of the Cases page become part of a study, each into the record first.

A change that is refused holds no other up, except an answer on an exam to which it belongs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reader_app.coordinator.exam_answers import Settle
from reader_app.coordinator.exam_changes import (
    AcceptDisplay,
    Change,
    Exclude,
    JudgeText,
    Place,
    TakeBack,
)
from reader_app.coordinator.import_table import ImportTable
from study_design.cases.doubt_judgement import accept_doubts
from study_design.cases.exam_settling import settle, take_back
from study_design.cases.exclusion import exclude_case
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.cases.text_judgement import accept_text, blank_text
from study_design.errors import CrossreadError
from study_design.images.found_text import TextVerdict
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

PLACED_BY_HAND = "seen on the image in the import window"
SHOWN_RIGHTLY = "looked at in the import window: right as it is"
SETTLED = "settled in the import window"
HARMLESS = "looked at: nothing identifying"
BLANKED = "looked at: blanked to be safe"


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts at the window, and when."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Changes that were not saved, and why."""

    changes: tuple[Change, ...]
    why: str


def save_changes(
    folder: StudyFolder, table: ImportTable, who: Who, progress: Callable[[int, int], None]
) -> tuple[Refusal, ...]:
    """Write the changes of a table into the study; return those that were refused.

    Images change places together, so one that is refused refuses all of them.
    """
    acts: tuple[tuple[Change, ...], ...] = (
        *([table.placements] if table.placements else []),
        *((change,) for change in table.judgements),
        *((change,) for change in table.accepted),
        *((change,) for change in table.exclusions),
        *((change,) for change in table.settlements),
    )
    refused: list[Refusal] = []
    for done, changes in enumerate(acts, start=1):
        why = _held_up(table, changes[0], refused) or _refused(folder, changes, who)
        if why:
            refused.append(Refusal(changes, why))
        progress(done, len(acts))
    return tuple(refused)


def _held_up(table: ImportTable, change: Change, refused: list[Refusal]) -> str:
    """Return why an answer must wait: what belongs to its exams was refused; else empty."""
    if not isinstance(change, Settle | TakeBack):
        return ""
    mine = set(table.exams_of(change))
    return next(
        (
            refusal.why
            for refusal in refused
            if any(mine.intersection(table.exams_of(other)) for other in refusal.changes)
        ),
        "",
    )


def _refused(folder: StudyFolder, changes: tuple[Change, ...], who: Who) -> str:
    """Write one act; return why it was refused, empty where it was not."""
    try:
        places = [ImagePlace(one.image, one.view) for one in changes if isinstance(one, Place)]
        if places:
            place_images(folder, places, by=who.by, why=PLACED_BY_HAND, now=who.now)
        else:
            _write(folder, changes[0], who)
    except CrossreadError as error:
        return str(error)
    except OSError as error:
        name = Path(error.filename).name if error.filename else folder.path.name
        return f"Expected to read and write {name}, got: {error.strerror}. Correct that, then save."
    return ""


def _write(folder: StudyFolder, act: Change, who: Who) -> None:
    """Write one exclusion, answer, or decision on text or on how an image is shown."""
    if isinstance(act, Exclude):
        exclude_case(folder, act.case, act.reason, by=who.by, now=who.now)
    elif isinstance(act, TakeBack):
        take_back(folder, act.exam, by=who.by, why=SETTLED, now=who.now)
    elif isinstance(act, Settle):
        question, answer = act.question, act.answer
        settle(folder, question, answer, current=act.current, by=who.by, why=SETTLED, now=who.now)
    elif isinstance(act, AcceptDisplay):
        accept_doubts(folder, [act.image], by=who.by, why=SHOWN_RIGHTLY, now=who.now)
    elif isinstance(act, JudgeText) and act.verdict is TextVerdict.HARMLESS:
        accept_text(folder, [act.image], by=who.by, why=HARMLESS, now=who.now)
    else:
        blank_text(folder, act.image, by=who.by, why=BLANKED, now=who.now)
