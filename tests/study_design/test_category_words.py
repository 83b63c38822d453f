"""However a BI-RADS category is spelt, it is one category or none, and never another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.category_words import birads_category
from study_design.vocabulary import BIRADS_CATEGORIES


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("4a", "4A"),
        ("4A", "4A"),
        (" 4 A ", "4A"),
        ("4(a)", "4A"),
        ("(4A)", "4A"),
        ("4-a", "4A"),
        ("4.A", "4A"),
        ("BI-RADS 4B", "4B"),
        ("BIRADS-4c", "4C"),
        ("Bi-Rads: 4C", "4C"),
        ("bi rads4a", "4A"),
        ("BI_RADS_5", "5"),
        ("BI\u2011RADS® 4A", "4A"),
        ("BR4a", "4A"),
        ("ACR 4a", "4A"),
        ("ACR BI-RADS 3", "3"),
        ("Category 5", "5"),
        ("Catégorie 4", "4"),
        ("BI-RADS-Kategorie 2", "2"),
        ("Cat. 3", "3"),
        ("4.0", "4"),
        ("4,0", "4"),
        ("0.0", "0"),
        ("04", "4"),
        ("IVa", "4A"),
        ("Ⅳ", "4"),
        ("Ⅳa", "4A"),
        ("III", "3"),
        ("V", "5"),
        ("\uff14\uff21", "4A"),
        ("BI-RADS 4A类", "4A"),
        ("4b级", "4B"),
        ("BI-RADS分类\uff1a4C", "4C"),
        ("カテゴリー4", "4"),
        ("4\uff41", "4A"),
        ("4\u0430", "4A"),  # with a Cyrillic a
        ("5 ", "5"),
    ],
)
def test_every_spelling_is_the_category_that_it_names(text: str, category: str) -> None:
    assert birads_category(text) == category


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "6", "BI-RADS 6", "VI", "7", "40", "44", "4D", "4A/4B", "4-5", "4A-4B", "3.5",
        "4.1", "4,5", "-4", "+4", "4+", "<4", "4?", "a", "A", "B4", "C4", "P4", "M4", "U4", "R4",
        "4\u0412", "4\u0431", "4 oder 5", "IIII", "IIV", "IC", "vier", "04.01.2024", "1e0",
        "BI-RADS", "5A", "3b", "0A", "٤",
    ],
)  # fmt: skip
def test_what_names_no_category_for_sure_is_none(text: str) -> None:
    assert birads_category(text) is None


@pytest.mark.parametrize("category", BIRADS_CATEGORIES)
def test_the_tables_own_spelling_comes_back(category: str) -> None:
    assert birads_category(category) == category


@given(st.text(max_size=12))
def test_any_text_at_all_is_a_category_of_the_list_or_none(text: str) -> None:
    assert birads_category(text) in (None, *BIRADS_CATEGORIES)
