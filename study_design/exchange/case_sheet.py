"""cases.csv as other tables need it: which image shows which view of which case, and its size."""

from collections.abc import Mapping
from dataclasses import dataclass

from study_design.columns import CASES
from study_design.exchange.csv_file import number, read_csv
from study_design.geometry import Box
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class CaseImage:
    """One row of cases.csv, as far as marks, boxes and the plan need it.

    Attributes
    ----------
    view
        None for an extra image.
    spacing_mm
        None where unknown.
    """

    case: str
    patient: str
    view: View | None
    image: str
    rows: int
    columns: int
    spacing_mm: float | None
    excluded: bool

    def holds(self, box: Box) -> bool:
        """Tell whether a box lies inside the image, its edges included."""
        return (
            box.x_px >= 0
            and box.y_px >= 0
            and box.x_px + box.width_px <= self.columns
            and box.y_px + box.height_px <= self.rows
        )


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """All images of a study."""

    images: tuple[CaseImage, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """All cases, excluded ones too, in the order of the file."""
        return tuple(dict.fromkeys(image.case for image in self.images))

    @property
    def excluded(self) -> frozenset[str]:
        """The cases that were excluded."""
        return frozenset(image.case for image in self.images if image.excluded)

    def image(self, case: str, view: View) -> CaseImage | None:
        """Return the image that shows a view of a case."""
        shown = (i for i in self.images if i.case == case and i.view is view)
        return next(shown, None)

    def named(self, image: str) -> CaseImage | None:
        """Return the image of a name."""
        return next((known for known in self.images if known.image == image), None)


def read_case_sheet(folder: StudyFolder) -> CaseSheet:
    """Read cases.csv; a study without one has no cases yet."""
    if not folder.cases_csv.is_file():
        return CaseSheet(())
    table = read_csv(folder.cases_csv).require(*CASES.columns)
    return CaseSheet(
        tuple(_case_image(row, f"cases.csv, row {line}") for line, row in enumerate(table.rows, 2))
    )


def _case_image(row: Mapping[str, str], where: str) -> CaseImage:
    """Return the image in a row."""
    return CaseImage(
        case=row["case"],
        patient=row["patient"],
        view=View(row["view"]) if row["view"] else None,
        image=row["image"],
        rows=int(number(row["rows"], f"{where}, rows")),
        columns=int(number(row["columns"], f"{where}, columns")),
        spacing_mm=number(row["spacing_mm"], f"{where}, spacing_mm") if row["spacing_mm"] else None,
        excluded=row["excluded"] == "1",
    )
