"""Every table of an export: its columns, in order, each with what it holds.

Studies live longer than versions, so all columns are written from the start; those that a study has
no use for stay empty. The data dictionary of an export is printed from here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """The form of one file: its name, the primary key and the meaning of each column."""

    file: str
    key: tuple[str, ...]
    meaning: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in the order of the file."""
        return tuple(name for name, _ in self.meaning)


_CASE = ("case", "case, the sampling unit")
_VIEW = ("view", "R-CC, L-CC, R-MLO or L-MLO")
_IMAGE = ("image", "image of the case that shows the view")
_TYPES = ("types", "mass, calcification, asymmetry, distortion; several joined by +")
_BOX = (
    ("x_px", "left edge, columns of the stored pixel matrix"),
    ("y_px", "top edge, rows of the stored pixel matrix"),
    ("width_px", "width, stored pixels; 0 for a point"),
    ("height_px", "height, stored pixels; 0 for a point"),
)
_READ = ("read", "UUID of the read, made by the reading station")
_STEP = ("step", "1 = only or first step, 2 = after the AI was revealed")

READS = Table(
    "reads.csv",
    ("read", "step"),
    (
        _READ,
        _STEP,
        ("reader", "reader"),
        ("kind", "human, consensus or simulated"),
        ("group", "reader group, e.g. junior"),
        ("site", "site of the reader"),
        ("arm", "reading condition"),
        ("revealed", "1 = AI results could be shown in this step, 0 = not"),
        ("system", "AI system of the arm"),
        ("system_version", "its version"),
        ("threshold", "AI marks with a score below it were not shown"),
        ("ai_status", "finding, none, failed or not_processed"),
        ("ai_initial", "AI marks when the case opened: shown, hidden, none"),
        ("ai_first_shown_s", "seconds from first paint to the first showing of AI marks"),
        ("ai_shown_s", "seconds during which AI marks were shown"),
        ("role", "test, practice or repeat"),
        ("repeat", "0 = first time in this arm, 1 = first planned repeat, ..."),
        ("period", "pass through the cases, from 1"),
        ("block", "block of the period, from 1"),
        ("position", "place in the period's order, from 1"),
        _CASE,
        ("patient", "pseudonym by which cases cluster"),
        ("rating", "probability of malignancy of the exam, 0-100; per breast only: the higher"),
        ("rating_right", "probability of malignancy of the right breast, 0-100"),
        ("rating_left", "probability of malignancy of the left breast, 0-100"),
        ("birads_right", "BI-RADS category of the right breast"),
        ("birads_left", "BI-RADS category of the left breast"),
        ("birads_exam", "BI-RADS category of the exam"),
        ("recall", "1 = recalled, 0 = not; empty where not asked"),
        ("recall_right", "the same of the right breast"),
        ("recall_left", "the same of the left breast"),
        ("density", "breast density a, b, c or d"),
        ("opened_utc", "case opened"),
        ("painted_utc", "all views painted for the first time; the clock starts"),
        ("validated_utc", "read validated; the clock stops"),
        ("utc_offset_min", "minutes from UTC to the reader's local time"),
        ("raw_s", "seconds from first full paint to validation"),
        ("paused_s", "seconds of it in pause"),
        ("reading_s", "raw - paused: the primary reading time"),
        ("idle_s", "seconds of it in stretches of 60 s or more without input; not subtracted"),
        ("active_s", "reading - idle"),
        ("system_s", "seconds of it in which the program let the reader wait; not subtracted"),
        ("gap_days", "days since this reader last saw this case"),
        ("gap_basis", "what the gap's dates rest on: trusted, attested, local, simulated"),
        ("seen_before", "1 = the reader had seen the case before in this study"),
        ("status", "final, superseded or withdrawn"),
        ("supersedes", "read that this one replaces"),
        ("earlier_s", "reading time of all the reads that this one replaces; empty without any"),
        (
            "contradiction",
            "confirmed = the reader was asked about answers that contradict each other, and meant "
            "them; else empty",
        ),
        ("protocol_version", "version of the locked protocol"),
        ("software_version", "version of Crossread"),
        ("first_event", "number of the first event of this step in the record"),
        ("last_event", "number of the last one"),
    ),
)

FINDINGS = Table(
    "findings.csv",
    ("read", "step", "finding", "mark"),
    (
        _READ,
        _STEP,
        ("finding", "number of the finding in the read; marks of one finding share it"),
        ("mark", "number of the mark in the read"),
        _VIEW,
        _IMAGE,
        _TYPES,
        ("shape", "point, box or ellipse"),
        ("points", "corner points as JSON, [[x_px, y_px], ...]"),
        *_BOX,
        ("x_mm", "left edge, mm from the left edge of the stored image"),
        ("y_mm", "top edge, mm from the top edge of the stored image"),
        ("birads", "BI-RADS category of the finding"),
        ("rating", "probability of malignancy of the finding, 0-100"),
        ("descriptors", "descriptors as JSON"),
        ("one_view_only", "1 = the reader says that the finding is seen on one view only"),
        ("detection", "detection to which the reader responded"),
        ("response", "to an AI mark: accepted, rejected or not seen"),
    ),
)

