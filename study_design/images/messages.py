"""What an import and its guarded child process say to each other.

No DICOM library is needed here: whatever opens foreign files runs in the child alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from study_design.images.found_text import TextBox
from study_design.images.mammogram import Mammogram
from study_design.images.person import NOBODY, Person
from study_design.vocabulary import Projection, Side, View

READY = "ready"
OUT_OF_TIME = -27  # how a child ends that SIGPROF stops: its timer counts the processor's time


class Verdict(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    EXTRA = "extra"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class Tier(StrEnum):
    """What can tell side and projection of a view, the most trusted first."""

    COORDINATOR = "coordinator"
    MANIFEST = "manifest"
    VIEW_CODE = "View Code Sequence"
    VIEW_POSITION = "View Position"
    IMAGE_LATERALITY = "Image Laterality"
    FRAME_LATERALITY = "Frame Laterality"
    LATERALITY = "Laterality"
    PATIENT_ORIENTATION = "Patient Orientation"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one tier says of a view: a side, a projection, or both; None where it is silent."""

    tier: Tier
    side: Side | None = None
    projection: Projection | None = None

    @property
    def says(self) -> str:
        """The side, the projection, or the view in words."""
        return "-".join(part.value for part in (self.side, self.projection) if part)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason and the slot that the image fills.

    Attributes
    ----------
    reason
        Why not accepted; of an accepted file, what had to be presumed of its view.
    view
        None of an accepted image whose view is silent or contradictory: it waits for a decision,
        and `reason` says why.
    evidence
        Which tier says what of the view.
    orientation
        Patient Orientation of a mammogram, for a comparison with the other views of its exam.
    doubts
        What speaks against a plain view in its slot; a person settles it.
    """

    verdict: Verdict
    reason: str = ""
    view: View | None = None
    evidence: tuple[Evidence, ...] = ()
    orientation: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def reasons(self) -> str:
        """The reason and the doubts in one line."""
        return "; ".join(filter(None, (self.reason, *self.doubts)))


@dataclass(frozen=True, slots=True)
class Identity:
    """The hospital's own identifiers of an image: for the link file and nothing else.

    `date` is that of the exam, eight digits; the link file keeps it, and the study the days between
    exams. `person` is who the header says it is.
    """

    patient: str = ""
    study: str = ""
    accession: str = ""
    sop: str = ""
    date: str = ""
    person: Person = NOBODY


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The names that an image bears inside the study; without a view it waits for one.

    `days_shifted` is by how many days the patient's dates lie earlier; None removes them. `exam` is
    that of a prior, where a case has some; the current exam is called as its case.
    """

    case: str
    patient: str
    image: str
    view: View | None
    study_uid: str
    sop_uid: str
    days_shifted: int | None = None
    exam: str = ""
    days_before: int | None = None


@dataclass(frozen=True, slots=True)
class InspectRequest:
    """Look at the header of a file; `claimed` is the view that a manifest names."""

    path: Path
    claimed: View | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a header says of a file; the identity is for the link file and nothing else."""

    judgement: Judgement
    identity: Identity
    megapixels: float = 0.0


@dataclass(frozen=True, slots=True)
class TakeRequest:
    """Decode and de-identify a file into a study folder.

    Attributes
    ----------
    target
        Folder whose `images` and `cache` are written.
    spacing_mm, mirrored
        What a manifest says; None where it says nothing.
    trusts_orientation
        False where Patient Orientation names the other breast: then the chest wall in the picture
        decides how it hangs.
    """

    path: Path
    target: Path
    names: Pseudonyms
    spacing_mm: float | None = None
    mirrored: bool | None = None
    trusts_orientation: bool = True


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """Lay the header of a file beside that of the image which was made of it."""

    original: Path
    kept: Path


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """An image that was taken, and the study folder, or that of an import, which holds it."""

    folder: Path
    image: str


@dataclass(frozen=True, slots=True)
class SameRequest:
    """Find out whether two images that were taken are one picture."""

    one: KeptPicture
    other: KeptPicture


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that has become an image of the study, with what had to be assumed.

    `side_if_hung` is the breast that the picture shows, presuming that it is stored as it hangs;
    None where no chest wall is found. It is a hint for a person, never a decision. `text` tells
    where text or markers stand in the pixels, `text_in_header` what Burned In Annotation says.
    """

    mammogram: Mammogram
    notes: tuple[str, ...]
    side_if_hung: Side | None = None
    text: tuple[TextBox, ...] = ()
    text_in_header: str = ""


class Fate(StrEnum):
    """What became of an attribute."""

    KEPT = "kept"
    REPLACED = "replaced"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """An attribute before and after; nested ones are named with their sequences, `A[1].B`."""

    attribute: str
    before: str
    after: str
    fate: Fate
