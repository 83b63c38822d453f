"""The de-identified exams as DICOM files for an AI vendor: CASE/VIEW.dcm and a manifest.

Nothing of the truth, the readers, the arms or the schedule goes out: only what cases.csv and the
images hold. Every file is read back first; what is not as it was imported does not go out.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import FileDataset

from study_design.cases.case_erasure import erasures
from study_design.errors import BadInputError, ImageError
from study_design.exchange.leaving import Leave, unnoted
from study_design.images.case_list import CaseImage, cases_of
from study_design.images.header.attributes import text
from study_design.images.image_check import holds_pixels
from study_design.images.kept_file import kept_file
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell, write_csv
from study_design.whole_folder import whole_folder

MANIFEST = "manifest.csv"
# The first columns are those that `import --manifest` asks for.
COLUMNS = (
    "case",
    "laterality",
    "view",
    "path",
    "pixel_spacing_mm",
    "mirrored",
    "patient",
    "image",
    "study_uid",
    "sop_uid",
    "sha256",
    "lacks",
)

# Type 1 in PS3.3 A.27 whatever the image: SOP Common, General Study and Series, Mammography Series
# and Image, DX Image, DX Detector, Image Pixel, Anatomic Region.
TYPE_1 = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "PresentationIntentType",
    "ImageType",
    "ImageLaterality",
    "ViewCodeSequence",
    "AnatomicRegionSequence",
    "PositionerType",
    "OrganExposed",
    "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "PresentationLUTShape",
    "LossyImageCompression",
    "BurnedInAnnotation",
    "ImagerPixelSpacing",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
)


def export_dicom(
    folder: StudyFolder,
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    leave: Leave = unnoted,
) -> tuple[Path, ...]:
    """Write the exams that are not excluded into a new or empty folder, in full or not at all.

    Attributes that the standard demands and an image does not have (of a PNG nobody knows them) are
    named in the manifest's column `lacks`; none is invented.

    Parameters
    ----------
    out
        The folder; made if need be.
    progress
        Called after each image with the number done and of all.
    leave
        Told before the files are seen.

    Returns
    -------
    tuple of Path
        The files written, the manifest last.

    Raises
    ------
    BadInputError
        Where the folder holds something, or the study has no exam.
    ImageError
        Where an image is missing or not as it was imported.
    """
    gone = {image for case in erasures(folder) for image in case.images}
    wanted = [
        image
        for case in cases_of(folder)
        if not case.excluded
        for image in case.images
        if image.image not in gone
    ]
    if not wanted:
        raise BadInputError(f"Expected exams in {folder.path.name}, got none. Import some first.")
    need_bytes = sum(
        path.stat().st_size
        for path in (folder.images / f"{image.image}.dcm" for image in wanted)
        if path.is_file()
    )
    with whole_folder(out, "the images", need_bytes=need_bytes, new=True, leave=leave) as draft:
        rows = []
        for done, image in enumerate(wanted, start=1):
            path = folder.images / f"{image.image}.dcm"
            name = f"{image.case}/{image.view or image.image}.dcm"
            (draft / image.case).mkdir(exist_ok=True)
            digest = _copy(path, draft / name) if path.is_file() else ""
            with kept_file(path):
                rows.append(_row(image, _unaltered(folder, image), name, digest))
            progress(done, len(wanted))
        write_csv(draft / MANIFEST, COLUMNS, rows)
    return (*(out / str(row["path"]) for row in rows), out / MANIFEST)


def missing_attributes(dataset: FileDataset) -> tuple[str, ...]:
    """Return the attributes of type 1 that an image does not have, or has without a value."""
    return tuple(
        keyword for keyword in TYPE_1 if keyword not in dataset or dataset[keyword].is_empty
    )


def _unaltered(folder: StudyFolder, image: CaseImage) -> FileDataset:
    """Return an image of the study, checked against cases.csv."""
    path = folder.images / f"{image.image}.dcm"
    if path.is_file() and holds_pixels(path, image.sha256):
        dataset = dcmread(path)
        names = text(dataset, "PatientID"), text(dataset, "PatientIdentityRemoved")
        if names == (image.patient, "YES"):
            return dataset
    raise ImageError(
        f"Case {image.case}: expected images/{path.name} as it was imported, got none or an "
        "altered one. Nothing was exported; run verify, then import the exam again."
    )


def _row(image: CaseImage, dataset: FileDataset, name: str, digest: str) -> dict[str, Cell]:
    """Return the manifest's row of an image."""
    return {
        "case": image.case,
        "laterality": image.view.side if image.view else text(dataset, "ImageLaterality"),
        "view": image.view.projection if image.view else text(dataset, "ViewPosition"),
        "path": name,
        "pixel_spacing_mm": image.spacing_mm,
        "mirrored": image.mirrored,
        "patient": image.patient,
        "image": image.image,
        "study_uid": text(dataset, "StudyInstanceUID"),
        "sop_uid": text(dataset, "SOPInstanceUID"),
        "sha256": digest,
        "lacks": " ".join(missing_attributes(dataset)),
    }


def _copy(source: Path, target: Path) -> str:
    """Copy a file and return the SHA-256 of the copy."""
    shutil.copyfile(source, target)
    with target.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
