"""The printable report that qualifies an installation: which reference values it reproduces.

It names versions, the reference cases by their checksum, what is compared how closely, and what was
found; nothing in it names the computer or its user, and people sign and date it by hand.
"""

import hashlib
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jinja2

from analysis.checks.reference_check import (
    EXACT,
    SHIPPED,
    TOLERANCES,
    CheckedValue,
    ReferenceCheck,
    Tolerance,
)
from analysis.reference_methods.reference_case import read_cases

TEMPLATE = "qualification.html.j2"
LIBRARIES = ("crossread", "numpy", "scipy", "pandas")


@dataclass(frozen=True, slots=True)
class StatedTolerance:
    """How closely an answer is compared, in words."""

    of: str
    words: str


@dataclass(frozen=True, slots=True)
class QualifiedCase:
    """How many values of a case are reproduced, and how far the farthest lies off.

    `farthest` is the greatest difference as a share of the expected value, of those that are
    not 0; None where there is none.
    """

    case: str
    reproduced: int
    values: int
    farthest: float | None


@dataclass(frozen=True, slots=True)
class QualifiedMethod:
    """A method with its cases; `tolerances` are those that differ from the rule for all."""

    method: str
    cases: tuple[QualifiedCase, ...]
    tolerances: tuple[StatedTolerance, ...]

    @property
    def reproduced(self) -> int:
        """Values reproduced."""
        return sum(case.reproduced for case in self.cases)

    @property
    def values(self) -> int:
        """Values compared."""
        return sum(case.values for case in self.cases)


@dataclass(frozen=True, slots=True)
class Qualification:
    """Everything that the report prints.

    Attributes
    ----------
    versions
        Of the program and what its numbers rest on.
    checksum
        SHA-256 of the reference cases' names and contents.
    rule
        How closely values are compared where nothing else is stated.
    methods
        In the order of their names.
    failed
        Values that are not reproduced.
    check
        What was found, with its notes.
    """

    versions: tuple[str, ...]
    checksum: str
    rule: str
    methods: tuple[QualifiedMethod, ...]
    failed: tuple[CheckedValue, ...]
    check: ReferenceCheck


def qualify(found: ReferenceCheck, folder: Path | None = None) -> Qualification:
    """Return the report on what `check` found in a folder; None: in the shipped cases.

    Raises
    ------
    ReferenceCaseError
        Where the folder cannot be read.
    """
    cases = read_cases(folder or SHIPPED)
    compared = {value.case for value in found.values}
    by_method: dict[str, list[QualifiedCase]] = {}
    for case in cases:
        if case.id in compared:
            of_case = [value for value in found.values if value.case == case.id]
            by_method.setdefault(case.method, []).append(_case(case.id, of_case))
    return Qualification(
        (
            *(f"{library} {version(library)}" for library in LIBRARIES),
            f"Python {platform.python_version()}",
            f"{platform.system()} {platform.machine()}",
        ),
        _checksum(folder or SHIPPED),
        _words(EXACT),
        tuple(
            QualifiedMethod(method, tuple(of_method), _stated(method))
            for method, of_method in by_method.items()
        ),
        tuple(value for value in found.values if not value.ok),
        found,
    )


def qualification_page(qualification: Qualification) -> str:
    """Return the report as a page of HTML that needs no other file and prints well."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(report=qualification)


def _case(name: str, values: list[CheckedValue]) -> QualifiedCase:
    """Return the count of one case."""
    off = [
        abs(value.difference / value.expected)
        for value in values
        if value.difference is not None and value.expected != 0
    ]
    finite = [one for one in off if one < float("inf")]
    return QualifiedCase(
        name, sum(value.ok for value in values), len(values), max(finite, default=None)
    )


def _stated(method: str) -> tuple[StatedTolerance, ...]:
    """Return the tolerances that a method has of its own."""
    return tuple(
        StatedTolerance(name, _words(tolerance))
        for (of, name), tolerance in TOLERANCES.items()
        if of == method
    )


def _words(tolerance: Tolerance) -> str:
    """Return a tolerance in words."""
    return f"relative {tolerance.relative:g} or absolute {tolerance.absolute:g}"


def _checksum(folder: Path) -> str:
    """Return one checksum of all files of a folder and where they are."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
