"""The images of a study, looked up by case and view or by name, for tables with marks and boxes."""

from dataclasses import dataclass

from study_design.geometry import Box
from study_design.images.case_list import CURRENT, CaseImage, excluded_cases, read_images
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


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
        """The cases that were excluded: those of which no image is left in use."""
        return excluded_cases(self.images)

    def image(self, case: str, view: View) -> CaseImage | None:
        """Return the image that shows a view in the current exam of a case."""
        for image in self.images:
            if image.case == case and image.view is view and image.exam_role == CURRENT:
                return image
        return None

    def shown(self, case: str) -> tuple[CaseImage, ...]:
        """Return the images of a case's current exam that show a view and are not excluded."""
        return tuple(
            image
            for image in self.images
            if image.case == case
            and image.view is not None
            and image.exam_role == CURRENT
            and not image.excluded
        )

    def named(self, image: str) -> CaseImage | None:
        """Return the image of a name."""
        return next((known for known in self.images if known.image == image), None)


def read_case_sheet(folder: StudyFolder) -> CaseSheet:
    """Read cases.csv; a study without one has no cases yet."""
    return CaseSheet(read_images(folder))


def holds(image: CaseImage, box: Box) -> bool:
    """Tell whether a box lies inside an image, its edges included."""
    return (
        box.x_px >= 0
        and box.y_px >= 0
        and box.x_px + box.width_px <= image.columns
        and box.y_px + box.height_px <= image.rows
    )
