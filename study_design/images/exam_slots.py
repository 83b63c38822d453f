"""Which case and slot each accepted file goes to, under names that tell nothing.

DICOM files are grouped by patient and Study Instance UID; new cases are numbered in the order of a
hash of these, so that neither folders nor dates can be read off the numbers. Files named by a
manifest go where it says. The link file tells which exam is already in the study.
"""

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from study_design.images.case_list import CaseImage
from study_design.images.link_file import LinkFile
from study_design.images.messages import Identity, Pseudonyms, Verdict
from study_design.images.sources import Source
from study_design.vocabulary import View

_NUMBERED = re.compile(r"[CP](\d+)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may fill a slot."""

    source: Source
    identity: Identity
    view: View
    megapixels: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a file goes.

    Attributes
    ----------
    rival_of
        The image that fills the slot already; empty where the slot is free. Identical pixels make
        the file a duplicate, others a conflict.
    """

    candidate: Candidate
    names: Pseudonyms
    rival_of: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A file that goes nowhere, and why."""

    candidate: Candidate
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class _Exam:
    """The names of one exam."""

    case: str
    patient: str
    study_uid: str


class ExamSlots:
    """The slots of a study's exams while an import fills them."""

    def __init__(self, listed: Iterable[CaseImage], link: LinkFile) -> None:
        images = tuple(listed)
        names = frozenset(image.image for image in images)
        rows = [row for row in link.rows if row.image in names]
        self._exams: dict[str, _Exam] = {}
        for image in images:
            uids = [row.study_uid for row in rows if row.case == image.case]
            self._exams[image.case] = _Exam(
                image.case, image.patient, uids[0] if uids else new_uid()
            )
        self._case_of_study = {
            (row.original_patient, row.original_study_uid): row.case
            for row in rows
            if row.original_study_uid
        }
        self._patients = {row.original_patient: row.patient for row in rows if row.original_patient}
        self._identity_of_case = {
            row.case: row.original_patient for row in rows if row.original_patient
        }
        self._days_shifted = {
            row.patient: int(row.days_shifted) for row in rows if row.days_shifted.isdecimal()
        }
        self._filled = {(image.case, image.view): image.image for image in images}
        self._sops = {row.original_sop_uid for row in rows if row.original_sop_uid}
        self._last_case = _highest(image.case for image in images)
        self._last_patient = _highest(image.patient for image in images)

    def name_exams(self, candidates: Iterable[Candidate]) -> None:
        """Give case, patient and UID to the exams of an import, before any file is placed."""
        for candidate in sorted(candidates, key=_hash_of_exam):
            self._name_exam(candidate)

    def place(self, candidate: Candidate) -> Placement | Unplaced:
        """Return where a file goes whose exam is named; its slot stays free until `fill`."""
        identity = candidate.identity
        if identity.sop and identity.sop in self._sops:
            return Unplaced(candidate, Verdict.DUPLICATE, "the same image was already taken")
        case = self._case_of(candidate)
        known = self._identity_of_case.setdefault(case, identity.patient)
        if known != identity.patient and candidate.source.claim is not None:
            return Unplaced(
                candidate, Verdict.REFUSED, f"another patient than the other files of {case}"
            )
        exam = self._exams[case]
        image = f"{case}-{candidate.view}"
        rival = self._filled.get((case, candidate.view), "")
        names = Pseudonyms(
            case=case,
            patient=exam.patient,
            image=f"{image}-second" if rival else image,
            view=candidate.view,
            study_uid=exam.study_uid,
            sop_uid=new_uid(),
            days_shifted=self._days_shifted.setdefault(exam.patient, _random_shift_days()),
        )
        return Placement(candidate, names, rival)

    def fill(self, placement: Placement) -> None:
        """Close the slot of a file whose pixels were taken; a damaged one leaves it to others."""
        names = placement.names
        self._filled[names.case, names.view] = names.image
        if placement.candidate.identity.sop:
            self._sops.add(placement.candidate.identity.sop)

    def _case_of(self, candidate: Candidate) -> str:
        """Return the case of a file whose exam is named."""
        if candidate.source.claim is not None:
            return candidate.source.claim.case
        return self._case_of_study[_exam_key(candidate)]

    def _name_exam(self, candidate: Candidate) -> None:
        """Give case, patient and UID to the exam of a file, unless it has them."""
        claim = candidate.source.claim
        key = _exam_key(candidate)
        if claim is None and key not in self._case_of_study:
            self._last_case += 1
            self._case_of_study[key] = f"C{self._last_case:03d}"
        case = self._case_of(candidate)
        if case in self._exams:
            return
        original = candidate.identity.patient
        patient = self._patients.get(original) if original else None
        if patient is None:
            self._last_patient += 1
            patient = f"P{self._last_patient:03d}"
            if original:
                self._patients[original] = patient
        self._exams[case] = _Exam(case, patient, new_uid())


def new_uid() -> str:
    """Return a random UID, which nothing ties to the one it replaces but the link file."""
    return f"2.25.{uuid.uuid4().int}"


def _random_shift_days() -> int:
    """Return by how many days a patient's dates are put earlier: one year to ten."""
    return 365 + secrets.randbelow(9 * 365)


def _exam_key(candidate: Candidate) -> tuple[str, str]:
    """Return what the files of one exam share."""
    return candidate.identity.patient, candidate.identity.study


def _hash_of_exam(candidate: Candidate) -> str:
    """Return a key that sorts exams in an order that tells nothing."""
    claim = candidate.source.claim
    parts = (claim.case,) if claim else _exam_key(candidate)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _highest(names: Iterable[str]) -> int:
    """Return the highest number among names such as C001."""
    matches = (_NUMBERED.fullmatch(name) for name in names)
    return max((int(match[1]) for match in matches if match), default=0)
