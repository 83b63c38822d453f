"""Opens the preview of AI results as a program of its own."""

from reader_app.qt.application import desk_application
from reader_app.qt.coordinator.detections_window import DETECTIONS_SIZE, DetectionsWindow
from reader_app.qt.parts.screen_fit import show_fitting
from study_design.exchange.detection_import import DetectionImport, DetectionSource
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


def show_detections(
    folder: StudyFolder, source: DetectionSource, *, by: Actor
) -> DetectionImport | None:
    """Open the window on files of AI results; return what came in, None where it was cancelled."""
    application = desk_application()
    window = DetectionsWindow(folder, source, by=by)
    show_fitting(window, DETECTIONS_SIZE)
    application.exec()
    return window.imported
