"""However a spreadsheet of a country saves a table, the study holds the same truth."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from study_design.exchange.truth_import import TruthImport, import_truth
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv

Rows = list[list[str]]

# One reference sheet and one lesion sheet by the words of each country.
SHEETS: dict[str, tuple[Rows, Rows, str, str]] = {
    "English": (
        [
            ["Case ID", "Truth", "Right breast", "Left breast", "Density", "Hospital"],
            ["C001", "malignant", "malignant", "normal", "ACR b", "Mount Hope"],
            ["C002", "benign", "normal", "benign", "C", "Mount Hope"],
            ["C003", "no", "normal", "normal", "a", "Saint Rose"],
        ],
        [
            ["Case", "Lesion", "Laterality", "View Position", "xmin", "ymin", "xmax", "ymax",
             "Type", "Malignant", "Size (cm)"],
            ["C001", "L1", "Right", "CC", "10.5", "20", "40.5", "60", "Mass", "yes", "1.25"],
        ],
        ".",
        "cp1252",
    ),
    "German": (
        [
            ["Fall", "Dignität", "Rechte Brust", "Linke Brust", "Dichte", "Klinik"],
            ["C001", "bösartig", "bösartig", "unauffällig", "ACR b", "Universitätsspital Zürich"],
            ["C002", "gutartig", "unauffällig", "gutartig", "C", "Universitätsspital Zürich"],
            ["C003", "nein", "normal", "normal", "a", "Klinik Größe"],
        ],
        [
            ["Fall", "Läsion", "Seite", "Ebene", "xmin", "ymin", "xmax", "ymax", "Typ",
             "bösartig", "Größe (cm)"],
            ["C001", "L1", "rechts", "CC", "10,5", "20", "40,5", "60", "Mass", "ja", "1,25"],
        ],
        ",",
        "cp1252",
    ),
    "French": (
        [
            ["Cas", "Vérité", "Sein droit", "Sein gauche", "Densité", "Clinique"],
            ["C001", "malin", "maligne", "normal", "ACR b", "Hôpital général"],
            ["C002", "bénin", "normal", "bénigne", "C", "Hôpital général"],
            ["C003", "non", "normal", "normal", "a", "Clinique Sainte-Hélène"],
        ],
        [
            ["Cas", "Lésion", "Côté", "Incidence", "xmin", "ymin", "xmax", "ymax", "Type",
             "malin", "Taille (cm)"],
            ["C001", "L1", "droite", "CC", "10,5", "20", "40,5", "60", "Mass", "oui", "1,25"],
        ],
        ",",
        "cp1252",
    ),
    "Chinese": (
        [
            ["病例号", "良恶性", "右乳", "左乳", "腺体密度", "医院"],
            ["C001", "恶性", "恶性", "正常", "b类", "北京协和医院"],
            ["C002", "良性", "正常", "良性", "C", "北京协和医院"],
            ["C003", "否", "正常", "正常", "a", "上海市第一人民医院"],
        ],
        [
            ["病例号", "病灶号", "侧别", "体位", "xmin", "ymin", "xmax", "ymax", "类型", "恶性",
             "大小\uff08厘米\uff09"],
            ["C001", "L1", "右", "头尾位", "10.5", "20", "40.5", "60", "肿块", "是", "1.25"],
        ],
        ".",
        "gb18030",
    ),
    "Japanese": (
        [
            ["症例番号", "良悪性", "右乳房", "左乳房", "乳房構成", "病院"],
            ["C001", "悪性", "悪性", "正常", "b", "東京大学病院"],
            ["C002", "良性", "異常なし", "良性", "C", "東京大学病院"],
            ["C003", "いいえ", "正常", "正常", "a", "京都の病院"],
        ],
        [
            ["症例番号", "病変番号", "左右", "撮影方向", "xmin", "ymin", "xmax", "ymax", "種類",
             "悪性", "大きさ\uff08cm\uff09"],
            [
                "C001", "L1", "右", "CC", "\uff11\uff10\uff0e\uff15", "20", "40.5", "60",
                "腫瘤", "はい", "1.25",
            ],
        ],
        ".",
        "cp932",
    ),
}  # fmt: skip


def text_of(rows: Rows, delimiter: str, end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def with_noise(rows: Rows) -> Rows:
    """Blank rows, empty columns behind and a row of separators, as spreadsheets leave them."""
    wide = [[*row, "", ""] for row in rows]
    return [[""] * len(wide[0]), wide[0], [""] * len(wide[0]), *wide[1:], [""] * len(wide[0])]


def as_workbook(path: Path, rows: Rows, *, numbers: bool) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([_number(cell) if numbers else cell for cell in row])
    book.save(path)


def _number(text: str) -> object:
    """Return a cell as a spreadsheet holds it that took a number for one."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def saved(path: Path, style: str, rows: Rows, decimal: str, encoding: str) -> Path:
    """Save a table as a menu of a spreadsheet does."""
    local = ";" if decimal == "," else ","
    own_line = "sep=;\r\n" + text_of(rows, ";")
    texts: dict[str, Callable[[], bytes]] = {
        "CSV UTF-8": lambda: text_of(rows, local).encode("utf-8-sig"),
        "CSV UTF-8 without a mark": lambda: text_of(rows, local).encode(),
        "CSV": lambda: text_of(rows, local).encode(encoding),
        "CSV with semicolons": lambda: text_of(rows, ";").encode(encoding),
        "CSV told by sep": lambda: own_line.encode(encoding),
        "CSV Macintosh": lambda: text_of(rows, local, "\r").encode(
            "mac_roman" if encoding == "cp1252" else encoding
        ),
        "CSV MS-DOS": lambda: text_of(rows, local).encode(
            "cp850" if encoding == "cp1252" else encoding
        ),
        "Unicode text": lambda: text_of(rows, "\t").encode("utf-16"),
        "CSV with blank rows": lambda: text_of(with_noise(rows), local).encode(encoding),
    }
    if style in texts:
        path.write_bytes(texts[style]())
        return path
    as_workbook(path, with_noise(rows), numbers=style == "workbook with numbers")
    return path


