"""What an import and its guarded child process say to each other.

No DICOM library is needed here: whatever opens foreign files runs in the child alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from study_design.images.mammogram import Mammogram
from study_design.vocabulary import View

READY = "ready"


class Verdict(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    EXTRA = "extra"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason (empty where accepted) and the slot that the image fills."""

    verdict: Verdict
    reason: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """The hospital's own identifiers of an image: for the link file and nothing else."""

    patient: str = ""
    study: str = ""
    accession: str = ""
    sop: str = ""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The names that an image bears inside the study."""

    case: str
    patient: str
    image: str
    view: View
    study_uid: str
    sop_uid: str


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
    """

    path: Path
    target: Path
    names: Pseudonyms
    spacing_mm: float | None = None
    mirrored: bool | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that has become an image of the study, with what had to be assumed."""

    mammogram: Mammogram
    notes: tuple[str, ...]
