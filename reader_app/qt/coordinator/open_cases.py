"""Opens the Cases page as a program of its own."""

from reader_app.qt.application import desk_application
from reader_app.qt.coordinator.import_window import CASES_SIZE, ImportWindow
from study_design.study_folder import StudyFolder


def show_cases(folder: StudyFolder, by: str) -> int:
    """Open the window on a study's exams; return the exit status."""
    application = desk_application()
    window = ImportWindow(folder, by)
    window.resize(CASES_SIZE)
    window.show()
    return application.exec()
