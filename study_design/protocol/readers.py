"""The readers of a study: who they are, in which group they read, in the order they joined.

The order counts: the sequence of arms is drawn by slots, so a reader who joins later moves nobody.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from study_design.errors import BadInputError, ProtocolError
from study_design.protocol.study_file import read_study_file
from study_design.study_folder import StudyFolder
from study_design.tables.column import Column, Kind, Seen, Table
from study_design.tables.csv_file import number, read_csv, write_csv
from study_design.vocabulary import ReaderKind

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True)
class ReaderProfile:
    """A person, a consensus of persons or a program that reads.

    Attributes
    ----------
    members
        Of a consensus: its readers.
    group
        One of the study's groups; a factor in every analysis.
    years
        Years of mammogram reading.
    volume
        Mammograms read a year.
    """

    reader: str
    kind: ReaderKind
    group: str
    members: tuple[str, ...] = ()
    years: float | None = None
    volume: float | None = None
    site: str = ""


READERS: Table[ReaderProfile] = Table(
    "readers.csv",
    ("reader",),
    (
        Column("reader", "reader", lambda one: one.reader),
        Column("kind", "human, consensus or simulated", lambda one: one.kind.value),
        Column(
            "members", "of a consensus: its readers, joined by +", lambda one: "+".join(one.members)
        ),
        Column("group", "reader group", lambda one: one.group),
        Column("years", "years of mammogram reading", lambda one: one.years, Kind.NUMBER, "years"),
        Column("volume", "mammograms read a year", lambda one: one.volume, Kind.NUMBER),
        Column("site", "site", lambda one: one.site),
    ),
    Seen.BLINDED,
)


def read_readers(folder: StudyFolder) -> tuple[ReaderProfile, ...]:
    """Return the readers in the order in which they joined; none where no file exists yet."""
    if not folder.readers_csv.is_file():
        return ()
    table = read_csv(folder.readers_csv).require("reader", "kind", "group")
    profiles: list[ReaderProfile] = []
    for line, row in enumerate(table.rows, start=2):
        where = f"{table.path.name}, row {line}"
        profiles.append(
            ReaderProfile(
                row["reader"],
                _kind(row["kind"], where),
                row["group"],
                tuple(name for name in row.get("members", "").split("+") if name),
                _optional(row.get("years", ""), f"{where}, years"),
                _optional(row.get("volume", ""), f"{where}, volume"),
                row.get("site", ""),
            )
        )
    _check_all(profiles, read_study_file(folder.study_toml).design.groups)
    return tuple(profiles)


def with_reader(folder: StudyFolder, profile: ReaderProfile) -> tuple[ReaderProfile, ...]:
    """Return all readers and one who would join them.

    Raises
    ------
    BadInputError
        Where the name is taken or no name, the group is none of the study's, or years or volume
        are none.
    """
    _check_experience(profile)
    profiles = (*read_readers(folder), profile)
    _check_all(profiles, read_study_file(folder.study_toml).design.groups)
    return profiles


def write_readers(folder: StudyFolder, profiles: Iterable[ReaderProfile]) -> None:
    """Write readers.csv, in the order in which the readers joined."""
    write_csv(folder.readers_csv, READERS.columns, map(READERS.row, profiles))


def reader_named(folder: StudyFolder, name: str) -> ReaderProfile:
    """Return the profile of a reader, or refuse where the study has no such reader."""
    profiles = read_readers(folder)
    for profile in profiles:
        if profile.reader == name:
            return profile
    known = ", ".join(profile.reader for profile in profiles) or "none"
    raise ProtocolError(f"Expected one of the study's readers ({known}), got {name!r}.")


def _check_all(
    profiles: list[ReaderProfile] | tuple[ReaderProfile, ...], groups: tuple[str, ...]
) -> None:
    """Refuse names, groups and members that cannot be; letter case makes no second reader."""
    met: dict[str, str] = {}
    for profile in profiles:
        name = profile.reader
        if not NAME.fullmatch(name):
            raise BadInputError(
                f"Expected a reader's name of Latin letters, digits and _ . - (at most 40), got "
                f"{name!r}. Choose a short name, or a pseudonym."
            )
        if profile.group not in groups:
            raise BadInputError(
                f"Reader {name}: expected one of the study's groups ({', '.join(groups)}), got "
                f"{profile.group!r}. Choose one, or add the group to study.toml."
            )
        if name.casefold() in met:
            raise BadInputError(
                f"Expected each reader once, got {name} beside {met[name.casefold()]}. "
                "Choose another name."
            )
        _check_members(profile, set(met.values()))
        met[name.casefold()] = name


def _check_experience(profile: ReaderProfile) -> None:
    """Refuse numbers of years and of mammograms that nobody has.

    Of those who join only: a locked study that holds such a number stays readable.
    """
    for name, amount in (("years", profile.years), ("volume", profile.volume)):
        if amount is not None and not 0 <= amount < math.inf:
            raise BadInputError(
                f"Reader {profile.reader}: expected {name} of 0 or more, got {amount:g}. "
                "Correct the number."
            )


def _check_members(profile: ReaderProfile, known: set[str]) -> None:
    """Check that a consensus names readers who joined before it, and that nobody else does."""
    if profile.kind is not ReaderKind.CONSENSUS:
        if profile.members:
            raise BadInputError(
                f"Reader {profile.reader}: expected members of a consensus only, got "
                f"{'+'.join(profile.members)} of kind {profile.kind}."
            )
        return
    unknown = [member for member in profile.members if member not in known]
    if unknown or len(profile.members) < 2:
        raise BadInputError(
            f"Reader {profile.reader}: expected two or more readers of the study as members, got "
            f"{'+'.join(profile.members) or 'none'}. Add the members first."
        )


def _kind(text: str, where: str) -> ReaderKind:
    """Return the kind in a cell."""
    try:
        return ReaderKind(text)
    except ValueError as error:
        raise BadInputError(
            f"{where}: expected the kind {', '.join(ReaderKind)}, got {text!r}. Correct the cell."
        ) from error


def _optional(text: str, where: str) -> float | None:
    """Return the number in a cell, None where it is empty."""
    return number(text, where) if text else None
