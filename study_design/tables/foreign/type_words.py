"""Words that AI products use for abnormalities, and the study's four types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from study_design.vocabulary import AbnormalityType


class Meaning(StrEnum):
    """What a product's word stands for: one of the four types, or what is to be done with it."""

    MASS = "mass"
    CALCIFICATION = "calcification"
    ASYMMETRY = "asymmetry"
    DISTORTION = "distortion"
    OTHER = "other"
    """Another abnormality: the box is kept without a type."""
    NO_FINDING = "no finding"
    """The row says that nothing was found."""
    LEFT_OUT = "left out"
    """No abnormality (nipple, muscle): the row is not brought in."""

    @property
    def types(self) -> tuple[AbnormalityType, ...]:
        """The type that the word stands for; none for the other three meanings."""
        return (AbnormalityType(self.value),) if self.value in tuple(AbnormalityType) else ()


# Where a word is settled by a map file; in the preview by a field of its own.
MAP_ADVICE = "Say in a map file, under [types], "


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A word of a product and what it stands for."""

    word: str
    meaning: Meaning


_WORDS = {
    Meaning.MASS: "mass, masses, nodule, tumor, tumour, density, soft tissue, soft tissue lesion, "
    "circ, spic, masse, herdbefund, raumforderung, rundherd, opacité, 肿块, 腫瘤",
    Meaning.CALCIFICATION: "calcification, calcifications, calc, calcs, microcalcification, "
    "microcalcifications, suspicious calcification, calcification cluster, cluster, "
    "verkalkung, verkalkungen, mikrokalk, mikroverkalkungen, microcalcifications, 钙化, 石灰化",
    Meaning.ASYMMETRY: "asymmetry, asymmetries, focal asymmetry, global asymmetry, "
    "asym, developing asymmetry, focal asymmetric density, asymmetrie, asymétrie, "
    "不对称, 局所的非対称性陰影",
    Meaning.DISTORTION: "distortion, architectural distortion, ad, arch, architekturstörung, "
    "distorsion, distorsion architecturale, 结构扭曲, 構築の乱れ",
    Meaning.OTHER: "suspicious lymph node, lymph node, intramammary lymph node, skin thickening, "
    "skin retraction, nipple retraction, lesion, lesions, suspicious lesion, abnormality, finding, "
    "cancer, malignant, malignancy, benign, other, 病灶, 病変",
    Meaning.NO_FINDING: "no finding, no findings, none, normal, norm, negative, nothing found, "
    "no findings detected, no suspicious finding, no suspicious findings, no significant findings, "
    "no abnormality, no abnormalities, no abnormality detected, no abnormality found, no lesion, "
    "no lesions, no lesion detected, no lesions detected, no suspicious lesion, "
    "no suspicious lesions, no suspicious lesion detected, no marks, 未见异常, 無異常, 異常なし",
    Meaning.LEFT_OUT: "nipple, areola, breast, right breast, left breast, breast mask, skin, "
    "pectoral muscle, pectoral, pectoralis, pectoralis muscle, pectoralis major muscle, "
    "fibroglandular tissue, fibroglandular, glandular tissue, dense tissue, fatty tissue, "
    "adipose tissue, background, 乳头, 胸肌, 乳頭, 大胸筋",
}
_MEANINGS = {
    word.strip(): meaning for meaning, words in _WORDS.items() for word in words.split(",")
}


def meaning_of(word: str, own: tuple[TypeWord, ...] = ()) -> Meaning | None:
    """Return what a word stands for; None where it is not known.

    Parameters
    ----------
    own
        Words that somebody has decided on; they go before the usual ones.
    """
    plain = plain_word(word)
    for entry in own:
        if plain_word(entry.word) == plain:
            return entry.meaning
    return _MEANINGS.get(plain)


def first_meaning(said: Sequence[str], own: tuple[TypeWord, ...] = ()) -> Meaning | None:
    """Return what one of several words stands for: the first decided on, else the first usual."""
    decided = {plain_word(entry.word): entry.meaning for entry in own}
    plain = [plain_word(word) for word in said if word]
    meanings = (*(decided.get(word) for word in plain), *(_MEANINGS.get(word) for word in plain))
    return next((meaning for meaning in meanings if meaning is not None), None)


def decided_meaning(said: Sequence[str], own: tuple[TypeWord, ...]) -> Meaning | None:
    """Return what somebody decided that one of several words stands for; None where nobody has."""
    decided = {plain_word(entry.word): entry.meaning for entry in own}
    return next((decided[plain_word(word)] for word in said if plain_word(word) in decided), None)


def plain_word(text: str) -> str:
    """Return a word without capitals, zero-width spaces and signs in place of spaces."""
    return " ".join(re.sub(r"[_\u200b]+|-(?!\d)", " ", text.lower()).split())
