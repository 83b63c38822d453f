"""How far apart the pixels of a mammogram are in the breast, and which attribute says so.

A mammogram is a shadow: on the detector everything is larger than in the breast. Imager Pixel
Spacing holds at the detector, divided by the magnification it holds in the breast (IHE Mammography
Image). Pixel Spacing is trusted where the file says how it was calibrated (PS3.3 10.7.1.2); maker's
files hold other numbers there, the size of the detector for one.
"""

import math
from dataclasses import dataclass, replace

from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from study_design.images.header.attributes import spelled_numbers, text

# Two spacings of one picture that differ by less than this are told apart by nobody.
_SAME_SPACING = 0.02
_SQUARE = 0.01
# What can be such a number at all; mammography units magnify 2 times.
_SPACINGS_MM, _MAGNIFICATIONS, _DISTANCES_MM = (0.001, 10.0), (0.5, 20.0), (10.0, 10_000.0)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance of pixel centres in the breast's plane, mm, and where it comes from in words.

    `doubt` tells what else the file says of it; empty where nothing contradicts.
    """

    mm: float | None
    source: str
    doubt: str = ""


def magnification(dataset: Dataset) -> float | None:
    """Return how much larger than in the breast things are on the detector; None where unknown.

    Estimated Radiographic Magnification Factor; where it is absent, the ratio of the distances
    from the source to the detector and to the patient, which is its definition (PS3.3 C.8.7.10).
    """
    factor = stated_magnification(dataset)
    return _magnification_by_distances(dataset) if factor is None else factor


def spacing_of(dataset: Dataset) -> Spacing:
    """Return the spacing in the plane of the breast, or why there is none.

    In this order: Imager Pixel Spacing / magnification; Pixel Spacing that is calibrated; Imager
    Pixel Spacing as it is on the detector; Nominal Scanned Pixel Spacing of a digitised film; Pixel
    Spacing that does not say what it is. Of a pair that is not square (within 1 %) nothing is used.
    """
    spacing = _best_spacing(dataset)
    said = (spacing.doubt, *_unused(dataset))
    return replace(spacing, doubt="; ".join(filter(None, said)))


def _best_spacing(dataset: Dataset) -> Spacing:
    """Return the spacing by the first attribute that tells it."""
    calibrated = _calibrated(dataset)
    imager = _square(dataset, "ImagerPixelSpacing")
    if imager is not None and magnification(dataset) is not None:
        return _with_doubt(_in_breast(dataset, imager), calibrated)
    if calibrated is not None:
        return calibrated
    if imager is not None:
        return Spacing(imager, "Imager Pixel Spacing, at the detector: magnification not stated")
    scanned = _square(dataset, "NominalScannedPixelSpacing")
    if scanned is not None:
        return Spacing(scanned, "Nominal Scanned Pixel Spacing, of the film")
    plain = _square(dataset, "PixelSpacing")
    if plain is not None:
        return Spacing(plain, "Pixel Spacing, calibration not stated")
    return Spacing(None, "neither Imager Pixel Spacing nor Pixel Spacing of square pixels")


def _in_breast(dataset: Dataset, imager: float) -> Spacing:
    """Return the detector's spacing divided by the magnification."""
    factor = magnification(dataset) or 1.0
    is_stated = stated_magnification(dataset) is not None
    basis = "magnification" if is_stated else "magnification by distances"
    return Spacing(imager / factor, f"Imager Pixel Spacing / {basis} {factor:g}")


def _with_doubt(spacing: Spacing, calibrated: Spacing | None) -> Spacing:
    """Return a spacing with what a calibration in the same file says otherwise."""
    if spacing.mm is None or calibrated is None or calibrated.mm is None:
        return spacing
    if math.isclose(spacing.mm, calibrated.mm, rel_tol=_SAME_SPACING):
        return spacing
    said = f"{calibrated.source} says {calibrated.mm:.4g} mm, not used"
    return Spacing(spacing.mm, spacing.source, said)


def _calibrated(dataset: Dataset) -> Spacing | None:
    """Return Pixel Spacing where the file says that it is corrected or calibrated."""
    kind = text(dataset, "PixelSpacingCalibrationType")
    plain = _square(dataset, "PixelSpacing")
    if plain is None or kind not in {"FIDUCIAL", "GEOMETRY"}:
        return None
    return Spacing(plain, f"Pixel Spacing, calibrated ({kind.lower()})")


def stated_magnification(dataset: Dataset) -> float | None:
    """Return Estimated Radiographic Magnification Factor where it can be one."""
    return _one_within(dataset, "EstimatedRadiographicMagnificationFactor", *_MAGNIFICATIONS)


def _magnification_by_distances(dataset: Dataset) -> float | None:
    """Return the ratio of the distances of detector and patient from the source."""
    detector = _one_within(dataset, "DistanceSourceToDetector", *_DISTANCES_MM)
    patient = _one_within(dataset, "DistanceSourceToPatient", *_DISTANCES_MM)
    factor = detector / patient if detector and patient else 0.0
    return factor if _MAGNIFICATIONS[0] <= factor <= _MAGNIFICATIONS[1] else None


def _one_within(dataset: Dataset, keyword: str, low: float, high: float) -> float | None:
    """Return an attribute's number where it lies in a range."""
    spelled = spelled_numbers(dataset, keyword)
    value = spelled[0].within(low, high) if spelled else None
    return value if value is not None and low <= value <= high else None


def _square(dataset: Dataset, keyword: str) -> float | None:
    """Return the spacing of square pixels (within 1 %); None for any other pair."""
    pair = _pair(dataset, keyword)
    return pair[0] if pair and math.isclose(*pair, rel_tol=_SQUARE) else None


def _pair(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    """Return a pair of distances that pixels can have; None where it is anything else."""
    low, high = _SPACINGS_MM
    found = [spelled.within(low, high) for spelled in spelled_numbers(dataset, keyword)]
    pair = [value for value in found if value is not None and low <= value <= high]
    return (pair[0], pair[1]) if len(pair) == len(found) == 2 else None


def _unused(dataset: Dataset) -> tuple[str, ...]:
    """Name what the header says of sizes and what is no such size."""
    said = [
        f"{dictionary_description(keyword)} is no pair of distances"
        for keyword in ("ImagerPixelSpacing", "PixelSpacing", "NominalScannedPixelSpacing")
        if spelled_numbers(dataset, keyword) and _pair(dataset, keyword) is None
    ]
    factor = "EstimatedRadiographicMagnificationFactor"
    if spelled_numbers(dataset, factor) and stated_magnification(dataset) is None:
        said.append("Estimated Radiographic Magnification Factor is no magnification")
    return tuple(f"{words}: not used" for words in said)
