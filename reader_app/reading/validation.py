"""The end of a read as the record holds it: what follows from its findings, and its times."""

from reader_app.reading.clocks.ai_watch import AiWatch
from reader_app.reading.draft import Draft
from reader_app.reading.draft_changes import changes
from reader_app.reading.journal import Act
from study_design.reads import ReadTimes
from study_design.record.payloads.reading import ReadValidated


def validation(
    draft: Draft, final: Draft, times: ReadTimes, ai: AiWatch, *, contradiction: str, once: str
) -> list[Act]:
    """Return the acts that commit a read.

    Parameters
    ----------
    draft, final
        What was answered, and that with what follows from it.
    contradiction
        What is to be said of answers that contradict each other.
    once
        The key under which the record takes one validation of the cell.
    """
    validated = ReadValidated(
        raw_s=times.raw_s,
        paused_s=times.paused_s,
        idle_s=times.idle_s,
        system_s=times.system_s,
        ai_first_shown_s=ai.first_shown_s,
        ai_shown_s=ai.total_s,
        contradiction=contradiction,
    )
    return [*(Act(change) for change in changes(draft, final)), Act(validated, once)]
