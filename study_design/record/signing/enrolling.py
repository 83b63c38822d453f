"""Lets another account write: its key is enrolled by an event that this account signs."""

import re

from study_design.errors import BadInputError
from study_design.record.acts import Signature, signed_act
from study_design.record.payloads.staff import KeyEnrolled
from study_design.record.signing.enrolment import enrolled_keys, record_fingerprint
from study_design.record.signing.fingerprint import key_name
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

_PUBLIC = re.compile(r"[0-9a-f]{64}")


def enrol_key(folder: StudyFolder, public: str, owner: str, signature: Signature) -> str:
    """Enrol the key of another account; return the fingerprint of the record from here on.

    Raises
    ------
    BadInputError
        Where it is no public key, or is enrolled already.
    RecordError
        Where the key of this account is not enrolled itself.
    """
    public = public.strip().lower()
    if not _PUBLIC.fullmatch(public):
        raise BadInputError(
            f"Expected the key of an account, 64 digits and letters a to f, got {public!r}. On "
            f"that account: crossread enrol {folder.path.name}"
        )
    with open_store(folder.required()) as store:
        known = {key.name for key in enrolled_keys(store.events())}
        if key_name(public) in known:
            raise BadInputError("That key is enrolled already. Nothing was written.")
        store.append(signed_act(KeyEnrolled(public, owner, 0, "", {}, {}), signature))
        return record_fingerprint(store.events())


def fingerprint_of_study(folder: StudyFolder) -> str:
    """Return the fingerprint of a study's keys; empty where nothing was signed."""
    with open_store(folder.required()) as store:
        return record_fingerprint(store.events())
