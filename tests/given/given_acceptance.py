"""What tests of `acceptance` begin with."""

from typing import Any

from pydicom.dataset import Dataset

CR = "1.2.840.10008.5.1.4.1.1.1"


def film(**attributes: Any) -> dict[str, Any]:
    return {"SOPClassUID": CR, "Modality": "CR", "PatientOrientation": None, **attributes}


# As a picture of a detector or a phantom: nothing says which breast or view it is.
NO_VIEW = dict.fromkeys(("ImageLaterality", "ViewPosition", "PatientOrientation"))


def code(value: str, *modifiers: str) -> list[Dataset]:
    item = Dataset()
    item.CodeValue = value
    item.ViewModifierCodeSequence = [code(modifier)[0] for modifier in modifiers]
    return [item]
