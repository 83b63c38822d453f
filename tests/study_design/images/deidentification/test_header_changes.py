"""Before and after de-identification, every attribute with what became of it."""

from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.cases.case_import import import_images
from study_design.images.deidentification.header_changes import header_changes
from study_design.images.messages import AttributeChange, Fate
from study_design.study_folder import StudyFolder


def test_each_attribute_is_kept_replaced_removed_or_added(
    make_dicom: Any, study: StudyFolder
) -> None:
    nested = Dataset()
    nested.PatientName = "Nested^Name"
    path = make_dicom(InstitutionName="Hospital", RequestAttributesSequence=[nested])
    source = dcmread(path)
    source.private_block(0x0045, "MAKER", create=True).add_new(0x10, "LT", "private")
    import_images(study, [path])
    changes = header_changes(source, dcmread(study.images / "C001-R-CC.dcm"))
    by_name = {change.attribute: change for change in changes}
    assert by_name["InstitutionName"] == AttributeChange(
        "InstitutionName", "Hospital", "", Fate.REMOVED
    )
    assert by_name["PatientID"] == AttributeChange("PatientID", "PAT-1", "P001", Fate.REPLACED)
    assert by_name["RequestAttributesSequence[1].PatientName"].fate is Fate.REMOVED
    assert by_name["(0045,1010)"].fate is Fate.REMOVED
    assert by_name["ImagerPixelSpacing"].fate is Fate.KEPT
    assert by_name["PatientIdentityRemoved"].fate is Fate.ADDED
    assert by_name["MediaStorageSOPInstanceUID"].fate is Fate.REPLACED
    assert by_name["PixelData"].before.endswith("bytes")


def test_what_was_emptied_counts_as_removed() -> None:
    before, after = Dataset(), Dataset()
    before.AccessionNumber, after.AccessionNumber = "A1", ""
    before.StudyID = after.StudyID = ""
    assert header_changes(before, after) == (
        AttributeChange("AccessionNumber", "A1", "", Fate.REMOVED),
    )
