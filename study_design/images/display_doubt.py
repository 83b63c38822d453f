"""What is doubtful of how an image is shown, and the coordinator's word on each doubt.

`doubts.csv` has one row a doubt; an image without doubts has none. The picture is shown as the
import decided, but a doubt that nobody has accepted is a problem of its exam: where a header
contradicts itself or its picture, a person looks before anyone reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from study_design.errors import BadInputError
from study_design.exchange.csv_file import read_csv, write_csv
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class DisplayDoubt:
    """A doubt on how an image is shown.

    Attributes
    ----------
    by, why
        Who found that it is shown rightly, and how he knows; empty while nobody has.
    """

    image: str
    doubt: str
    by: str = ""
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided on it."""
        return not self.by


_COLUMNS = tuple(field.name for field in fields(DisplayDoubt))


def read_doubts(folder: StudyFolder) -> tuple[DisplayDoubt, ...]:
    """Return every doubt; none where there is no list.

    Raises
    ------
    BadInputError
        Where a column is missing or a doubt names no image.
    """
    if not folder.doubts_csv.exists():
        return ()
    rows = read_csv(folder.doubts_csv).require(*_COLUMNS).rows
    for line, row in enumerate(rows, start=2):
        if not row["image"]:
            raise BadInputError(f"doubts.csv, row {line}: expected the name of an image, got none.")
    return tuple(DisplayDoubt(**{name: row[name] for name in _COLUMNS}) for row in rows)


def write_doubts(folder: StudyFolder, doubts: Iterable[DisplayDoubt]) -> None:
    """Write the list anew."""
    ordered = sorted(doubts, key=lambda doubt: (doubt.image, doubt.doubt))
    write_csv(folder.doubts_csv, _COLUMNS, map(asdict, ordered))


def note_doubts(folder: StudyFolder, doubts: Mapping[str, tuple[str, ...]]) -> None:
    """Note the doubts on images, by their names, in place of those noted before.

    A doubt that was accepted before stays accepted.
    """
    before = read_doubts(folder)
    known = {(doubt.image, doubt.doubt): doubt for doubt in before}
    new = [
        known.get((image, words), DisplayDoubt(image, words))
        for image, all_words in doubts.items()
        for words in all_words
    ]
    after = [*(doubt for doubt in before if doubt.image not in doubts), *new]
    if set(after) != set(before):
        write_doubts(folder, after)


def doubt_problems(doubts: Iterable[DisplayDoubt], images: Iterable[str]) -> tuple[str, ...]:
    """Return the problem that each open doubt on some images is."""
    shown = frozenset(images)
    return tuple(
        f"is {doubt.image} shown rightly? {doubt.doubt}: look at it with crossread doubts"
        for doubt in doubts
        if doubt.is_open and doubt.image in shown
    )
