"""What a coordinator does to a locked study with name and reason: withdraw, unblind."""

from study_design.errors import BadInputError, ProtocolError
from study_design.protocol.plan import read_plan
from study_design.record.acts import Signature, signed_act, staff_act
from study_design.record.events import Event
from study_design.record.locked import locked_protocol
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import CaseWithdrawn, StudyUnblinded
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.record.withdrawal import withdrawn_cases
from study_design.study_folder import StudyFolder


def withdraw_case(folder: StudyFolder, case: str, signature: Signature) -> None:
    """Withdraw a case of a locked study; nothing that was read of it is lost.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, the record is frozen, or the case is withdrawn already.
    BadInputError
        Where the case was not planned.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        locked_protocol(folder, events)
        if is_frozen(events):
            raise ProtocolError(f"The record of {folder.path.name} is frozen; no case leaves it.")
        if case not in {cell.case for cell in read_plan(folder)}:
            raise BadInputError(f"Expected a case of the plan, got {case!r}. Check the name.")
        if case in {known.case for known in withdrawn_cases(events)}:
            raise ProtocolError(f"Case {case} is withdrawn already. Nothing was written.")
        store.append(signed_act(CaseWithdrawn(case), signature))


def unblind_study(folder: StudyFolder, signature: Signature) -> None:
    """Release answers, AI results and truth of an open study to whoever gets its export.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked.
    RecordError
        Where the record was altered.
    """
    released = StudyUnblinded(f"answers and truth released: {signature.why}", masked=False)
    _write(folder, staff_act(released, by=signature.by, now=signature.now))


def _write(folder: StudyFolder, act: Event) -> None:
    """Write down an act on a study that must be locked."""
    with open_store(folder.required()) as store:
        locked_protocol(folder, sound_events(store))
        store.append(act)
