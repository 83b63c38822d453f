"""What kind of object a DICOM file is that holds no picture of a breast, by its SOP Class.

In words of a data manager: what archives keep beside mammograms is named as what it is (PS3.4 B.5),
so that nobody looks for a lost image behind "raw data".
"""

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
_STORAGE = "1.2.840.10008.5.1.4.1.1."

# By the start of the class behind the root of all storage classes; the longer starts stand first.
_KINDS = {
    "8": "an overlay of another image",
    "9": "a curve of another image",
    "9.": "a waveform or sound",
    "10": "a lookup table of another image",
    "11": "a lookup table of another image",
    "11.": "a presentation state",
    "30": "a map of values, such as an AI system's heat map",
    "66.1": "a registration of images with each other",
    "66.2": "points that tie images to each other",
    "66.3": "a registration of images with each other",
    "66.4": "a segmentation",
    "66.5": "a segmentation (surfaces)",
    "66.6": "nerve tracts",
    "66.7": "a segmentation (label map)",
    "66.8": "a map of heights",
    "66": "raw data of a maker's own",
    "67": "a mapping of grey levels to measured values",
    "68.": "a scan of a surface",
    "78.": "measurements of an eye",
    "79.": "measurements of an eye",
    "80.": "measurements of an eye",
    "88.33": "a structured report (comprehensive)",
    "88.40": "a log of a procedure",
    "88.50": "a report of a mammography CAD system",
    "88.59": "a key object selection",
    "88.65": "a report of a chest CAD system",
    "88.67": "a report of the radiation dose",
    "88.68": "a report of the radiation dose",
    "88.69": "a report of a colon CAD system",
    "88.73": "a report of the radiation dose",
    "88.74": "a report of a contrast agent",
    "88.75": "a report of a contrast agent",
    "88.76": "a report of the radiation dose",
    "88.": "a structured report",
    "90.": "an assessment of other objects",
    "91.": "annotations of microscopy",
    "104.1": "a document (PDF)",
    "104.2": "a document (CDA)",
    "104.": "a model for a printer or a screen",
    "131": "a layout of a display",
    "200.": "a protocol of an examination",
    "201.": "an inventory of an archive",
    "481.1": "",  # pictures of radiotherapy
    "481.23": "",
    "481.24": "",
    "481.": "an object of radiotherapy",
}
_OTHER_ROOTS = {
    MEDIA_DIRECTORY: "a DICOMDIR index; the files it names are imported themselves",
    "1.2.840.10008.5.1.4.38.": "a hanging protocol",
    "1.2.840.10008.5.1.4.39.": "a colour palette",
    "1.2.840.10008.5.1.4.43.": "a template of an implant",
    "1.2.840.10008.5.1.4.44.": "a template of an implant",
    "1.2.840.10008.5.1.4.45.": "a template of an implant",
    "1.2.840.10008.5.1.4.34.": "a work list entry",
    "1.2.840.10008.3.1.2.": "a message on the work of a modality",
}
_OF_AI = ("presentation state", "CAD system", "structured report", "segmentation", "heat map")


def kind_without_picture(sop_class: str) -> str:
    """Return what an object without a picture is, in words; empty for any other class."""
    within = sop_class.removeprefix(_STORAGE) if sop_class.startswith(_STORAGE) else ""
    for kinds, name in ((_KINDS, within), (_OTHER_ROOTS, sop_class)):
        # A number is met whole: 66 is no 661.
        starts = [s for s in kinds if name == s or name.startswith(s if s[-1] == "." else f"{s}.")]
        if starts:
            return kinds[max(starts, key=len)]
    return ""


def may_hold_ai_results(kind: str) -> bool:
    """Tell whether an object of a kind may be what an AI system found."""
    return any(word in kind for word in _OF_AI)


def is_secondary_capture(sop_class: str) -> bool:
    """Tell whether a class is one of secondary captures: scans, screenshots, digitised films."""
    return sop_class == SECONDARY_CAPTURE or sop_class.startswith(f"{SECONDARY_CAPTURE}.")
