"""The words of the reading window: what the gate, the strip and the marks say of a state."""

from datetime import datetime

from reader_app.qt.reading.page import Line
from reader_app.reading.answer_form import Entry, answer_of, value_text
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.keys import TYPE_OF_KEY
from reader_app.reading.sitting_state import Phase, State
from reader_app.reading.value_words import SIDE_LETTERS, types_text, view_text
from study_design.dates import minute_text
from study_design.detections import Detection
from study_design.protocol.study_file import Form
from study_design.reads import Finding
from study_design.vocabulary import AiStatus, Side

SIMULATED = "SIMULATED READER"
CLOSE = "Esc: close"
STATUS_WORDS = {
    AiStatus.NONE: "AI: no finding",
    AiStatus.FAILED: "AI: failed",
    AiStatus.NOT_PROCESSED: "AI: not processed",
}


def gate_lines(
    state: State, keys: KeyBindings, *, loading: bool, message: str, simulated: bool
) -> list[Line]:
    """Return what stands between two cases, and at the end."""
    lines = [Line(SIMULATED, "quiet")] if simulated else []
    progress, again = state.progress, _offer_lines(state)
    if state.phase is Phase.FINISHED or progress is None:
        last = [Line(message, "problem")] if message else []
        return [*lines, Line(state.message, "title"), *last, *again, Line(CLOSE, "quiet")]
    if state.closed_until is not None:
        return [*lines, *_closed_lines(state, state.closed_until), *again, Line(CLOSE, "quiet")]
    lines.append(
        Line(
            f"Case {progress.position} of {progress.total}   "
            f"block {progress.block} of {progress.blocks}",
            "title",
        )
    )
    if state.again:
        lines.append(Line("You were interrupted here. Your marks are kept."))
    elif state.redo:
        lines.append(
            Line("You have read this case. What you validate now takes the place of that read.")
        )
    elif progress.first_of_block and progress.position > 1:
        lines.append(Line("A new block begins: a good moment for a break."))
    if message:
        return [*lines, Line(message, "problem"), *again, Line("Esc: leave", "quiet")]
    lines.append(Line("Loading the images ..." if loading else "Space: show the case", "strong"))
    leave = "F1: all keys   Esc: leave; everything is saved"
    return [*lines, *again, Line(_key_hint(state, keys), "quiet"), Line(leave, "quiet")]


def _key_hint(state: State, keys: KeyBindings) -> str:
    """Return the keys that a read takes."""
    types = " ".join(map(keys.cap, TYPE_OF_KEY))
    hint = (
        f"While reading   Space: hanging   {types}: finding   {keys.cap('N')}: negative   "
        f"{keys.cap('B')}: benign   0-9: rating   Enter: summary   {keys.cap('P')}: pause"
    )
    return hint + (f"   {keys.cap('G')}: AI" if state.arm and state.arm.ai else "")


def _offer_lines(state: State) -> list[Line]:
    """Return the line that offers the last case, or the way back from it."""
    offer = state.offer
    if offer is None:
        return []
    if offer.chosen:
        return [Line("Backspace: leave that read as it is", "quiet")]
    until = f"{offer.until:%H:%M}"
    return [Line(f"Backspace: open case {offer.position} again, until {until}", "quiet")]


def _closed_lines(state: State, until: datetime) -> list[Line]:
    """Return what is said where the next case may not be opened yet."""
    progress = state.progress
    part = "reading" if progress is None else f"period {progress.period}, block {progress.block}"
    return [
        Line("Thank you: that is all for now.", "title"),
        Line(f"The next part ({part}) opens on {minute_text(until)}."),
    ]


def pause_lines(*, unattended: bool, slept: bool) -> list[Line]:
    """Return the one sentence of the pause: why, and how to go on."""
    why = "Paused: the images are hidden."
    if unattended:
        why = "Nothing was pressed for five minutes, so the images are hidden."
    elif slept:
        why = "The computer was asleep, so the images are hidden; that time does not count."
    return [Line(f"{why} Space: go on reading. Esc: leave.")]


def saving_lines(*, shown: bool) -> list[Line]:
    """Return what is said while what comes next waits for the disk; nothing for a moment."""
    return [Line("Saving ...", "strong")] if shown else []


