"""Content items of a structured report, built one by one: codes, texts, numbers, figures.

Relationships and value types are the standard's own words (PS3.3 C.17.3).
"""

from collections.abc import Iterable

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from study_design.decimal_string import decimal_string


def template(identifier: str) -> Dataset:
    """Return the template of a report."""
    template = Dataset()
    template.MappingResource = "DCMR"
    template.TemplateIdentifier = identifier
    return template


def code_item(code: Code) -> Dataset:
    """Return a code as a sequence item."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme_designator
    item.CodeMeaning = code.meaning.replace("\u200b", "")
    return item


def content_item(
    relationship: str,
    value_type: str,
    concept: Code | None = None,
    children: Iterable[Dataset] = (),
) -> Dataset:
    """Return a content item without a value."""
    item = Dataset()
    item.RelationshipType = relationship
    item.ValueType = value_type
    if concept is not None:
        item.ConceptNameCodeSequence = [code_item(concept)]
    within = list(children)
    if within:
        item.ContentSequence = within
    return item


def container(concept: Code, children: Iterable[Dataset]) -> Dataset:
    """Return a container."""
    item = content_item("CONTAINS", "CONTAINER", concept, children)
    item.ContinuityOfContent = "SEPARATE"
    return item


def coded_item(
    relationship: str, concept: Code, code: Code, children: Iterable[Dataset] = ()
) -> Dataset:
    """Return an item whose value is a code."""
    item = content_item(relationship, "CODE", concept, children)
    item.ConceptCodeSequence = [code_item(code)]
    return item


def text_item(relationship: str, concept: Code, text: str) -> Dataset:
    """Return an item whose value is text."""
    item = content_item(relationship, "TEXT", concept)
    item.TextValue = text
    return item


def text_items(relationship: str, concept: Code, text: str) -> list[Dataset]:
    """Return an item for a text that is not empty."""
    return [text_item(relationship, concept, text)] if text else []


def measured_items(
    relationship: str, concept: Code, value: float | None, unit: Code
) -> list[Dataset]:
    """Return an item for a number that there is: as decimal text, and exactly."""
    if value is None:
        return []
    measured = Dataset()
    measured.NumericValue = decimal_string(float(value))
    measured.FloatingPointValue = float(value)
    measured.MeasurementUnitsCodeSequence = [code_item(unit)]
    item = content_item(relationship, "NUM", concept)
    item.MeasuredValueSequence = [measured]
    return [item]


def figure_item(concept: Code, kind: str, points: list[float], place: int) -> Dataset:
    """Return a figure on the image at a place in the Image Library, the root's first item."""
    by_reference = Dataset()
    by_reference.RelationshipType = "SELECTED FROM"
    by_reference.ReferencedContentItemIdentifier = [1, 1, place]
    item = content_item("HAS PROPERTIES", "SCOORD", concept, [by_reference])
    item.GraphicType = kind
    item.GraphicData = points
    return item
