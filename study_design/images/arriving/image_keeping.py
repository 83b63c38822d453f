"""Images that an import has taken become part of the study, with all that is known of them.

The images move to their places, then the link file is written, then what is asked of them, and
cases.csv last, which alone makes them part of the study.
"""

from collections.abc import Iterable, Mapping, Sequence

from study_design.images.arriving.file_flow import note_files
from study_design.images.arriving.import_report import FileReport
from study_design.images.arriving.kept_image import KeptImage, case_image, link_row
from study_design.images.arriving.manifest import Claim
from study_design.images.case_list import CaseImage, read_images, write_images
from study_design.images.display_doubt import About, note_doubts
from study_design.images.exam_facts import questions_of, with_days_before
from study_design.images.exam_question import (
    ExamQuestion,
    answered_by_manifest,
    read_questions,
    with_answers,
    write_questions,
)
from study_design.images.found_text import TextBox, note_found_text
from study_design.images.link_file import LinkFile, LinkRow
from study_design.study_folder import StudyFolder


def keep_images(
    folder: StudyFolder,
    staging: StudyFolder,
    kept: Mapping[str, KeptImage],
    reports: Iterable[FileReport],
    claims: Iterable[Claim],
) -> None:
    """Make staged images part of a study.

    Parameters
    ----------
    kept
        What was taken, by the names of the images.
    reports
        What became of their files.
    claims
        What a manifest says of them.
    """
    for staged, final in ((staging.images, folder.images), (staging.cache, folder.cache)):
        final.mkdir(exist_ok=True)
        for path in sorted(staged.glob("*")):
            path.replace(final / path.name)
    images = (*read_images(folder), *map(case_image, kept.values()))
    names = frozenset(image.image for image in images)
    links = [link_row(one.placement, one.file_sha256) for one in kept.values()]
    link = LinkFile.read(folder).with_rows(links, images=names)
    link.write(folder)
    images = with_days_before(images, link.rows)
    texts: dict[str, tuple[TextBox, ...]] = {name: one.taken.text for name, one in kept.items()}
    note_found_text(folder, texts, {n: one.taken.text_in_header for n, one in kept.items()})
    note_doubts(folder, {name: one.taken.mammogram.doubts for name, one in kept.items()})
    said = {name: one.placement.candidate.judgement.doubts for name, one in kept.items()}
    note_doubts(folder, said, About.VIEW)
    copies = copied_pixels(images)
    note_doubts(folder, {name: copies.get(name, ()) for name in kept}, About.EXAM)
    asked = asked_of(folder, images, link.rows, claims)
    if set(asked) != set(read_questions(folder)):
        write_questions(folder, asked)
    # Before the images count: a program that is killed then loses no reason with them.
    note_files(folder, reports)
    write_images(folder, images)


def copied_pixels(images: Iterable[CaseImage]) -> dict[str, tuple[str, ...]]:
    """Return what is doubted of images whose pixels an earlier one of another exam has too.

    One acquisition belongs to one exam: a copy under another name is a mistake in an archive, or a
    wrong patient, and would count twice.
    """
    first: dict[str, CaseImage] = {}
    doubts: dict[str, tuple[str, ...]] = {}
    for image in images:
        known = first.setdefault(image.sha256, image)
        if (known.case, known.exam_name) != (image.case, image.exam_name):
            doubts[image.image] = (f"it shows the same pixels as {known.image}, of another exam",)
    return doubts


def asked_of(
    folder: StudyFolder,
    images: Sequence[CaseImage],
    rows: Sequence[LinkRow],
    claims: Iterable[Claim] = (),
) -> tuple[ExamQuestion, ...]:
    """Return what is asked of exams and persons, and what was answered, by a manifest too."""
    said = frozenset(claim.case for claim in claims if claim.role_is_said)
    found = (answered_by_manifest(one, said) for one in questions_of(images, rows))
    return with_answers(found, read_questions(folder))
