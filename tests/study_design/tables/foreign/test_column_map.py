"""The map files that the READMEs show are read, and do what they say."""

import re
from pathlib import Path

import pytest

from study_design.exchange.brought_sheets import SheetOptions
from study_design.exchange.reference_sheet import read_lesions
from study_design.exchange.truth_import import import_truth
from study_design.geometry import Box
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import read_column_map
from study_design.vocabulary import AbnormalityType, View

ROOT = Path(__file__).parents[4]
READMES = (
    "README.md",
    "study_design/exchange/README.md",
    "study_design/exchange/ai_files/README.md",
)


def shown_map(readme: str, folder: Path) -> Path:
    found = re.search(r"```toml\n(schema = 1\n.*?)```", (ROOT / readme).read_text("utf-8"), re.S)
    assert found is not None
    path = folder / "map.toml"
    path.write_text(found[1], encoding="utf-8")
    return path


@pytest.mark.parametrize("readme", READMES)
def test_the_map_that_a_readme_shows_is_one(readme: str, tmp_path: Path) -> None:
    assert read_column_map(shown_map(readme, tmp_path)).columns.named


def test_the_lesions_of_the_readme_come_in_by_its_map(study: StudyFolder, tmp_path: Path) -> None:
    path = shown_map("study_design/exchange/README.md", tmp_path)
    path.write_text(path.read_text("utf-8").replace('sheet = "Läsionen"\n', ""), encoding="utf-8")
    reference, lesions = tmp_path / "reference.csv", tmp_path / "lesions.csv"
    reference.write_text("case;truth\nC001;1\n")
    lesions.write_bytes(
        "PatientID;Laterality;ViewPosition;xmin;ymin;xmax;ymax;Befund;Herd;Dignität\n"
        "C001;R;CC;10,5;20;40,5;60;Verschattung;L1;B5\n".encode("cp1252")
    )
    import_truth(
        study,
        reference,
        lesions,
        resolve=lambda _: None,
        options=SheetOptions(read_column_map(path)),
    )
    (lesion,) = read_lesions(study)
    assert (lesion.view, lesion.where) == (View.R_CC, Box(10.5, 20.0, 30.0, 40.0))
    assert (lesion.types, lesion.malignant) == ((AbnormalityType.MASS,), True)
