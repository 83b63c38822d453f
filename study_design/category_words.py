"""The one door for BI-RADS categories: whatever spelling comes in, one category goes on.

Ratings, reference sheets and AI files all ask here, so that `4a`, `BI-RADS 4A` and `IVa` are one
category everywhere, and whatever cannot be told is none and never another category.
"""

import re
import unicodedata

from study_design.vocabulary import BIRADS_CATEGORIES

# Names of the scale and of a category, as reports write them in front of it.
_BEFORE = (
    r"(?:acr|birads|br|category|categorie|categoria|kategorie|cat|kat|class|classe|klasse|"
    r"assessment|final|级别|分级|分类|類別|分類|カテゴリー|カテゴリ|카테고리)"
)
_AFTER = r"(?:级|級|类|類|category|kategorie|categorie)"
_SIGNS = r"[\s:=._\-/#]*"
_SPELLING = re.compile(
    rf"(?:{_BEFORE}{_SIGNS})*"
    r"(?:(?P<digit>0?[0-6])|(?P<roman>vi|iv|v|i{1,3}))"
    r"(?:[.,]0+|[\s._\-]*\(?\s*(?P<letter>[abc])\s*\)?)?"
    rf"\s*{_AFTER}?"
)
_LONGEST = 60
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
# Marks of a trade name, and signs that look like a hyphen.
_DROPPED = str.maketrans("", "", "®™\u200b\u00ad\ufeff")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
# Two letters of Cyrillic are no doubt A and C; its third looks like B and is read as V.
_CYRILLIC = str.maketrans({"\u0430": "a"})


def birads_category(text: str) -> str | None:
    """Return the BI-RADS category that a text names, as the tables spell it; None for no category.

    Capitals, spaces, brackets, full-width signs, the name of the scale in front (`BIRADS-4c`,
    `Category 5`, `ACR 4a`), Roman numerals (`IVa`) and a number's zeros (`4.0`) do not matter. A
    range, a fraction, category 6 (a cancer that is known already) and a bare letter are none.
    """
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_DROPPED)).casefold()
    plain = plain.translate(_HYPHENS).translate(_CYRILLIC).strip().strip(".")
    plain = _without_accents(re.sub(r"bi[\s_\-]*rads", "birads", plain))
    found = _SPELLING.fullmatch(_without_brackets(plain).strip())
    if found is None:
        return None
    number = _ROMAN[found["roman"]] if found["roman"] else found["digit"][-1]
    category = number + (found["letter"] or "").upper()
    return category if category in BIRADS_CATEGORIES else None


def _without_brackets(text: str) -> str:
    """Return a text that stands in brackets or quotation marks as a whole without them."""
    whole = re.fullmatch(r"[\[({\"'](.*)[\])}\"']", text)
    return whole[1] if whole else text


def _without_accents(text: str) -> str:
    """Return Latin letters without accents; other scripts as they are."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", apart))
