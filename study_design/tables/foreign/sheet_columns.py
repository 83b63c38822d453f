"""The columns of the sheets that people bring: by which names each goes, and what it may hold.

The first name is ours; the others are tried in their order. Capitals, spaces, signs and a unit in
brackets do not matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from study_design.tables.foreign import cell_doors
from study_design.tables.foreign.cell_doors import Door
from study_design.tables.foreign.type_words import TypeWord


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet.

    Attributes
    ----------
    name
        Ours.
    others
        Names that it goes by elsewhere, separated by commas.
    """

    name: str
    door: Door
    others: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All names, ours first."""
        return (self.name, *(one.strip() for one in self.others.split(",") if one.strip()))


_CASE = SheetColumn(
    "case",
    cell_doors.NAME,
    "case id, case no, case number, exam, exam id, study id, study instance uid, accession number, "
    "accession, acc no, accession no, accession nr, patient id, patient, pat id, patient number, "
    "fall, fallnummer, fall nr, "
    "fall id, untersuchung, patienten id, patientennummer, patientin, cas, numero de cas, "
    "identifiant patient, id patient, numero patient, 病例, 病例号, 病例编号, 病例ID, 检查号, "
    "患者编号, 患者ID, 编号, 症例, 症例番号, 症例ID, 検査番号, 患者番号, "
    "증례, 증례번호, 환자ID, 환자번호",
)
CASE_NAMES = _CASE.others
VIEW_NAMES = (
    "view position, projection, position, ansicht, ebene, incidence, 体位, 投照体位, 方向, 撮影方向"
)
SIDE_NAMES = "image laterality, side, breast, seite, cote, 侧, 左右, 侧别, 側性"

REFERENCE_SHEET = (
    _CASE,
    SheetColumn(
        "truth",
        cell_doors.FLAG,
        "ground truth, reference standard, reference, gold standard, malignant, malignancy, "
        "cancer, outcome, diagnosis, label, target, wahrheit, referenz, referenzstandard, "
        "goldstandard, malignität, bösartig, diagnose, befund, dignität, vérité, référence, malin, "
        "malignité, diagnostic, 真值, 金标准, 良恶性, 恶性, 诊断, 病理结果, "
        "真実, 正解, 良悪性, 悪性, 診断, 정답, 진단",
    ),
    SheetColumn(
        "breast_right",
        cell_doors.BREAST,
        "right breast, truth right, right, rechte brust, brust rechts, rechts, sein droit, droit, "
        "右乳, 右侧乳腺, 右乳房, 右",
    ),
    SheetColumn(
        "breast_left",
        cell_doors.BREAST,
        "left breast, truth left, left, linke brust, brust links, links, sein gauche, gauche, "
        "左乳, 左侧乳腺, 左乳房, 左",
    ),
    SheetColumn(
        "density",
        cell_doors.DENSITY,
        "breast density, acr density, dichte, brustdichte, parenchymdichte, densité, "
        "densité mammaire, 密度, 腺体密度, 乳腺密度, 乳房構成, 乳腺濃度",
    ),
    SheetColumn("symptoms", cell_doors.TEXT, "symptom, symptome, beschwerden, symptômes, 症状"),
    SheetColumn("age_group", cell_doors.TEXT, "altersgruppe, groupe d'âge, 年龄组, 年龄段, 年齢層"),
    SheetColumn(
        "reference_method",
        cell_doors.METHOD,
        "verification, referenzmethode, 参考标准, 確定方法",
    ),
    SheetColumn(
        "followup_months",
        cell_doors.MONTHS,
        "follow up months, fu months, nachsorge monate, verlauf monate, suivi mois, follow up, "
        "随访, 経過観察",
    ),
)

LESION_SHEET = (
    _CASE,
    SheetColumn(
        "lesion",
        cell_doors.NAME,
        "lesion id, lesion no, lesion number, finding, finding id, läsion, herd, befund nr, "
        "lésion, 病灶, 病灶号, 病变, 病変, 病変番号, 병변",
    ),
    SheetColumn("view", cell_doors.NAME, VIEW_NAMES),
    SheetColumn("laterality", cell_doors.NAME, SIDE_NAMES),
    SheetColumn(
        "types",
        cell_doors.types_door(),
        "type, lesion type, abnormality, abnormality type, finding type, class, category, typ, "
        "art, befundart, type de lésion, 类型, 病灶类型, 病变类型, 種類, 所見, 所見種類, 유형",
    ),
    SheetColumn(
        "malignant",
        cell_doors.FLAG,
        "malignancy, truth, cancer, bösartig, malignität, dignität, malin, malignité, "
        "恶性, 良恶性, 悪性, 良悪性, 악성",
    ),
    SheetColumn("pathology", cell_doors.TEXT, "histology, pathologie, histologie, 病理, 病理类型"),
    SheetColumn("er", cell_doors.RECEPTOR, "er status, oestrogen receptor, estrogen receptor"),
    SheetColumn(
        "size_mm",
        cell_doors.MILLIMETRES,
        "size, diameter, lesion size, grösse, größe, durchmesser, taille, diamètre, 大小, 最大径, "
        "大きさ, 径",
    ),
    SheetColumn("x_px", cell_doors.PIXELS),
    SheetColumn("y_px", cell_doors.PIXELS),
    SheetColumn("width_px", cell_doors.PIXELS),
    SheetColumn("height_px", cell_doors.PIXELS),
)

RATING_SHEET = (
    SheetColumn(
        "reader",
        cell_doors.NAME,
        "reader id, reader name, radiologist, rater, observer, leser, befunder, lecteur, lectrice, "
        "radiologue, 阅片者, 医生, 读片者, 読影者, 読影医, 판독자",
    ),
    SheetColumn("kind", cell_doors.KIND, "reader kind, reader type"),
    SheetColumn("group", cell_doors.TEXT, "reader group, gruppe, groupe, 组, 群"),
    SheetColumn("arm", cell_doors.NAME, "condition, modality, treatment, bedingung, bras"),
    replace(_CASE, others=", ".join(n for n in _CASE.names[1:] if n not in ("exam", "patient"))),
    SheetColumn("patient", cell_doors.NAME, "patient id, pat id, patienten id, 患者ID"),
    SheetColumn("exam", cell_doors.NAME),
    SheetColumn("period", cell_doors.TEXT),
    replace(REFERENCE_SHEET[1], name="truth"),
    SheetColumn(
        "rating",
        cell_doors.RATING,
        "score, suspicion, confidence, probability, likelihood, bewertung, wahrscheinlichkeit, "
        "note, probabilité, 评分, 得分, 評価, スコア, 평점",
    ),
    SheetColumn(
        "birads",
        cell_doors.CATEGORY,
        "bi rads, birads category, bi rads category, birads exam, assessment, bi rads kategorie, "
        "kategorie, catégorie, 分类, カテゴリー, カテゴリ",
    ),
    SheetColumn(
        "time_s",
        cell_doors.SECONDS,
        "reading_s, reading time, lesezeit, befundungszeit, temps de lecture, 阅片时间, 読影時間",
    ),
)

MANIFEST_SHEET = (
    SheetColumn("case", cell_doors.NAME, ", ".join(_CASE.names[1:])),
    SheetColumn("laterality", cell_doors.NAME, SIDE_NAMES),
    SheetColumn("view", cell_doors.NAME, VIEW_NAMES),
    SheetColumn(
        "path",
        cell_doors.NAME,
        "file, file name, filename, file path, image, image path, datei, dateiname, pfad, fichier, "
        "chemin, 文件, 文件名, 路径, ファイル, ファイル名",
    ),
    SheetColumn(
        "pixel_spacing_mm", cell_doors.MILLIMETRES, "pixel spacing, spacing, imager pixel spacing"
    ),
    SheetColumn("mirrored", cell_doors.YES_OR_NO, "flipped, gespiegelt, miroir, 镜像, 鏡像"),
    SheetColumn("exam_role", cell_doors.NAME, "role"),
    SheetColumn("exam", cell_doors.NAME),
    SheetColumn("days_before", cell_doors.NUMBER),
)

# Columns of boxes as annotation tools write them; each form makes x_px, y_px, width_px, height_px.
BOX_COLUMNS = ("x_px", "y_px", "width_px", "height_px")
SHEETS: Mapping[str, tuple[SheetColumn, ...]] = {
    "reference": REFERENCE_SHEET,
    "lesions": LESION_SHEET,
    "ratings": RATING_SHEET,
}
MEANINGS = tuple(dict.fromkeys(one.name for columns in SHEETS.values() for one in columns))


def with_own_types(
    columns: tuple[SheetColumn, ...], own: tuple[TypeWord, ...]
) -> tuple[SheetColumn, ...]:
    """Return the columns with a door of types that knows words somebody has decided on."""
    return tuple(
        replace(one, door=cell_doors.types_door(own)) if one.name == "types" else one
        for one in columns
    )
