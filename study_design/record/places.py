"""Places: which study's record lies at a path, as far as this account has written there.

A record that was made up and put in the place of a known one, together with the loss of what is
remembered of its end, would else look like that of a study which this account never saw.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from study_design.record.problem import Problem
from study_design.record.seal import seal_holds, sealed
from study_design.secrets import SecretError, data_folder


def remember_place(record: str, study: str, *, anew: bool) -> None:
    """Remember which study lies at a path; where another is remembered, only `anew` replaces it.

    Raises
    ------
    OSError, SecretError
        Where it cannot be written or sealed.
    """
    path = _file(record)
    if path.exists() and not anew:
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    content = _content(record, study)
    path.write_text(json.dumps({**content, "seal": sealed(study, content)}), encoding="utf-8")


def place_problems(record: str, study: str, *, known: bool) -> Iterator[Problem]:
    """Name a record that lies where this account knew that of another study.

    Parameters
    ----------
    known
        The account knows this record from elsewhere: it was moved here.
    """
    there = _study_at(record)
    if there is not None and there != study and not known:
        yield Problem(
            f"Here lay the record of another study ({there}), and this account has not written "
            "to the one that lies here now: it was put in its place."
        )


def _study_at(record: str) -> str | None:
    """Return the study that is remembered at a path; None where none is, or that was altered."""
    try:
        said = json.loads(_file(record).read_bytes())
        study, seal = said["study"], said["seal"]
        holds = seal_holds(study, _content(record, study), seal)
    except (OSError, ValueError, KeyError, TypeError, SecretError):
        return None
    return study if holds else None


def _content(record: str, study: str) -> dict[str, str]:
    """Return what the seal covers."""
    return {"study": study, "path": record}


def _file(record: str) -> Path:
    """Return the file of a path."""
    name = hashlib.sha256(record.encode()).hexdigest()[:32]
    return data_folder() / "places" / f"{name}.json"
