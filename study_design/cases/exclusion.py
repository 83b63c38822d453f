"""Takes a case out of a study before reading starts; it stays listed, with the reason."""

from dataclasses import replace
from datetime import datetime

from study_design.errors import BadInputError
from study_design.images.case_list import read_images, write_images
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import CaseExcluded
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def exclude_case(folder: StudyFolder, case: str, reason: str, *, by: Actor, now: datetime) -> None:
    """Exclude a case: into the record first, then into cases.csv.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where there is no such case, it is excluded already, or no reason is given.
    """
    refuse_when_locked(folder, "exclude a case")
    why = " ".join(reason.split())
    if not why:
        raise BadInputError("Expected a reason for the exclusion, got none. Add --reason TEXT.")
    images = read_images(folder)
    if case not in {image.case for image in images}:
        raise BadInputError(
            f"Expected the name of a case in cases.csv, got {case!r}. Check the name."
        )
    of_case = [image for image in images if image.case == case]
    if all(image.excluded for image in of_case):
        raise BadInputError(
            f"Expected a case that is in use, got {case}, which is excluded already: "
            f"{of_case[0].reason}. Nothing was written."
        )
    with open_store(folder) as store:
        store.append(staff_act(CaseExcluded(case, why), by=by, now=now))
    write_images(
        folder,
        (
            replace(image, excluded=True, reason=why) if image.case == case else image
            for image in images
        ),
    )