STYLES = (
    "CSV UTF-8", "CSV UTF-8 without a mark", "CSV", "CSV with semicolons", "CSV told by sep",
    "CSV Macintosh", "CSV MS-DOS", "Unicode text", "CSV with blank rows", "workbook",
    "workbook with numbers",
)  # fmt: skip


def brought(study: StudyFolder, folder: Path, style: str, country: str) -> TruthImport:
    reference, lesions, decimal, encoding = SHEETS[country]
    return import_truth(
        study,
        saved(folder / "reference.any", style, reference, decimal, encoding),
        saved(folder / "lesions.any", style, lesions, decimal, encoding),
        resolve=lambda _: None,
        replace=True,
    )


@pytest.mark.parametrize("country", SHEETS)
def test_every_style_of_every_country_gives_the_same_truth(
    study: StudyFolder, tmp_path: Path, country: str
) -> None:
    for style in STYLES:
        imported = brought(study, tmp_path, style, country)
        assert (imported.cases, imported.malignant, imported.lesions) == (3, 1, 1), style
        check_kept(study, country)


def check_kept(study: StudyFolder, country: str) -> None:
    reference, hospital = SHEETS[country][0], SHEETS[country][0][0][-1]
    kept = read_csv(study.reference_standard / "reference.csv").rows
    assert [
        [row[name] for name in ("case", "truth", "breast_right", "breast_left", "density")]
        for row in kept
    ] == [
        ["C001", "1", "malignant", "normal", "b"],
        ["C002", "0", "normal", "benign", "c"],
        ["C003", "0", "normal", "normal", "a"],
    ]
    assert [row[hospital] for row in kept] == [row[-1] for row in reference[1:]]
    (lesion,) = read_csv(study.reference_standard / "lesions.csv").rows
    assert lesion == {
        "case": "C001", "lesion": "L1", "view": "R-CC", "types": "mass", "x_px": "10.5",
        "y_px": "20.0", "width_px": "30.0", "height_px": "40.0", "malignant": "1",
        "pathology": "", "er": "", "size_mm": "12.5",
    }  # fmt: skip


def test_what_every_word_was_read_as_is_said(study: StudyFolder, tmp_path: Path) -> None:
    told = "\n".join(brought(study, tmp_path, "CSV", "German").notes)
    assert "reference.any: windows-1252, guessed" in told
    assert "'Dignität' as truth" in told
    assert "Dignität: read 'bösartig' as 1 (1), 'gutartig' as 0 (1), 'nein' as 0 (1)" in told
    assert "Größe (cm): read" in told
