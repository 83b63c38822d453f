"""Which case and slot each accepted file goes to, under names that tell nothing.

DICOM files are grouped by patient and Study Instance UID; new cases are numbered in the order of a
hash of these, so that neither folders nor dates can be read off the numbers. Files named by a
manifest go where it says. The link file tells which exam is already in the study.
"""

import hashlib
import itertools
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from study_design.images.arriving.sources import Source
from study_design.images.asked_place import second_image, several_images
from study_design.images.case_list import CaseImage
from study_design.images.link_file import LinkFile
from study_design.images.messages import Identity, Judgement, Pseudonyms
from study_design.vocabulary import View

_NUMBERED = re.compile(r"[CP](\d+)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mammogram that belongs into an exam.

    Attributes
    ----------
    judgement
        What its header tells; without a view the image waits for one.
    """

    source: Source
    identity: Identity
    judgement: Judgement
    megapixels: float

    @property
    def is_doubted(self) -> bool:
        """Whether something speaks against a plain view in its slot."""
        return bool(self.judgement.doubts)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image goes: the names that it gets, and why it waits for a view, if it does.

    Attributes
    ----------
    rival
        The image that fills the slot already; empty where that is not why it waits.
    """

    candidate: Candidate
    names: Pseudonyms
    waits: str = ""
    rival: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The file that an image came from: its checksum is empty where earlier versions took it."""

    image: str
    exam: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Exam:
    """The names of one exam, and of the case that it is a prior of; its own where it is none."""

    exam: str
    case: str
    patient: str
    study_uid: str
    days_before: int | None = None


class ExamSlots:
    """The slots of a study's exams while an import fills them."""

    def __init__(self, listed: Iterable[CaseImage], link: LinkFile) -> None:
        images = tuple(listed)
        names = frozenset(image.image for image in images)
        rows = [row for row in link.rows if row.image in names]
        uids = {row.exam_name: row.study_uid for row in reversed(rows)}
        self._exams: dict[str, _Exam] = {}
        for image in images:
            exam = image.exam_name
            self._exams[exam] = _Exam(
                exam, image.case, image.patient, uids.get(exam) or new_uid(), image.days_before
            )
        self._exam_of_study = {
            (row.original_patient, row.original_study_uid): row.exam_name
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
        self._filled = {(i.exam_name, i.view): i.image for i in images if i.view is not None}
        self._images = set(names)
        self._contested: set[tuple[str, View]] = set()
        originals = [(row, Original(row.image, row.exam_name, row.original_sha256)) for row in rows]
        self._of_sop = {row.original_sop_uid: one for row, one in originals if row.original_sop_uid}
        self._of_file = {(one.exam, one.sha256): one for _, one in originals if one.sha256}
        self._last_case = _highest(name for i in images for name in (i.case, i.exam_name))
        self._last_patient = _highest(image.patient for image in images)

    def name_exams(self, candidates: Iterable[Candidate]) -> None:
        """Give case, patient and UID to the exams of an import, before any file is placed."""
        # A case's own exam is named before its priors, which share its patient.
        for candidate in sorted(candidates, key=lambda one: (_is_prior(one), _hash_of_exam(one))):
            self._name_exam(candidate)

    def exam_of_study(self, identity: Identity) -> str:
        """Return the exam of a DICOM object by its Study Instance UID; empty where it has none.

        The patient need not match: reports and states often name him otherwise.
        """
        exact = self._exam_of_study.get((identity.patient, identity.study), "")
        of_study = {
            exam for (_, study), exam in self._exam_of_study.items() if study == identity.study
        }
        if not identity.study or (not exact and len(of_study) != 1):
            return ""
        return exact or next(iter(of_study))

    def exam_of(self, candidate: Candidate) -> str:
        """Return the exam of a file; one that is no prior is called as its case."""
        if candidate.source.claim is not None:
            return candidate.source.claim.exam
        return self._exam_of_study[_exam_key(candidate)]

    def original(self, candidate: Candidate, sha256: str) -> Original | None:
        """Return the file of the same exam with the same checksum, or of the same instance UID."""
        exam = self.exam_of(candidate)
        known = self._of_file.get((exam, sha256)) if sha256 else None
        return known or self._of_sop.get(candidate.identity.sop)

    def is_of_another_patient(self, candidate: Candidate) -> bool:
        """Tell whether a manifest puts files of two patients into one case."""
        claim = candidate.source.claim
        if claim is None:
            return False
        known = self._identity_of_case.setdefault(claim.case, candidate.identity.patient)
        return known != candidate.identity.patient

    def place(self, candidate: Candidate) -> Placement:
        """Return where a file goes whose exam is named; its slot stays free until `fill`."""
        exam = self._exams[self.exam_of(candidate)]
        name, view = exam.exam, candidate.judgement.view
        rival = self._filled.get((name, view), "") if view else ""
        waits = ""
        if view is None:
            waits = candidate.judgement.reason
        elif rival:
            waits = "; ".join((second_image(view, rival), *candidate.judgement.doubts))
        elif (name, view) in self._contested:
            waits = several_images(view)
        names = Pseudonyms(
            case=exam.case,
            patient=exam.patient,
            image=self._free_name(f"{name}-X1" if waits else f"{name}-{view}"),
            view=None if waits else view,
            study_uid=exam.study_uid,
            sop_uid=new_uid(),
            days_shifted=self._days_shifted.setdefault(exam.patient, _random_shift_days()),
            exam=name if name != exam.case else "",
            days_before=exam.days_before,
        )
        return Placement(candidate, names, waits, rival)

    def fill(self, placement: Placement, sha256: str) -> None:
        """Note an image whose pixels were taken; a damaged one leaves its slot to others."""
        names = placement.names
        exam = names.exam or names.case
        self._images.add(names.image)
        if names.view is not None:
            self._filled[exam, names.view] = names.image
        original = Original(names.image, exam, sha256)
        if placement.candidate.identity.sop:
            self._of_sop[placement.candidate.identity.sop] = original
        if sha256:
            self._of_file[exam, sha256] = original

    def contest(self, placement: Placement) -> None:
        """Empty the slot of an image, for which others of its import stand: a person chooses."""
        names = placement.names
        exam = names.exam or names.case
        if names.view is not None:
            self._filled.pop((exam, names.view), None)
            self._contested.add((exam, names.view))

    def _free_name(self, wanted: str) -> str:
        """Return the name, with the next number where an image has it already."""
        stem, start = (wanted[:-1], 1) if wanted.endswith("-X1") else (f"{wanted}-", 2)
        numbered = (f"{stem}{number}" for number in itertools.count(start))
        names = itertools.chain([wanted], numbered)
        return next(name for name in names if name not in self._images)

    def _name_exam(self, candidate: Candidate) -> None:
        """Give case, patient and UID to the exam of a file, unless it has them."""
        claim = candidate.source.claim
        key = _exam_key(candidate)
        if claim is None and key not in self._exam_of_study:
            self._last_case += 1
            self._exam_of_study[key] = f"C{self._last_case:03d}"
        exam = self.exam_of(candidate)
        if exam in self._exams:
            return
        case, days = (claim.case, claim.days_before) if claim else (exam, None)
        original = candidate.identity.patient
        patient = self._patients.get(original) if original else None
        if patient is None and case in self._exams:
            patient = self._exams[case].patient
        if patient is None:
            self._last_patient += 1
            patient = f"P{self._last_patient:03d}"
        if original:
            self._patients.setdefault(original, patient)
        self._exams[exam] = _Exam(exam, case, patient, new_uid(), days)


def new_uid() -> str:
    """Return a random UID, which nothing ties to the one it replaces but the link file."""
    return f"2.25.{uuid.uuid4().int}"


def _random_shift_days() -> int:
    """Return by how many days a patient's dates are put earlier: one year to ten."""
    return 365 + secrets.randbelow(9 * 365)


def _is_prior(candidate: Candidate) -> bool:
    """Tell whether a manifest puts a file into a prior exam of its case."""
    claim = candidate.source.claim
    return claim is not None and claim.exam != claim.case


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
