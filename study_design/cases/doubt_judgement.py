"""The coordinator's act on doubts: seen on the picture, and right as it is.

There is no second verdict: an image that is shown wrongly or is no plain view is put elsewhere or
not used, or its exam excluded; nothing in a header that contradicts itself tells how to show it
otherwise.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from study_design.errors import BadInputError
from study_design.images.display_doubt import read_doubts, write_doubts
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import DoubtAccepted
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def accept_doubts(
    folder: StudyFolder, images: Iterable[str], *, by: Actor, why: str, now: datetime
) -> int:
    """Find images right in spite of their open doubts; return how many doubts that ends.

    Recorded, image by image, before the list changes.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where no reason is given, or no doubt waits for a decision there.
    """
    refuse_when_locked(folder, "accept an image that is doubtful")
    reason = " ".join(why.split())
    if not reason:
        raise BadInputError("Expected a reason for the decision, got none. Add --reason TEXT.")
    wanted, doubts = frozenset(images), read_doubts(folder)
    waiting = {doubt for doubt in doubts if doubt.is_open and doubt.image in wanted}
    if not waiting:
        raise BadInputError(
            "Expected images with a doubt that waits for a decision, got none of them. See: "
            f"crossread doubts {folder.path.name}"
        )
    with open_store(folder) as store:
        for image in sorted({doubt.image for doubt in waiting}):
            said = tuple(d.doubt for d in doubts if d in waiting and d.image == image)
            store.append(staff_act(DoubtAccepted(image, said, reason), by=by, now=now))
    write_doubts(
        folder, (replace(d, by=by.name, why=reason) if d in waiting else d for d in doubts)
    )
    return len(waiting)
