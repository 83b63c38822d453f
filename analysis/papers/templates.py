"""Which papers' tables can be printed from a study, by the name of their template."""

from collections.abc import Callable

from analysis.papers import li2023, liao2023, lin2025, ueda2022, zhou2023, zhou2023_readers
from analysis.result import PaperPart
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource

Paper = Callable[[StudySource, AnalysisSettings], PaperPart]
PAPERS: dict[str, Paper] = {
    zhou2023_readers.PAPER: zhou2023.zhou2023,
    liao2023.PAPER: liao2023.liao2023,
    li2023.PAPER: li2023.li2023,
    ueda2022.PAPER: ueda2022.ueda2022,
    lin2025.PAPER: lin2025.lin2025,
}