def failure_lines(reason: str) -> list[Line]:
    """Return what is said where nothing more can be read: the reason, and that nothing is lost."""
    comfort = "Your earlier reads are saved. Please call the coordinator."
    sentence = reason if comfort in reason else f"{reason} {comfort}"
    return [Line(sentence, "strong"), Line("Esc: close", "quiet")]


def strip_words(
    state: State, form: Form, entry: Entry | None, keys: KeyBindings, *, simulated: bool
) -> list[str]:
    """Return the parts of the strip from left to right."""
    progress, answers = state.progress, state.answers
    parts = [SIMULATED] if simulated else []
    parts += [f"case {progress.position}/{progress.total}"] if progress else []
    for side in Side:
        category = value_text(answers.birads_of(side))
        count = _count_text(len(state.draft.of_side(side)))
        parts.append(f"{SIDE_LETTERS[side]}: {category}  {count}".rstrip())
    parts += [f"exam: {value_text(answers.birads_exam)}"] if form.birads == "exam" else []
    if form.density != "off":
        parts.append(f"density {value_text(answers.density)}")
    parts.append(rating_words(state, form, entry))
    ai = ai_words(state, keys)
    return [*parts, *([ai] if ai else [])]


def rating_words(state: State, form: Form, entry: Entry | None) -> str:
    """Return the ratings that the form asks for, with the digits that are being typed."""
    asked = (("rating_right", " R"), ("rating_left", " L"))
    words = "rating"
    for item, name in asked if form.rating == "breast" else (("rating", ""),):
        typed = f"{entry.typed.text}_" if entry and item in entry.items else ""
        words += f"{name} {typed or value_text(answer_of(state.answers, item))}"
    return words


def together_words(keys: KeyBindings, *, together: bool) -> str:
    """Return whether left and right move as mirror images."""
    return f"L + R {'together' if together else 'apart'} ({keys.cap('F')})"


def ai_words(state: State, keys: KeyBindings) -> str:
    """Return what the strip says of the AI; nothing in an arm without."""
    ai = state.ai
    if ai is None:
        return ""
    words = STATUS_WORDS.get(ai.result.status)
    if words is None and not ai.result.detections:
        words = "AI: nothing at or above the threshold"
    if words is None:
        words = f"AI {'shown' if state.ai_visible else 'hidden'} ({keys.cap('G')})"
    if state.ai_visible and ai.result.score_exam is not None:
        words += f"  exam {exam_score_words(ai.result.score_exam, ai.scale)}"
    return words


def system_words(state: State) -> str:
    """Return which AI speaks, and what must be known of it; nothing in an arm without."""
    return ", ".join(filter(None, (state.ai.system, state.ai.nature))) if state.ai else ""


def exam_score_words(score: float, scale: str) -> str:
    """Return the score of an exam, with the end of its scale unless that is 1."""
    highest = _highest(scale)
    return score_words(score, scale) + (f" of {highest:g}" if highest != 1 else "")


def score_words(score: float, scale: str) -> str:
    """Return a score with as many digits as make a difference on its scale."""
    highest = _highest(scale)
    decimals = next((n for n, limit in ((2, 1), (1, 10)) if highest <= limit), 0)
    return f"{score:.{decimals}f}"


def _highest(scale: str) -> float:
    """Return the highest score of a scale such as `0-100`."""
    return float(scale.rpartition("-")[2])


def finding_words(finding: Finding) -> str:
    """Return the word beside a reader's mark."""
    return "  ".join([str(finding.finding), *([finding.birads] if finding.birads else [])])


def finding_line(finding: Finding) -> str:
    """Return a finding as the summary lists it."""
    views = " + ".join(view_text(mark.view) for mark in finding.marks)
    alone = ", one view only" if finding.one_view_only else ""
    return (
        f"{finding.finding}   {types_text(finding.types)}   {views}{alone}   "
        f"BI-RADS {value_text(finding.birads)}   rating {value_text(finding.rating)}"
    )


def detection_words(detection: Detection, scale: str) -> str:
    """Return the word beside an AI mark: score, and category where the system suggests one."""
    parts = (types_text(detection.types), score_words(detection.score, scale), detection.birads)
    return "  ".join(filter(None, parts))


def _count_text(count: int) -> str:
    """Return a number of findings."""
    return f"{count} finding{'s' if count > 1 else ''}" if count else ""
