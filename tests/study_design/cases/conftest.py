"""What the coordinator does with exams is tried on the same made-up files as the images are."""

import importlib.util
from pathlib import Path

_FILE = Path(__file__).parents[1] / "images" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("image_fixtures", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_IMAGES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_IMAGES)

study = _IMAGES.study
make_dicom = _IMAGES.make_dicom
make_exam = _IMAGES.make_exam
exam = _IMAGES.exam