RESPONSES = Table(
    "responses.csv",
    ("read", "step", "item"),
    (_READ, _STEP, ("item", "what was asked"), ("value", "what was answered")),
)

_SYSTEM = (("system", "AI system"), ("version", "its version"))

DETECTIONS = Table(
    "detections.csv",
    ("system", "box"),
    (
        *_SYSTEM,
        _CASE,
        _VIEW,
        _IMAGE,
        ("detection", "detection; boxes of one detection share it"),
        ("box", "box"),
        _TYPES,
        *_BOX,
        ("score", "score of the detection on the system's own scale"),
        ("malignancy", "score of malignancy, where the system gives one of its own"),
        ("birads", "category that the system suggests"),
        ("morphology", "shape, margin and distribution"),
        ("quadrant", "quadrant or region of the breast"),
        ("depth", "0 at the nipple, 1 at the pectoral muscle"),
    ),
)

AI_CASES = Table(
    "ai_cases.csv",
    ("system", "case"),
    (
        *_SYSTEM,
        _CASE,
        ("status", "finding, none, failed or not_processed"),
        ("score_exam", "score of the exam"),
        ("score_right", "score of the right breast"),
        ("score_left", "score of the left breast"),
        ("scale", "lowest and highest possible score, e.g. 0-1"),
        ("seconds", "seconds that the system took"),
    ),
)

READERS = Table(
    "readers.csv",
    ("reader",),
    (
        ("reader", "reader"),
        ("kind", "human, consensus or simulated"),
        ("members", "of a consensus: its readers, joined by +"),
        ("group", "reader group"),
        ("years", "years of mammogram reading"),
        ("volume", "mammograms read a year"),
        ("site", "site"),
    ),
)

CASES = Table(
    "cases.csv",
    ("image",),
    (
        _CASE,
        ("patient", "pseudonym by which cases cluster"),
        ("exam", "exam of the case"),
        ("exam_role", "current or prior"),
        ("days_before", "days from a prior to the current exam"),
        ("view", "R-CC, L-CC, R-MLO or L-MLO; empty for an extra view"),
        ("image", "image"),
        ("sha256", "SHA-256 of the decoded pixel matrix, row by row, 16 bit little endian"),
        ("rows", "rows of the stored pixel matrix"),
        ("columns", "columns of the stored pixel matrix"),
        ("spacing_mm", "mm between pixel centres in the breast's plane; empty where unknown"),
        ("mirrored", "1 = stored as its mirror image"),
        ("vendor", "maker of the mammography system"),
        ("excluded", "1 = excluded from the study"),
        ("reason", "why"),
        ("display_sha256", "SHA-256 of how the image is shown and of its air mask, from the lock"),
    ),
)

REFERENCE = Table(
    "reference.csv",
    ("case",),
    (
        _CASE,
        ("truth", "1 = malignant, 0 = not"),
        ("breast_right", "malignant, benign, normal or unknown"),
        ("breast_left", "malignant, benign, normal or unknown"),
        ("density", "breast density a, b, c or d"),
        ("symptoms", "symptoms"),
        ("age_group", "age group"),
        ("reference_method", "pathology, imaging or follow-up"),
        ("followup_months", "months of follow-up"),
    ),
)

LESIONS = Table(
    "lesions.csv",
    ("case", "lesion", "view"),
    (
        _CASE,
        ("lesion", "lesion; rows of one lesion on two views share it"),
        _VIEW,
        _TYPES,
        *_BOX,
        ("malignant", "1 = malignant, 0 = benign"),
        ("pathology", "pathology"),
        ("er", "oestrogen receptor: positive, negative or unknown"),
        ("size_mm", "largest diameter"),
    ),
)

SCHEDULE = Table(
    "schedule.csv",
    ("cell",),
    (
        ("cell", "planned cell"),
        ("reader", "reader"),
        ("group", "reader group"),
        ("sequence", "arms in the order of the periods, e.g. unaided-aided"),
        ("period", "pass through the cases, from 1"),
        ("arm", "reading condition"),
        ("block", "block of the period, from 1"),
        ("position", "place in the period's order, from 1"),
        _CASE,
        ("role", "test, practice or repeat"),
        ("repeat", "0 = first time in this arm"),
        ("state", "what became of the cell: valid, missing or void"),
        ("reason", "why, where it is not valid"),
        _READ,
    ),
)

DEVIATIONS = Table(
    "deviations.csv",
    ("when", "who", "what"),
    (
        ("when", "UTC"),
        ("who", "who signed"),
        ("category", "kind of deviation"),
        ("what", "what was done"),
        ("impact", "which data it touches"),
        ("signed", "1 = signed with a name"),
    ),
)

# What plan.csv holds: the schedule without what became of it.
PLAN_COLUMNS = tuple(name for name in SCHEDULE.columns if name not in {"state", "reason", "read"})

TABLES = (
    READS,
    FINDINGS,
    RESPONSES,
    DETECTIONS,
    AI_CASES,
    READERS,
    CASES,
    REFERENCE,
    LESIONS,
    SCHEDULE,
    DEVIATIONS,
)
