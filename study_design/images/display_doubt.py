"""What is doubtful of an image, and the coordinator's word on each doubt.

`doubts.csv` has one row a doubt; an image without doubts has none. The picture stays in its slot
and is shown as the import decided, but a doubt that nobody has accepted is a problem of its exam:
where a header contradicts itself, its picture or a manifest, or where somebody typed that it may be
no plain view, a person looks before anyone reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv, write_csv


class About(StrEnum):
    """What a doubt is about."""

    DISPLAY = "display"
    VIEW = "view"
    EXAM = "exam"


_ASKED = {
    About.DISPLAY: "is {} displayed correctly?",
    About.VIEW: "is {} a plain view in its place?",
    About.EXAM: "is {} of this exam?",
}


@dataclass(frozen=True, slots=True)
class DisplayDoubt:
    """A doubt on how an image is shown, or on which view it is.

    Attributes
    ----------
    by, why
        Who found that the image is right as it is, and how he knows; empty while nobody has.
    """

    image: str
    doubt: str
    by: str = ""
    why: str = ""
    about: About = About.DISPLAY

    @property
    def question(self) -> str:
        """What a person is asked."""
        return f"{self.asks(self.image)} {self.doubt}"

    def asks(self, name: str) -> str:
        """Return the question alone, for an image that goes by a name on the screen."""
        return _ASKED[self.about].format(name)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided on it."""
        return not self.by


_COLUMNS = tuple(field.name for field in fields(DisplayDoubt))
# Lists of earlier versions hold doubts on the display alone.
_NEEDED = _COLUMNS[:-1]


def read_doubts(folder: StudyFolder) -> tuple[DisplayDoubt, ...]:
    """Return every doubt; none where there is no list.

    Raises
    ------
    BadInputError
        Where a column is missing or a doubt names no image.
    """
    if not folder.doubts_csv.exists():
        return ()
    rows = read_csv(folder.doubts_csv).require(*_NEEDED).rows
    for line, row in enumerate(rows, start=2):
        if not row["image"]:
            raise BadInputError(f"doubts.csv, row {line}: expected the name of an image, got none.")
        if row.get("about") and row["about"] not in tuple(About):
            raise BadInputError(
                f"doubts.csv, row {line}: expected one of {', '.join(About)}, got {row['about']!r}."
            )
    return tuple(
        DisplayDoubt(
            row["image"],
            row["doubt"],
            row["by"],
            row["why"],
            About(row.get("about") or About.DISPLAY),
        )
        for row in rows
    )


def write_doubts(folder: StudyFolder, doubts: Iterable[DisplayDoubt]) -> None:
    """Write the list anew."""
    ordered = sorted(doubts, key=lambda doubt: (doubt.image, doubt.doubt))
    write_csv(folder.doubts_csv, _COLUMNS, map(asdict, ordered))


def note_doubts(
    folder: StudyFolder, doubts: Mapping[str, tuple[str, ...]], about: About = About.DISPLAY
) -> None:
    """Note the doubts on images, by their names, in place of those about the same noted before.

    A doubt that was accepted before stays accepted.
    """
    before = read_doubts(folder)
    known = {(doubt.image, doubt.doubt): doubt for doubt in before}
    new = [
        known.get((image, words), DisplayDoubt(image, words, about=about))
        for image, all_words in doubts.items()
        for words in all_words
    ]
    kept = (doubt for doubt in before if doubt.image not in doubts or doubt.about is not about)
    after = [*kept, *new]
    if set(after) != set(before):
        write_doubts(folder, after)


def settle_view_doubts(folder: StudyFolder, images: Iterable[str], *, by: str, why: str) -> None:
    """Close the doubts on the view of images that a person has put into a slot."""
    placed, before = frozenset(images), read_doubts(folder)
    after = [
        replace(doubt, by=by, why=why)
        if doubt.image in placed and doubt.about is About.VIEW and doubt.is_open
        else doubt
        for doubt in before
    ]
    if after != list(before):
        write_doubts(folder, after)


def doubt_problems(doubts: Iterable[DisplayDoubt], images: Iterable[str]) -> tuple[str, ...]:
    """Return the problem that each open doubt on some images is."""
    shown = frozenset(images)
    return tuple(
        f"{doubt.question}: look at it on the Cases page, settle it there or with crossread doubts"
        for doubt in doubts
        if doubt.is_open and doubt.image in shown
    )
