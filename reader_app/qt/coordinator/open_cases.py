"""Opens the Cases page as a program of its own."""

from reader_app.qt.application import desk_application
from reader_app.qt.coordinator.import_window import CASES_SIZE, ImportWindow
from reader_app.qt.parts.screen_fit import show_fitting
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


def show_cases(folder: StudyFolder, by: Actor) -> int:
    """Open the window on a study's exams; return the exit status."""
    application = desk_application()
    window = ImportWindow(folder, by)
    show_fitting(window, CASES_SIZE)
    return application.exec()
