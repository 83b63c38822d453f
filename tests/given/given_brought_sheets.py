"""What tests of `brought_sheets` begin with."""

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.exchange.brought_sheets import SheetOptions
from study_design.exchange.truth_import import TruthImport, import_truth
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import (
    ColumnMap,
)
from study_design.tables.table_faults import BadTableError

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


TRUTH = "case,truth\nC001,1\nC002,0\n"


@pytest.fixture
def bring(study: StudyFolder, tmp_path: Path) -> "Bring":
    return Bring(study, tmp_path)


class Bring:
    """Brings sheets in that are given as text, bytes or rows of a workbook."""

    def __init__(self, study: StudyFolder, folder: Path) -> None:
        self.study = study
        self.folder = folder

    def __call__(
        self,
        truth: str | bytes | list[list[object]],
        lesions: str | None = None,
        column_map: ColumnMap | None = None,
        *,
        leave_out_others: bool = False,
    ) -> TruthImport:
        path = self.folder / "truth.csv"
        if isinstance(truth, list):
            path = path.with_suffix(".xlsx")
            book = Workbook()
            for row in truth:
                book.active.append(row)
            book.save(path)
        else:
            path.write_bytes(truth if isinstance(truth, bytes) else truth.encode())
        lesion_path = self.folder / "lesions.csv"
        lesion_path.write_text(lesions or "", encoding="utf-8")
        return import_truth(
            self.study,
            path,
            lesion_path if lesions is not None else None,
            resolve=lambda _: None,
            options=SheetOptions(column_map or ColumnMap(), leave_out_others),
            by=Actor("Ann"),
            now=NOW,
        )

    def refused(self, *sheets: object, **options: object) -> tuple[str, ...]:
        """Return the lines of a refusal; nothing is written."""
        with pytest.raises(BadInputError) as refusal:
            self(*sheets, **options)  # type: ignore[arg-type]
        assert not list(self.study.reference_standard.iterdir())
        error = refusal.value
        return error.lines if isinstance(error, BadTableError) else (str(error),)
