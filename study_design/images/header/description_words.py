"""What somebody typed to describe an image, read for what may make it no plain view.

Free text is the weakest evidence there is: "S/P STEREO BIOPSY 2019" stands on a sound screening
view, "no clip" and "QC passed" mean the opposite of their words. So a word here never decides; it
raises a doubt on an image that is kept, and says of what it spoke in words of this file: what
stood there may name a patient.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydicom.dataset import Dataset

from study_design.images.header.attributes import text, texts

# Attributes that describe an image, by the words under which a doubt names them.
OF_THE_IMAGE = {
    "SeriesDescription": "Series Description",
    "ProtocolName": "Protocol Name",
    "AcquisitionDeviceProcessingDescription": "the processing description",
    "DerivationDescription": "Derivation Description",
    "ImageComments": "Image Comments",
    "ViewPosition": "View Position",
}
# It describes an exam of many images, synthesised and magnified ones among them.
_OF_THE_STUDY = {"StudyDescription": "Study Description"}


class Subject(StrEnum):
    """What a description may speak of that makes an image no plain view."""

    BIOPSY = "a biopsy"
    SPECIMEN = "a specimen"
    QUALITY_CONTROL = "quality control"
    SYNTHESISED = "a view synthesised from tomosynthesis"
    CONTRAST = "a contrast agent"
    SPECIAL = "a special view"
    IMPLANT = "an implant"


_OF_MADE_IMAGES = (Subject.QUALITY_CONTROL, Subject.SYNTHESISED)
_OF_PROCESSING = {
    "AcquisitionDeviceProcessingDescription": (Subject.QUALITY_CONTROL,),
    "DerivationDescription": (Subject.QUALITY_CONTROL,),
}
_WHOLE_STUDY = (Subject.BIOPSY, Subject.SPECIMEN, Subject.QUALITY_CONTROL)

# English, German, French, Spanish, Italian, Dutch by whole words, without accents; Chinese and
# Japanese, which put no blanks between words, wherever they stand. Names under which makers sell 2D
# views computed from tomosynthesis: C-View and Intelligent 2D (Hologic), S-View (Fujifilm), Insight
# 2D (Siemens), V-Preview (GE), G-View (IMS Giotto).
_WORDS = {
    Subject.BIOPSY: (
        r"(MACRO|MICRO|MAMMO)?BI?OPS(Y|IES?|IED|IAS?|IEN|IA|IC|IQUE)|STEREO(TA[CKX]\w*)?|VAB|VABB"
        r"|STANZ\w*|DRAHTMARKIERUNG|HARPON|WIRE LOCALI[SZ]\w*",
        "活检 活檢 穿刺 立体定位 生検 ステレオ 组织检查",
    ),
    Subject.SPECIMEN: (
        r"SPECIMENS?|PRAEPARAT\w*|PRAPARAT\w*|PIECE OPERATOIRE|PIEZA|PREPARAAT\w*",
        "标本 標本",
    ),
    Subject.QUALITY_CONTROL: (
        r"QC|QA|QUALITY (CONTROL|ASSURANCE)|QUALITATS\w*|QUALITAETS\w*|CONTROLE (DE )?QUALITE"
        r"|FLAT ?FIELD\w*|PHANTOMS?|FANTOMES?|FANTOMA|CALIBRAT\w*|KALIBR\w*|ETALONNAGE"
        r"|TEST ?(PATTERN|IMAGE|BILD)\w*|DARK ?(FIELD|FRAME|IMAGE|CURRENT)|KONSTANZPRU\w*"
        r"|UNIFORMITY|MIRE",
        "质控 质量控制 质量保证 校准 体模 品質管理 精度管理 ファントム 校正",
    ),
    Subject.SYNTHESISED: (
        r"[CSG] ?VIEW|V ?PREVIEW|INSIGHT ?2D|INTELLIGENT ?2D|SYNTH\w*|S[YM]?2D"
        r"|2D ?SYNTH\w*|SINTETI\w*",
        "合成",
    ),
    Subject.CONTRAST: (
        r"CE[SD]?M|I ?VIEW|SENOBRIGHT|TICEM|SUBTRACT\w*|SUBTRAKT\w*|SOUSTRACT\w*"
        r"|CONTRAST ENHANCED|CONTRAST MEDIUM|KONTRASTMITTEL\w*|PRODUIT DE CONTRASTE",
        "造影 对比增强 减影",
    ),
    Subject.SPECIAL: (
        r"MAG|MAGN|MAGNIF\w*|VERGROSSER\w*|VERGROESSER\w*|AGRANDI\w*|AMPLIFI\w*|INGRANDI\w*"
        r"|SPOT|SPOTS|ZIEL\w*AUFNAHME|KOMPRESSIONSAUFNAHME|XCC[LM]?|CLEAVAGE|TANGENTIAL\w*|ROLLED"
        r"|CLICHE CENTRE|CENTRE COMPRESSION|AXILLARY TAIL",
        "放大 加压 拡大 スポット",
    ),
    Subject.IMPLANT: (
        r"IMPLANTS?|IMPLANTATE?|EKLUND|PROTHESES?|PROTESIS|AUGMENTATION",
        "假体 植入 インプラント 豊胸",
    ),
}
# Nothing that a patient's breast is called: with them a picture of no named view is none.
_SURELY_NO_BREAST = re.compile(
    r"(?<![A-Z])(?:FLAT ?FIELD\w*|PHANTOM|FANTOME|TEST ?(?:PATTERN|BILD)|CALIBRATION|KALIBRIERUNG"
    r"|ETALONNAGE|DARK(?: ?(?:FIELD|FRAME|IMAGE|CURRENT))?|SMPTE|TG ?18|ACR QC)(?![A-Z])"
)


@dataclass(frozen=True, slots=True)
class Described:
    """What a description speaks of.

    Attributes
    ----------
    attribute
        The name of the attribute, as DICOM writes it.
    subject
        Of what it speaks.
    """

    attribute: str
    subject: Subject

    @property
    def doubt(self) -> str:
        """The doubt that it raises on an image."""
        return f"{self.attribute} speaks of {self.subject}"


def descriptions(dataset: Dataset) -> tuple[Described, ...]:
    """Return of what the descriptions of an image speak, each subject once.

    An image that says in an attribute that it was made and not taken may say so in words too.
    """
    is_made = text(dataset, "SyntheticData") == "YES"
    found: dict[Subject, Described] = {}
    for keywords, subjects in ((OF_THE_IMAGE, tuple(Subject)), (_OF_THE_STUDY, _WHOLE_STUDY)):
        for keyword, name in keywords.items():
            # A detector's image is corrected by its flat field; that is said of sound views too.
            known = (*_OF_MADE_IMAGES * is_made, *_OF_PROCESSING.get(keyword, ()))
            for subject in spoken_of(texts(dataset, keyword)):
                if subject in subjects and subject not in known:
                    found.setdefault(subject, Described(name, subject))
    return tuple(found.values())


def spoken_of(said: Iterable[str]) -> tuple[Subject, ...]:
    """Return of what texts in any of some languages speak."""
    words = _plain(" / ".join(said))
    return tuple(
        subject
        for subject, (spelled, characters) in _WORDS.items()
        if re.search(rf"(?<![A-Z])(?:{spelled})(?![A-Z])", words)
        or any(one in words for one in characters.split())
    )


def names_no_breast(dataset: Dataset) -> bool:
    """Tell whether a description names a picture for quality control that shows no breast."""
    keywords = (keyword for keyword in OF_THE_IMAGE if keyword not in _OF_PROCESSING)
    said = " / ".join(value for keyword in keywords for value in texts(dataset, keyword))
    return bool(_SURELY_NO_BREAST.search(_plain(said)))


def _plain(text: str) -> str:
    """Return a text in capitals without accents, its words parted by single blanks."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))
    return " ".join(re.split(r"[\s_.,:;()\[\]+*'\"-]+", bare.upper().replace("ß", "SS")))


def _is_accent(character: str) -> bool:
    """Tell whether a character is a mark on a Latin letter; kana keep theirs."""
    return bool(unicodedata.combining(character)) and character not in "\u3099\u309a"
