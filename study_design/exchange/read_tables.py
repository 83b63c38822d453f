"""The columns of reads.csv, one row a step of a read."""

from dataclasses import dataclass

from study_design.reads import Read
from study_design.tables.column import Column, Kind, Table, not_asked
from study_design.tables.shared_columns import (
    case_column,
    patient_column,
)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A step of a read, and whose exam it was."""

    read: Read
    patient: str


READ: Column[Read] = Column(
    "read", "UUID of the read, made by the reading station", lambda read: read.read
)
STEP: Column[Read] = Column(
    "step",
    "1 = only or first step, 2 = after the AI was revealed",
    lambda read: read.step,
    Kind.WHOLE,
)


READS: Table[ReadRow] = Table(
    "reads.csv",
    ("read", "step"),
    (
        READ.through(lambda row: row.read),
        STEP.through(lambda row: row.read),
        Column("reader", "reader", lambda row: row.read.reader),
        Column("kind", "human, consensus or simulated", lambda row: row.read.kind.value),
        Column("group", "reader group, e.g. junior", lambda row: row.read.group),
        Column("site", "site of the reader", lambda row: row.read.site),
        Column("arm", "reading condition", lambda row: row.read.arm),
        Column(
            "revealed",
            "1 = AI results could be shown in this step, 0 = not",
            lambda row: row.read.revealed,
            Kind.FLAG,
        ),
        Column("system", "AI system of the arm", lambda row: row.read.ai.system),
        Column("system_version", "its version", lambda row: row.read.ai.version),
        Column(
            "threshold",
            "AI marks with a score below it were not shown",
            lambda row: row.read.ai.threshold,
            Kind.NUMBER,
        ),
        Column(
            "ai_status",
            "finding, none, failed or not_processed",
            lambda row: row.read.ai.status.value if row.read.ai.status else None,
        ),
        Column(
            "ai_initial",
            "AI marks when the case opened: shown, hidden, none",
            lambda row: row.read.ai.initial.value,
        ),
        Column(
            "ai_first_shown_s",
            "seconds from first paint to the first showing of AI marks",
            lambda row: row.read.ai.first_shown_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "ai_shown_s",
            "seconds during which AI marks were shown",
            lambda row: row.read.ai.shown_s,
            Kind.NUMBER,
            "s",
        ),
        Column("role", "test, practice or repeat", lambda row: row.read.role.value),
        Column(
            "repeat",
            "0 = first time in this arm, 1 = first planned repeat, ...",
            lambda row: row.read.repeat,
            Kind.WHOLE,
        ),
        Column("period", "pass through the cases, from 1", lambda row: row.read.period, Kind.WHOLE),
        Column("block", "block of the period, from 1", lambda row: row.read.block, Kind.WHOLE),
        Column(
            "position",
            "place in the period's order, from 1",
            lambda row: row.read.position,
            Kind.WHOLE,
        ),
        case_column(lambda row: row.read.case),
        patient_column(lambda row: row.patient),
        Column(
            "rating",
            "probability of malignancy of the exam, 0-100; per breast only: the higher",
            lambda row: row.read.answers.rating,
            Kind.NUMBER,
        ),
        Column(
            "rating_right",
            "probability of malignancy of the right breast, 0-100",
            lambda row: row.read.answers.rating_right,
            Kind.NUMBER,
        ),
        Column(
            "rating_left",
            "probability of malignancy of the left breast, 0-100",
            lambda row: row.read.answers.rating_left,
            Kind.NUMBER,
        ),
        Column(
            "birads_right",
            "BI-RADS category of the right breast",
            lambda row: row.read.answers.birads_right,
        ),
        Column(
            "birads_left",
            "BI-RADS category of the left breast",
            lambda row: row.read.answers.birads_left,
        ),
        Column(
            "birads_exam", "BI-RADS category of the exam", lambda row: row.read.answers.birads_exam
        ),
        Column("recall", "1 = recalled, 0 = not; empty where not asked", not_asked, Kind.FLAG),
        Column("recall_right", "the same of the right breast", not_asked, Kind.FLAG),
        Column("recall_left", "the same of the left breast", not_asked, Kind.FLAG),
        Column("density", "breast density a, b, c or d", lambda row: row.read.answers.density),
        Column("opened_utc", "case opened", lambda row: row.read.opened_utc, Kind.MOMENT),
        Column(
            "painted_utc",
            "all views painted for the first time; the clock starts",
            lambda row: row.read.painted_utc,
            Kind.MOMENT,
        ),
        Column(
            "validated_utc",
            "read validated; the clock stops",
            lambda row: row.read.validated_utc,
            Kind.MOMENT,
        ),
        Column(
            "utc_offset_min",
            "minutes from UTC to the reader's local time",
            lambda row: row.read.utc_offset_min,
            Kind.WHOLE,
            "min",
        ),
        Column(
            "raw_s",
            "seconds from first full paint to validation",
            lambda row: row.read.times.raw_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "paused_s",
            "seconds of it in pause",
            lambda row: row.read.times.paused_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "reading_s",
            "raw - paused: the primary reading time",
            lambda row: row.read.times.reading_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "idle_s",
            "seconds of it in stretches of 60 s or more without input; not subtracted",
            lambda row: row.read.times.idle_s,
            Kind.NUMBER,
            "s",
        ),
        Column("active_s", "reading - idle", lambda row: row.read.times.active_s, Kind.NUMBER, "s"),
        Column(
            "system_s",
            "seconds of it in which the program let the reader wait; not subtracted",
            lambda row: row.read.times.system_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "gap_days",
            "days since this reader last saw this case",
            lambda row: row.read.gap_days,
            Kind.WHOLE,
            "days",
        ),
        Column(
            "gap_basis",
            "what the gap's dates rest on: trusted, attested, local, simulated",
            lambda row: row.read.gap_basis.value,
        ),
        Column(
            "seen_before",
            "1 = the reader had seen the case before in this study",
            lambda row: row.read.seen_before,
            Kind.FLAG,
        ),
        Column("status", "final, superseded or withdrawn", lambda row: row.read.status.value),
        Column("supersedes", "read that this one replaces", lambda row: row.read.supersedes),
        Column(
            "earlier_s",
            "reading time of all the reads that this one replaces; empty without any",
            lambda row: row.read.earlier_s,
            Kind.NUMBER,
            "s",
        ),
        Column(
            "contradiction",
            "confirmed = the reader was asked about answers that contradict each other, and meant "
            "them; else empty",
            lambda row: row.read.contradiction,
        ),
        Column(
            "protocol_version",
            "version of the locked protocol",
            lambda row: row.read.protocol_version,
            Kind.WHOLE,
        ),
        Column("software_version", "version of Crossread", lambda row: row.read.software_version),
        Column(
            "first_event",
            "number of the first event of this step in the record",
            lambda row: row.read.first_event,
            Kind.WHOLE,
        ),
        Column("last_event", "number of the last one", lambda row: row.read.last_event, Kind.WHOLE),
    ),
)
