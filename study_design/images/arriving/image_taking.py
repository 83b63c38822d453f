"""The pixels of an import: decoded once, slots filled, doubtful images kept without one.

A slot is filled where the tiers of evidence agree and one image stands for it. Any other mammogram
is kept without a view, and is a problem of its exam until a person places it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from study_design.images.arriving.exam_slots import Candidate, Original, Placement
from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.arriving.header_scan import HeaderScan
from study_design.images.arriving.image_keeping import asked_of, keep_images
from study_design.images.arriving.import_report import (
    FileReport,
    ImportReport,
    ImportStep,
    exam_reports,
)
from study_design.images.arriving.kept_image import (
    KeptImage,
    contends,
    contested,
    foreseen_image,
    hinted,
    link_row,
    unsettled_report,
)
from study_design.images.arriving.manifest import Claim
from study_design.images.arriving.sources import Source
from study_design.images.asked_place import repeated_view
from study_design.images.case_list import CaseEntry, cases_of, entries_of, read_images
from study_design.images.link_file import LinkFile
from study_design.images.mammogram import Mammogram
from study_design.images.messages import (
    KeptPicture,
    SameRequest,
    Taken,
    TakeRequest,
    Tier,
    Verdict,
)
from study_design.study_folder import StudyFolder

# So many images at least become part of the study together, where the rest is wanted anyway.
KEPT_AT_ONCE = 40

Progress = Callable[[ImportStep], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Pixels:
    """The case of an image and the checksum of its pixels."""

    case: str
    sha256: str


@dataclass(slots=True)
class ImageTaking:
    """One import under way, from the headers on."""

    folder: StudyFolder
    staging: StudyFolder
    worker: GuardedWorker
    scan: HeaderScan
    _kept: dict[str, KeptImage] = field(default_factory=dict)
    _foreseen: dict[str, Placement] = field(default_factory=dict)
    _reports: dict[Source, FileReport] = field(default_factory=dict)
    _pixels: dict[str, _Pixels] = field(default_factory=dict)

    def take(self, progress: Progress, stop: Stop, *, keeps: bool = False) -> None:
        """Decode and de-identify every candidate into the staging folder.

        Parameters
        ----------
        keeps
            Make whole exams part of the study on the way, so that little is lost where the program
            is killed.
        """
        candidates = self.scan.candidates
        self._pixels = {i.image: _Pixels(i.case, i.sha256) for i in read_images(self.folder)}
        for done, candidate in enumerate(candidates, start=1):
            if stop():
                self.scan.not_reached = len(candidates) - done + 1
                return
            if keeps and self._begins_exam(done - 1) and len(self._kept) >= KEPT_AT_ONCE:
                self.keep()
            self._settle(candidate)
            progress(ImportStep("pixels", done, len(candidates)))

    def _begins_exam(self, place: int) -> bool:
        """Tell whether the candidate at a place is the first of its exam."""
        case_of, candidates = self.scan.slots.exam_of, self.scan.candidates
        return place > 0 and case_of(candidates[place]) != case_of(candidates[place - 1])

    def report_headers(self, files: Iterable[Source], guesses: tuple[str, ...]) -> ImportReport:
        """Return what the headers say of the files; a mammogram counts as accepted."""
        known = {
            **self.scan.reports,
            **{c.source: unsettled_report(c) for c in self.scan.candidates},
        }
        return ImportReport(tuple(known[s] for s in files if s in known), guesses=guesses)

    def foresee(self) -> None:
        """Note where the candidates would go."""
        slots = self.scan.slots
        for candidate in self.scan.candidates:
            if slots.original(candidate, ""):
                self._report(candidate, Verdict.DUPLICATE, "already in the study, or met before")
                continue
            placement = slots.place(candidate)
            rival = self._foreseen.get(placement.rival)
            if rival is not None and contends(placement, rival):
                placement = contested(placement)
                self._foresee(contested(rival))
                slots.contest(rival)
            slots.fill(placement, "")
            self._foresee(placement)

    def _foresee(self, placement: Placement) -> None:
        """Note where one candidate would go."""
        self._foreseen[placement.names.image] = placement
        self._report_placed(placement, placement.candidate.judgement.reasons)

    def keep(self) -> None:
        """Make the staged images part of the study; nothing is written where there are none."""
        if self._kept:
            keep_images(self.folder, self.staging, self._kept, self._kept_reports(), self._claims())
            self._kept.clear()

    def _kept_reports(self) -> tuple[FileReport, ...]:
        """Return what became of the files that are kept now."""
        sources = (kept.placement.candidate.source for kept in self._kept.values())
        return tuple(self._reports[source] for source in sources)

    def _claims(self) -> tuple[Claim, ...]:
        """Return what the manifest says, where there is one."""
        claims = (candidate.source.claim for candidate in self.scan.candidates)
        return tuple(claim for claim in claims if claim)

    def report(self, files: Iterable[Source], guesses: tuple[str, ...]) -> ImportReport:
        """Return what became of the files, in their order, and of the exams they belong to."""
        known = {**self.scan.reports, **self._reports}
        told = tuple(known[source] for source in files if source in known)
        touched = {report.exam for report in told}
        exams = exam_reports(entry for entry in self._entries() if entry.case in touched)
        return ImportReport(told, exams, guesses, not_reached=self.scan.not_reached)

    def _entries(self) -> tuple[CaseEntry, ...]:
        """Return the cases of the study, with what was foreseen for it."""
        if not self._foreseen:
            return cases_of(self.folder)
        placements = self._foreseen.values()
        images = (*read_images(self.folder), *map(foreseen_image, placements))
        rows = (*LinkFile.read(self.folder).rows, *map(link_row, placements))
        return entries_of(images, questions=asked_of(self.folder, images, rows, self._claims()))

    def _settle(self, candidate: Candidate) -> None:
        """Decide on one candidate by its pixels."""
        slots = self.scan.slots
        file_sha256 = _file_sha256(candidate.source.path)
        original = slots.original(candidate, file_sha256)
        if original and original.sha256 and original.sha256 == file_sha256:
            reason = f"the same file as that of {original.image}"
            self._report(candidate, Verdict.DUPLICATE, reason, original.image)
            return
        if slots.is_of_another_patient(candidate):
            reason = f"another patient than the other files of {slots.exam_of(candidate)}"
            self._report(candidate, Verdict.REFUSED, reason)
            return
        placement = slots.place(candidate)
        request = self._request(placement)
        try:
            taken = self.worker.take(request, candidate.megapixels)
        except FileRefusedError as error:
            self._drop(placement.names.image)
            self._report(candidate, Verdict.REFUSED, str(error))
            return
        if self._is_known(placement, taken, original):
            self._drop(placement.names.image)
            return
        rival = self._kept.get(placement.rival)
        if rival and not contends(placement, rival.placement):
            rival = None
        placement = contested(placement) if rival else hinted(placement, taken)
        self._keep(KeptImage(placement, request, taken, file_sha256))
        if rival:
            self._contest(rival)

    def _request(self, placement: Placement) -> TakeRequest:
        """Return what the child is asked to do with a file."""
        candidate, view = placement.candidate, placement.names.view
        claim = candidate.source.claim
        oriented = [
            one.side
            for one in candidate.judgement.evidence
            if one.tier is Tier.PATIENT_ORIENTATION and one.side
        ]
        return TakeRequest(
            candidate.source.path.absolute(),
            self.staging.path.absolute(),
            placement.names,
            claim.spacing_mm if claim else None,
            claim.mirrored if claim else None,
            trusts_orientation=view is None or not oriented or oriented[0] is view.side,
        )

    def _is_known(self, placement: Placement, taken: Taken, original: Original | None) -> bool:
        """Report an image that is in the study already, under its UID or by its pixels."""
        candidate, case = placement.candidate, placement.names.case
        if original is not None:
            if self._shows(original.image, taken.mammogram):
                reason = f"the same image as {original.image}, written anew"
                self._report(candidate, Verdict.DUPLICATE, reason, original.image)
            else:
                reason = (
                    f"the SOP Instance UID of {original.image}, but other pixels; find out which "
                    "of the two is right and leave the other out"
                )
                self._report(candidate, Verdict.REFUSED, reason)
            return True
        if not placement.waits:
            return False
        rivals = [image for image, known in self._pixels.items() if known.case == case]
        twin = next((image for image in rivals if self._shows(image, taken.mammogram)), "")
        if twin:
            self._report(candidate, Verdict.DUPLICATE, f"the same pixels as {twin}", twin)
        return bool(twin)

    def _shows(self, image: str, new: Mammogram) -> bool:
        """Tell whether an image that is known holds the pixels of a new one."""
        known = self._pixels.get(image)
        if known is None or known.sha256 == new.sha256:
            return known is not None
        home = self.staging if image in self._kept else self.folder
        kept = KeptPicture(home.path.absolute(), image)
        taken = KeptPicture(self.staging.path.absolute(), new.image)
        try:
            return self.worker.is_same(SameRequest(kept, taken), new.rows * new.columns / 1e6)
        except FileRefusedError:
            return False  # the study's own files are damaged, which `verify` names

    def _keep(self, kept: KeptImage) -> None:
        """Note an image that was taken, and report its file."""
        names, sha256 = kept.placement.names, kept.taken.mammogram.sha256
        self._pixels[names.image] = _Pixels(names.case, sha256)
        self._kept[names.image] = kept
        self.scan.slots.fill(kept.placement, kept.file_sha256)
        notes = [kept.placement.candidate.judgement.reasons, *kept.taken.notes]
        self._report_placed(kept.placement, "; ".join(filter(None, notes)))

    def _contest(self, rival: KeptImage) -> None:
        """Take an image of this import out of its slot again, because another stands for it too."""
        self.scan.slots.contest(rival.placement)
        placement = contested(rival.placement)
        request = replace(rival.request, names=placement.names)
        try:
            taken = self.worker.take(request, placement.candidate.megapixels)
        except FileRefusedError as error:
            del self._kept[placement.names.image]
            self._drop(placement.names.image)
            self._report(placement.candidate, Verdict.REFUSED, str(error))
            return
        self._kept[placement.names.image] = KeptImage(placement, request, taken, rival.file_sha256)
        self._report_placed(placement, "")

    def _report_placed(self, placement: Placement, notes: str) -> None:
        """Report a file that has become an image: in its slot, or waiting for a view."""
        image = placement.names.image
        if not placement.waits:
            self._report(placement.candidate, Verdict.ACCEPTED, notes, image)
            return
        view = repeated_view(placement.waits)
        asked = f"which image of {view} is used? It is" if view else "which view is it?"
        reason = f"kept as {image}; {asked} {placement.waits}"
        self._report(placement.candidate, Verdict.EXTRA, reason, image)

    def _report(self, candidate: Candidate, verdict: Verdict, reason: str, image: str = "") -> None:
        """Note what became of a candidate."""
        judgement = candidate.judgement
        self._reports[candidate.source] = FileReport(
            candidate.source.shown,
            verdict,
            reason,
            self.scan.slots.exam_of(candidate),
            judgement.view if verdict is not Verdict.EXTRA else None,
            judgement.evidence,
            image,
        )

    def _drop(self, image: str) -> None:
        """Remove the staged files of an image."""
        for path in self.staging.path.rglob(f"{image}.*"):
            path.unlink()


def _file_sha256(path: Path) -> str:
    """Return the checksum of a file; empty where it cannot be read, which the child will say."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
