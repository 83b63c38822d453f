"""Words that tables of hospitals use, in the languages that they come in, and what they stand for.

Each word of the study with the words it goes by, as `plain_word` compares them: without capitals,
accents and signs. English, German, French, Spanish, Italian, Dutch, Chinese, Japanese, Korean.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

from study_design.vocabulary import BreastTruth, ReaderKind

# How programs write a cell that holds nothing (R, pandas, SAS, spreadsheets).
NOTHING = ("", "na", "n/a", "#n/a", "nan", "null", "nil", "-", "--", ".", "[]", "k. a.", "k.a.")
# What spreadsheets write in the place of a value that they could not compute.
SHEET_ERRORS = ("#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!", "#spill!", "#calc!",
                "#bezug!", "#wert!", "#zahl!", "#valeur!", "#nombre!", "#nom?")  # fmt: skip

_MALIGNANT = (
    "malignant, maligne, malin, maligno, maligna, kwaadaardig, bosartig, boesartig, krebs, "
    "karzinom, cancer, carcinoma, carcinome, cancro, kanker, 恶性, 惡性, 悪性, 癌, 악성"
)
_BENIGN = (
    "benign, benigne, benin, benigna, benigno, gutartig, goedaardig, 良性, 양성 종양, 양성종양"
)
_NORMAL = (
    "normal, normale, normaal, unauffallig, unauffaellig, ohne befund, o. b., healthy, "
    "gesund, sain, 正常, 異常なし, 정상"
)
_UNKNOWN = (
    "unknown, unbekannt, unklar, inconnu, inconnue, indetermine, desconocido, sconosciuto, "
    "onbekend, not known, 未知, 不明, 不详, 미상"
)
_POSITIVE = "positive, positiv, positif, positivo, positief, pos, 阳性, 陽性"
_NEGATIVE = "negative, negativ, negatif, negativo, negatief, neg, 阴性, 陰性"

_YES = (
    "1, true, t, yes, y, ja, j, oui, o, si, vrai, wahr, waar, vero, verdadero, 是, 有, 真, はい, "
    "あり, 예"
)
_NO = (
    "0, false, f, no, n, nein, nee, non, faux, falsch, onwaar, falso, 否, 无, 無, 假, 偽, いいえ, "
    "なし, 아니오"
)
YES_OR_NO = {"1": _YES, "0": _NO}
FLAGS = {
    "1": f"{_YES}, {_MALIGNANT}, {_POSITIVE}, m",
    "0": f"{_NO}, {_BENIGN}, {_NORMAL}, {_NEGATIVE}, no cancer, non cancer, not malignant, "
    "non malignant, kein krebs, kein karzinom, pas de cancer, b",
}
BREASTS = {
    BreastTruth.MALIGNANT: f"malignant, {_MALIGNANT}, m",
    BreastTruth.BENIGN: f"benign, {_BENIGN}, b",
    BreastTruth.NORMAL: f"normal, {_NORMAL}, n",
    BreastTruth.UNKNOWN: f"unknown, {_UNKNOWN}",
}
RECEPTORS = {
    "positive": f"{_POSITIVE}, +, er+, 1, yes, ja, oui",
    "negative": f"{_NEGATIVE}, -, er-, 0, no, nein, non",
    "unknown": _UNKNOWN,
}
METHODS = {
    "pathology": "pathology, histology, histopathology, biopsy, surgery, pathologie, histologie, "
    "biopsie, op, 病理, 活检, 生検, 手术, 手術, 组织学",
    "imaging": "imaging, bildgebung, imagerie, radiology, 影像, 画像, 影像学",
    "follow-up": "follow up, followup, nachsorge, verlauf, verlaufskontrolle, suivi, surveillance, "
    "seguimiento, 随访, 隨訪, 経過観察, 추적",
}
DENSITIES = {
    letter: f"{letter}, acr {letter}, type {letter}, typ {letter}, "
    f"density {letter}, dichte {letter}, densite {letter}, category {letter}, "
    f"kategorie {letter}, {letter}类, {letter}型, "
    f"{letter}級, acr typ {letter}, bi rads {letter}, birads {letter}"
    for letter in "abcd"
}
KINDS = {
    ReaderKind.HUMAN: "human, reader, radiologist, mensch, humain, 人, 医生, 医師",
    "ai": "ai, ki, ia, model, algorithm, 人工智能, 人工知能",
    ReaderKind.CONSENSUS: "consensus, panel, konsens, 共识, 合議",
    ReaderKind.SIMULATED: "simulated",
}
SIDES = {
    "R": "r, right, rechts, re, rt, droite, droit, d, dx, destra, derecha, "
    "右, 右侧, 右側, 右乳, 우, 우측",
    "L": "l, left, links, li, lt, gauche, g, sx, sinistra, izquierda, i, "
    "左, 左侧, 左側, 左乳, 좌, 좌측",
}


Word = TypeVar("Word", bound=str)


def plain_word(text: str) -> str:
    """Return a word without capitals, accents, widths and signs, for comparison."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", apart)
    plain = unicodedata.normalize("NFC", kept)
    spaced = re.sub(r"[_\u200b\s]+|(?<=\w)-(?=\w)", " ", plain)
    return spaced.strip().strip("'\"()[]").strip() or spaced.strip()


def by_word(lists: Mapping[Word, str]) -> dict[str, str]:
    """Return what each word stands for, by its plain form."""
    return {
        plain_word(word): str(meaning)
        for meaning, words in lists.items()
        for word in words.split(",")
    }
