"""Where the breast lies on each view: what a simulated reader or AI must know to mark inside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from study_design.geometry import Box
from study_design.images.case_sheet import read_case_sheet
from study_design.images.image_store import case_images, load_pixels
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class BreastOnView:
    """The image of a view and the smallest box around the breast on it, in stored pixels."""

    image: str
    box: Box


CaseBreasts = Mapping[View, BreastOnView]


def breast_boxes(folder: StudyFolder) -> Mapping[str, CaseBreasts]:
    """Return the breasts of each case from the cached images."""
    found = {}
    for case in read_case_sheet(folder).cases:
        views = {}
        for mammogram in case_images(folder, case):
            inside = ~load_pixels(folder, mammogram).air
            rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            box = Box(
                float(columns[0]),
                float(rows[0]),
                float(columns[-1] - columns[0] + 1),
                float(rows[-1] - rows[0] + 1),
            )
            if mammogram.view is not None:
                views[mammogram.view] = BreastOnView(mammogram.image, box)
        found[case] = views
    return found
