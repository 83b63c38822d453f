"""The `.imrmc` files of iMRMC (FDA, R and Java), which RJafroc reads too.

Free text, optionally `N0: N1: NR: NM:` (cases of each truth, readers, modalities), `BEGIN DATA:`,
then `readerID,caseID,modalityID,score`. A row of reader -1 (or `truth`) holds the truth of a case,
0 or 1; a missing reading has no row. Arms are called modalities there.
"""

from collections.abc import Sequence
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import (
    MrmcRatings,
    RatedCase,
    Reading,
    check_ratings,
    class_counts,
    rating_text,
)
from study_design.foreign_text import read_bounded
from study_design.tables.csv_file import MOST_CSV_BYTES, number, write_atomically
from study_design.tables.text_encoding import decoded

BEGIN = "BEGIN DATA"
COUNTS = ("N0", "N1", "NR", "NM")
TRUTH_READERS = ("-1", "truth")


def read_imrmc(path: Path) -> MrmcRatings:
    """Read an `.imrmc` file.

    Raises
    ------
    BadInputError
        With the row: for a line that has not four cells, a truth that is not 0 or 1, a count that
        the rows contradict, and whatever `check_ratings` refuses.
    """
    lines = _lines(path)
    begin = next((at for at, line in enumerate(lines) if line.upper().startswith(BEGIN)), None)
    if begin is None:
        raise BadInputError(
            f"{path.name}: expected a line '{BEGIN}:' before the ratings, got none. Add it."
        )
    cases, readings = [], []
    for row, line in enumerate(lines[begin + 1 :], start=begin + 2):
        if not line:
            continue
        reader, case, arm, score = _cells(path, row, line)
        rating = number(score, f"{path.name}, row {row}, score")
        if reader.lower() in TRUTH_READERS:
            cases.append(RatedCase(case, _truth(path, row, rating), row))
        else:
            readings.append(Reading(reader, arm, case, rating, row))
    head = [line for line in lines[:begin] if line]
    title = "\n".join(line for line in head if line.split(":")[0] not in COUNTS)
    ratings = check_ratings(path.name, MrmcRatings(title, tuple(cases), tuple(readings)))
    _check_counts(path, head, ratings)
    return ratings


def write_imrmc(path: Path, ratings: MrmcRatings) -> None:
    """Write an `.imrmc` file; a missing reading has no row.

    Raises
    ------
    BadInputError
        For what `check_ratings` refuses, a name with a comma or line break, and a reader whose name
        means the truth; nothing is written.
    """
    check_ratings(path.name, ratings)
    _check_names(path, ratings)
    lines = [
        *(line for line in ratings.title.splitlines() if line),
        *(f"{name}:{count}" for name, count in zip(COUNTS, _counts(ratings), strict=True)),
        f"{BEGIN}:",
        *(f"-1,{case.case},truth,{case.truth:d}" for case in ratings.cases),
        *(
            f"{one.reader},{one.case},{one.arm},{rating_text(one.rating)}"
            for one in ratings.readings
        ),
    ]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file without the spaces around them."""
    try:
        text = decoded(path.name, read_bounded(path, MOST_CSV_BYTES), ours=True).text
    except OSError as error:
        raise BadInputError(
            f"Expected a text file at {path}, got: {error.strerror}. Check the path."
        ) from error
    return [line.strip() for line in text.splitlines()]


def _cells(path: Path, row: int, line: str) -> Sequence[str]:
    """Return the four cells of a row."""
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != 4 or not all(cells):
        raise BadInputError(
            f"{path.name}, row {row}: expected readerID,caseID,modalityID,score, got {line!r}. "
            "Names have no commas; correct the row."
        )
    return cells


def _truth(path: Path, row: int, score: float) -> bool:
    """Return the truth that a truth row holds."""
    if score not in (0, 1):
        raise BadInputError(
            f"{path.name}, row {row}, score: expected a truth of 0 or 1, got {score:g}. "
            "Correct the row."
        )
    return score == 1


def _counts(ratings: MrmcRatings) -> tuple[int, ...]:
    """Return N0, N1, NR and NM."""
    return (*class_counts(ratings), len(ratings.readers), len(ratings.arms))


def _check_counts(path: Path, head: Sequence[str], ratings: MrmcRatings) -> None:
    """Refuse a head that says other numbers than the rows, as RJafroc does."""
    said = {
        name.strip(): count.strip() for name, _, count in (line.partition(":") for line in head)
    }
    for name, count in zip(COUNTS, _counts(ratings), strict=True):
        if said.get(name, str(count)) != str(count):
            raise BadInputError(
                f"{path.name}: expected {name}:{count}, which the rows have, got "
                f"{name}:{said[name]}. Correct the head, or add the rows that are missing."
            )


def _check_names(path: Path, ratings: MrmcRatings) -> None:
    """Refuse names that the rows of the file cannot hold, and a title that ends the head."""
    cases = [case.case for case in ratings.cases]
    for name in (*ratings.readers, *ratings.arms, *cases):
        if not name or name != name.strip() or any(sign in name for sign in ",\n\r"):
            raise BadInputError(
                f"{path.name}: expected names without commas, line breaks and spaces around them, "
                f"got {name!r}. Export integers with a key file."
            )
    taken = next((one for one in ratings.readers if one.lower() in TRUTH_READERS), None)
    if taken is not None:
        raise BadInputError(
            f"{path.name}: expected readers other than {' and '.join(TRUTH_READERS)}, which mean "
            f"the truth, got {taken}. Export integers with a key file."
        )
    heads = [line.split(":")[0].strip() for line in ratings.title.splitlines()]
    if any(head.upper().startswith(BEGIN) or head in COUNTS for head in heads):
        raise BadInputError(
            f"{path.name}: expected a title that is free text, got one that holds a line of the "
            f"head ({BEGIN}, {', '.join(COUNTS)}). Change the title."
        )
