"""DICOM objects with AI results, read whole; what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset

from study_design.exchange.ai_files.reported import ReportedImage


@dataclass(frozen=True, slots=True)
class DicomObject:
    """A file and what is in it."""

    path: Path
    dataset: Dataset = field(repr=False)

    @property
    def sop_class(self) -> str:
        """SOP Class UID."""
        return self.text("SOPClassUID")

    @property
    def sop_uid(self) -> str:
        """SOP Instance UID."""
        return self.text("SOPInstanceUID")

    @property
    def study_uid(self) -> str:
        """Study Instance UID: that of the exam, as results are stored with their images."""
        return self.text("StudyInstanceUID")

    @property
    def maker(self) -> str:
        """Manufacturer and model."""
        words = (self.text("Manufacturer"), self.text("ManufacturerModelName"))
        return " ".join(word for word in words if word)

    def text(self, keyword: str) -> str:
        """Return an attribute as text; empty where it is absent."""
        value = self.dataset.get(keyword)
        return "" if value is None else str(value).strip()


def imported_from(objects: Sequence[DicomObject], kind: str) -> str:
    """Return where results come from, in one sentence: files, kind and makers."""
    names = ", ".join(one.path.name for one in objects[:3])
    more = f" and {len(objects) - 3} more" if len(objects) > 3 else ""
    makers = ", ".join(sorted({one.maker for one in objects} - {""}))
    return f"imported from {names}{more} ({kind}{' of ' * bool(makers)}{makers})"


def evidence_of(found: DicomObject) -> tuple[ReportedImage, ...]:
    """Return the images that a report names as what it was made from (PS3.3 C.17.2)."""
    return tuple(
        ReportedImage(str(one.get("ReferencedSOPInstanceUID", "")), found.study_uid)
        for keyword in (
            "CurrentRequestedProcedureEvidenceSequence",
            "PertinentOtherEvidenceSequence",
        )
        for study in found.dataset.get(keyword) or ()
        for series in study.get("ReferencedSeriesSequence") or ()
        for one in series.get("ReferencedSOPSequence") or ()
    )
