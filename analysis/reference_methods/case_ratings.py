"""The ratings of a reference case's table as a study, with identifiers as R reads them."""

import numpy as np
import numpy.typing as npt

from analysis.mrmc.ratings import StudyRatings
from analysis.reference_methods.reference_case import ReferenceCase
from analysis.result import FloatArray

Categories = npt.NDArray[np.float64] | npt.NDArray[np.str_]


def case_ratings(case: ReferenceCase) -> StudyRatings:
    """Return the ratings of a table with columns reader, treatment, case, truth and rating."""
    table = case.table
    return study_ratings(
        table.categories("treatment"),
        table.categories("reader"),
        table.categories("case"),
        np.array(table.texts("case")),
        table.numbers("truth"),
        table.numbers("rating"),
    )


def study_ratings(
    test: Categories,
    reader: Categories,
    case: Categories,
    case_text: Categories,
    truth: FloatArray,
    rating: FloatArray,
) -> StudyRatings:
    """Return the ratings of a table's rows (n,).

    R reads identifiers that all are numbers as numbers, so 1.1 and 1.10 are one sampling unit
    there; each row keeps a column of its own by the identifier's text.
    """
    arms, arm = np.unique(test, return_inverse=True)
    readers, own = np.unique(reader, return_inverse=True)
    unit = np.unique(case, return_inverse=True)[1]
    _, first, column = np.unique(case_text, return_index=True, return_inverse=True)
    curves, curve = np.unique(arm * len(readers) + own, return_inverse=True)
    ratings = np.full((len(curves), len(first)), np.nan)
    ratings[curve, column] = rating
    return StudyRatings(
        _names(arms),
        _names(readers),
        curves // len(readers),
        curves % len(readers),
        truth[first],
        ratings,
        unit[first],
    )


def _names(values: npt.NDArray[np.generic]) -> tuple[str, ...]:
    """Return identifiers as they are printed; whole numbers without a point."""
    return tuple(
        f"{value:g}" if isinstance(value, float) else str(value) for value in values.tolist()
    )
