"""Where text or markers were found in the pixels, and what the coordinator decided on each.

`burned_in.csv` has one row a place; an image without text has none. A place that nobody has looked
at is a problem of its exam, whatever BurnedInAnnotation says in the header.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv, whole_number, write_csv


class TextVerdict(StrEnum):
    """What was decided on a place with text."""

    OPEN = "open"
    HARMLESS = "harmless"
    BLANKED = "blanked"


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where text or a marker stands, in stored pixels: column, row, width, height.

    `letters` is about how many stand there in one row, by their size; 0 where nobody counted.
    """

    x_px: int
    y_px: int
    width_px: int
    height_px: int
    letters: int = 0

    def __str__(self) -> str:
        return f"{self.x_px},{self.y_px},{self.width_px},{self.height_px}"


@dataclass(frozen=True, slots=True)
class FoundText:
    """A place with text or a marker; `by` and `why` are empty while nobody has looked at it.

    Attributes
    ----------
    header
        What the hospital's Burned In Annotation says: YES, NO, or empty where it is silent.
    """

    image: str
    box: TextBox
    verdict: TextVerdict = TextVerdict.OPEN
    by: str = ""
    why: str = ""
    header: str = ""


# A marker of the view (R-CC, LMLO, RXCCL) counts as so many letters in a row at most. What is
# longer may be a name, a number or a date.
_MOST_LETTERS_OF_A_MARKER = 5

DENIED = ", though its header says that there is none"

_BOX = tuple(field.name for field in fields(TextBox))
_NEEDED = ("image", *_BOX, "verdict", "by", "why")
_COLUMNS = (*_NEEDED, "header")  # which lists of earlier versions lack


def read_found_text(folder: StudyFolder) -> tuple[FoundText, ...]:
    """Return every place that was found; none where there is no list.

    Raises
    ------
    BadInputError
        Where a cell of the list makes no sense.
    """
    if not folder.burned_in_csv.exists():
        return ()
    found = []
    for line, row in enumerate(read_csv(folder.burned_in_csv).require(*_NEEDED).rows, start=2):
        where = f"burned_in.csv, row {line}"
        if row["verdict"] not in tuple(TextVerdict):
            raise BadInputError(
                f"{where}: expected one of {', '.join(TextVerdict)}, got {row['verdict']!r}."
            )
        box = TextBox(*(whole_number(row[name], f"{where}, {name}") for name in _BOX))
        verdict, header = TextVerdict(row["verdict"]), row.get("header", "")
        found.append(FoundText(row["image"], box, verdict, row["by"], row["why"], header))
    return tuple(found)


def write_found_text(folder: StudyFolder, found: Iterable[FoundText]) -> None:
    """Write the list anew."""
    write_csv(
        folder.burned_in_csv,
        _COLUMNS,
        (
            {
                "image": text.image,
                **asdict(text.box),
                "verdict": text.verdict,
                "by": text.by,
                "why": text.why,
                "header": text.header,
            }
            for text in sorted(found, key=lambda text: (text.image, text.box.y_px, text.box.x_px))
        ),
    )


def note_found_text(
    folder: StudyFolder,
    boxes: Mapping[str, tuple[TextBox, ...]],
    headers: Mapping[str, str] | None = None,
) -> None:
    """Note what was found on images, by their names, in place of what was noted on them before.

    Parameters
    ----------
    headers
        What Burned In Annotation says, by image; what was noted before where it is not given.
    """
    before = read_found_text(folder)
    kept = [text for text in before if text.image not in boxes]
    said = {text.image: text.header for text in before} if headers is None else headers
    new = [
        FoundText(image, box, header=said.get(image, ""))
        for image, places in boxes.items()
        for box in places
    ]
    if new or len(kept) < len(before):
        write_found_text(folder, [*kept, *new])


def may_identify(boxes: Iterable[TextBox]) -> bool:
    """Tell whether a place has a longer row of letters than a marker of the view has."""
    return any(box.letters == 0 or box.letters > _MOST_LETTERS_OF_A_MARKER for box in boxes)


def text_problems(found: Iterable[FoundText], images: Iterable[str]) -> tuple[str, ...]:
    """Return the problem of each of some images with text that may identify and no decision."""
    unseen: dict[str, list[TextBox]] = {}
    denied: set[str] = set()
    for text in found:
        if text.verdict is TextVerdict.OPEN:
            unseen.setdefault(text.image, []).append(text.box)
            denied |= {text.image} if text.header == "NO" else set()
    return tuple(
        f"text found on {image} at {places(unseen[image])}{DENIED * (image in denied)}: look at it "
        "with crossread burned-in"
        for image in images
        if image in unseen and may_identify(unseen[image])
    )


def places(boxes: Iterable[TextBox]) -> str:
    """Return where boxes stand, in words."""
    return "; ".join(map(str, boxes))
