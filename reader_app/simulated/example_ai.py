"""The AI of the example studies: what the shipped four-view model found in their phantoms.

The detections ship as a file, so that the example needs no torch. Examples of another seed or of
more cases than the file knows are given a simulated AI, which says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reader_app.simulated.ai import simulate_ai
from reader_app.simulated.breasts import breast_boxes
from study_design.detections import SystemResults
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.reference_sheet import read_lesions
from study_design.phantom.dicom_file import WrittenExam
from study_design.study_folder import StudyFolder

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SHIPPED_WEIGHTS = ASSETS / "weights" / "zhou-lite"
SHIPPED_DETECTIONS = ASSETS / "example-detections.json"
# Marks of lower scores are not shown, so there is about one false mark on four phantom views.
SHOWN_FROM = 0.12


def example_results(
    folder: StudyFolder, exams: Sequence[WrittenExam], *, seed: int
) -> SystemResults:
    """Return the shipped model's results for the exams of an example, or simulated ones.

    Parameters
    ----------
    folder
        The study, its images and truth imported.
    exams
        As the hospital has them; results name cases by the patients' identifiers.
    seed
        Of the simulated results.
    """
    shipped = read_system_results(SHIPPED_DETECTIONS)
    found = {result.case: result for result in shipped.cases}
    if all(exam.patient_id in found for exam in exams):
        return replace(shipped, cases=tuple(found[exam.patient_id] for exam in exams))
    return simulate_ai(breast_boxes(folder), read_lesions(folder), seed=seed)
