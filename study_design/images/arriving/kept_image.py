"""The rows that an image adds to cases.csv and to the link file."""

from dataclasses import dataclass, replace

from study_design.images.arriving.exam_slots import Candidate, Placement
from study_design.images.arriving.import_report import FileReport
from study_design.images.asked_place import several_images
from study_design.images.case_list import CURRENT, PRIOR, CaseImage
from study_design.images.link_file import LinkRow
from study_design.images.messages import Evidence, Taken, TakeRequest, Tier, Verdict


@dataclass(frozen=True, slots=True)
class KeptImage:
    """An image that was taken in this import."""

    placement: Placement
    request: TakeRequest
    taken: Taken
    file_sha256: str


def contends(placement: Placement, rival: Placement) -> bool:
    """Tell whether two images stand for a slot alike; one without a doubt goes before."""
    return placement.candidate.is_doubted == rival.candidate.is_doubted


def contested(placement: Placement) -> Placement:
    """Return where an image goes that is not the only one of its import for a slot."""
    view = placement.candidate.judgement.view
    waits = several_images(view) if view else placement.waits
    return replace(placement, names=replace(placement.names, view=None), waits=waits)


def hinted(placement: Placement, taken: Taken) -> Placement:
    """Return where an image goes; one whose header names no side gets a hint from its picture."""
    evidence = placement.candidate.judgement.evidence
    if placement.candidate.judgement.view or taken.side_if_hung is None:
        return placement
    seen = Evidence(Tier.PICTURE, taken.side_if_hung)
    judgement = replace(placement.candidate.judgement, evidence=(*evidence, seen))
    guess = f"the picture shows a {seen.side.word} breast" if seen.side else ""
    return replace(
        placement,
        candidate=replace(placement.candidate, judgement=judgement),
        waits=f"{placement.waits}; {guess} if it is stored as it hangs (a guess)",
    )


def foreseen_image(placement: Placement) -> CaseImage:
    """Return the row of an image whose pixels nobody has read."""
    names = placement.names
    return CaseImage(
        *(names.case, names.patient, names.view, names.image, "", 0, 0),
        exam=names.exam or names.case,
        exam_role=PRIOR if names.exam else CURRENT,
        days_before=names.days_before,
        reason=placement.waits,
    )


def case_image(kept: KeptImage) -> CaseImage:
    """Return the row of cases.csv."""
    mammogram, names = kept.taken.mammogram, kept.placement.names
    return CaseImage(
        case=names.case,
        patient=names.patient,
        view=names.view,
        image=names.image,
        sha256=mammogram.sha256,
        rows=mammogram.rows,
        columns=mammogram.columns,
        exam=names.exam or names.case,
        exam_role=PRIOR if names.exam else CURRENT,
        days_before=names.days_before,
        spacing_mm=mammogram.spacing_mm,
        mirrored=mammogram.mirrored,
        vendor=mammogram.vendor,
        reason=kept.placement.waits,
    )


def link_row(placement: Placement, file_sha256: str = "") -> LinkRow:
    """Return the row of the link file."""
    names, candidate = placement.names, placement.candidate
    identity = candidate.identity
    return LinkRow(
        case=names.case,
        patient=names.patient,
        image=names.image,
        view=names.view or "",
        study_uid=names.study_uid,
        sop_uid=names.sop_uid,
        original_patient=identity.patient,
        original_accession=identity.accession,
        original_study_uid=identity.study,
        original_sop_uid=identity.sop,
        original_path=str(candidate.source.shown),
        days_shifted=str(names.days_shifted) if identity.sop else "",
        original_sha256=file_sha256,
        exam=names.exam,
        original_date=identity.date,
        original_name=identity.person.name,
        original_birth_date=identity.person.birth_date,
        original_sex=identity.person.sex,
    )


def unsettled_report(candidate: Candidate) -> FileReport:
    """Return the report of a mammogram whose pixels nobody has read."""
    judgement = candidate.judgement
    return FileReport(
        candidate.source.shown,
        Verdict.ACCEPTED,
        judgement.reasons,
        "",
        judgement.view,
        judgement.evidence,
    )
