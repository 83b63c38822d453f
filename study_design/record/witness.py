"""A witness of how a record ended: the hash of its head, alone or in a manifest or certificate.

What lies elsewhere shows on any computer that a record was cut off, rolled back or rewritten.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json, read_bounded
from study_design.record.events import JsonValue, StoredEvent
from study_design.record.heads import end_problems
from study_design.record.payloads.form import canonical
from study_design.record.problem import Problem
from study_design.record.seal import seal_holds
from study_design.record.signing.account_key import account_key, signature_holds
from study_design.record.signing.enrolment import enrolled_keys, record_fingerprint

_HASH = re.compile(r"[0-9a-f]{64}")


def vouched(
    content: Mapping[str, JsonValue], events: Sequence[StoredEvent]
) -> dict[str, JsonValue]:
    """Return content with how the record ends now, its fingerprint, and a signature over all of it.

    Parameters
    ----------
    events
        All events of the record; without any there is nothing to vouch for and no signature.

    Raises
    ------
    SecretError
        Where the keyring keeps the key of this account and does not give it out now.
    """
    study = events[0].event.event if events else None
    whole: dict[str, JsonValue] = {
        **content,
        "study": study,
        "events": len(events),
        "last_hash": events[-1].hash if events else None,
        "fingerprint": record_fingerprint(events),
    }
    if not events:
        return {**whole, "signature": None}
    key = account_key()
    signed: dict[str, JsonValue] = {**whole, "key": key.public}
    return {**signed, "signature": key.sign(_signed_text(signed))}


def witness_problems(against: str, events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Compare a record with a witness.

    Parameters
    ----------
    against
        The hash of an event, or the path of a manifest or certificate.

    Raises
    ------
    BadInputError
        Where it is neither.
    """
    if _HASH.fullmatch(against):
        if against not in {stored.hash for stored in events}:
            yield Problem(
                f"No event of the record has the hash {against[:12]}...: the record was cut off, "
                "rolled back or rewritten since."
            )
        return
    path = Path(against)
    manifest = _manifest(path)
    number, hash_ = manifest["events"], manifest["last_hash"]
    if not isinstance(number, int) or not isinstance(hash_, str) or number < 1:
        raise _no_witness(path)
    yield from _signature_problems(path, manifest, events)
    yield from end_problems(events, number, hash_, f"{path.name} vouches for")


def _manifest(path: Path) -> dict[str, JsonValue]:
    """Return the content of a manifest or certificate."""
    try:
        content = parsed_json(read_bounded(path))
    except (OSError, ValueError) as error:
        raise _no_witness(path) from error
    if not isinstance(content, dict) or not {"events", "last_hash"} <= set(content):
        raise _no_witness(path)
    return content


def _signature_problems(
    path: Path, manifest: Mapping[str, JsonValue], events: Sequence[StoredEvent]
) -> Iterator[Problem]:
    """Check who signed a manifest or, where it is from before there were signatures, its seal."""
    signature, public = manifest.get("signature"), manifest.get("key")
    if not isinstance(signature, str) or not isinstance(public, str):
        yield from _seal_problems(path, manifest)
        return
    bare = {name: value for name, value in manifest.items() if name != "signature"}
    if not signature_holds(public, _signed_text(bare), signature):
        yield Problem(f"{path.name} was altered: its signature does not hold.")
    elif public not in {key.public for key in enrolled_keys(events)}:
        yield Problem(
            f"{path.name} was signed by a key that is not enrolled in the record; its hash is "
            "compared all the same.",
            grave=False,
        )


def _signed_text(content: Mapping[str, JsonValue]) -> str:
    """Return what the signature of a manifest covers."""
    return f"Crossread manifest {canonical(content)}"


def _seal_problems(path: Path, manifest: Mapping[str, JsonValue]) -> Iterator[Problem]:
    """Check the seal of a manifest, where this account has the key."""
    bare = {name: value for name, value in manifest.items() if name != "seal"}
    study, seal = manifest.get("study"), manifest.get("seal")
    if not isinstance(study, str) or not isinstance(seal, str):
        yield Problem(f"{path.name} bears no seal; its hash is compared all the same.", grave=False)
        return
    holds = seal_holds(study, bare, seal)
    if holds is None:
        yield Problem(
            f"{path.name} was sealed by another account; whether it was altered cannot be known "
            "here, its hash is compared all the same.",
            grave=False,
        )
    elif not holds:
        yield Problem(f"{path.name} was altered: its seal does not hold.")


def _no_witness(path: Path) -> BadInputError:
    """Return the refusal of what is no witness."""
    return BadInputError(
        f"Expected the hash of an event or a manifest.json of an export, got {path}. "
        "Check the path."
    )
