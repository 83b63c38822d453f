"""Images in an archive: which exams are wanted, and what a search found of them.

Common to DICOMweb and to the query and retrieve services of DICOM.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from study_design.errors import BadInputError
from study_design.images.header.picture_kinds import MAMMOGRAPHY, MAMMOGRAPHY_LIKE

# Many archives keep the raw image (FOR PROCESSING) beside each; the import would leave it aside.
FETCHED_CLASSES = (MAMMOGRAPHY, *MAMMOGRAPHY_LIKE)

_DATES = re.compile(r"\d{8}|\d{8}-(\d{8})?|-\d{8}")
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One search: the values of the attributes that a match must have, by their keywords."""

    keys: Mapping[str, str]

    def is_met_by(self, said: Mapping[str, str]) -> bool:
        """Tell whether a match is one, as far as it says; `*` and `?` are left to the archive.

        An archive that does not know a filter sends everything.
        """
        for name, wanted in self.keys.items():
            found = said.get(name, "").strip()
            fits = _is_within if name == "StudyDate" else _is_same
            if found and not fits(found, wanted.strip()):
                return False
        return True


def _is_within(found: str, wanted: str) -> bool:
    """Tell whether a date lies within a date or range."""
    first, _, last = wanted.partition("-") if "-" in wanted else (wanted, "", wanted)
    return (not first or first <= found) and (not last or found <= last)


def _is_same(found: str, wanted: str) -> bool:
    """Tell whether a value is the one wanted."""
    return bool(set(wanted) & set("*?")) or found.casefold() == wanted.casefold()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which exams are wanted: of these patients, with these numbers, of these dates.

    Attributes
    ----------
    dates
        A date or a range as DICOM writes it: `20240131`, `20240101-20240131`; empty for all.
    studies
        Study Instance UIDs.
    """

    patient_ids: tuple[str, ...] = ()
    accessions: tuple[str, ...] = ()
    dates: str = ""
    studies: tuple[str, ...] = ()

    def required(self) -> None:
        """Refuse filters that would fetch a whole archive, or that make no sense."""
        named = (*self.patient_ids, *self.accessions, *self.studies)
        if not any(value.strip("*? ") for value in (*named, self.dates)):
            raise BadInputError(
                "Expected which exams to fetch, got no filter. "
                "Add --patient-id, --accession, --study-uid or --date."
            )
        if self.dates and not _DATES.fullmatch(self.dates):
            raise BadInputError(
                f"Expected a date such as 20240131 or 20240101-20240131, got {self.dates!r}."
            )
        for uid in self.studies:
            if not _UID.fullmatch(uid):
                raise BadInputError(
                    f"Expected a Study Instance UID of digits and dots, got {uid!r}. Correct it."
                )

    def queries(self) -> Iterator[Asked]:
        """Yield the searches that find these exams: one for each combination of values."""
        lists = (self.patient_ids, self.accessions, self.studies)
        for patient, accession, study in itertools.product(*(values or ("",) for values in lists)):
            keys = {
                "PatientID": patient,
                "AccessionNumber": accession,
                "StudyInstanceUID": study,
                "StudyDate": self.dates,
            }
            yield Asked({name: value for name, value in keys.items() if value})


@dataclass(frozen=True, slots=True)
class RemoteImage:
    """An object in an archive, by its UIDs and its SOP Class."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str = MAMMOGRAPHY


@dataclass(frozen=True, slots=True)
class RemoteExam:
    """An exam in an archive: its Study Instance UID, and what the archive tells of it.

    `date` has eight digits, `modalities` are joined by +; they, the description and the patient are
    empty where the archive says nothing. The patient is told to nobody.
    """

    uid: str
    date: str = ""
    description: str = ""
    modalities: str = ""
    patient: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: 2D images to fetch, and the objects of other kinds, which are left."""

    exams: tuple[RemoteExam, ...]
    images: tuple[RemoteImage, ...]
    others: tuple[RemoteImage, ...] = ()

    @property
    def left(self) -> int:
        """How many objects of other kinds were left."""
        return len(self.others)


@dataclass(frozen=True, slots=True)
class TransferStep:
    """How far a transfer has come: `Searched` exams first, then `Fetched` images."""

    act: str
    done: int
    total: int


Progress = Callable[[TransferStep], None]


def sorted_out(exams: Iterable[RemoteExam], objects: Iterable[RemoteImage]) -> Found:
    """Return what was found, the newest exam first, images apart from the rest."""
    found = tuple(objects)
    return Found(
        tuple(sorted(exams, key=lambda exam: (exam.date, exam.uid), reverse=True)),
        tuple(one for one in found if one.sop_class in FETCHED_CLASSES),
        tuple(one for one in found if one.sop_class not in FETCHED_CLASSES),
    )
