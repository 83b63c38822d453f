"""What de-identification did to a header, attribute by attribute, for the coordinator's eyes.

The left side holds identity: it is shown and thrown away, and written nowhere.
"""

from collections.abc import Iterator

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from study_design.images.header.character_sets import legible_text
from study_design.images.messages import AttributeChange, Fate

_LONGEST_TEXT = 64
_BULK = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}


def header_changes(before: Dataset, after: Dataset) -> tuple[AttributeChange, ...]:
    """Return every attribute of two headers, file meta included, in the order of their tags.

    An attribute that is there and empty counts as absent, so what was emptied was removed. Values
    of bulk data are told by their length only. `before` may be foreign: call this where a value
    that cannot be read does no harm, such as the guarded child process.
    """
    old, new = dict(_texts(before)), dict(_texts(after))
    # Attributes of the new header alone come last.
    names = (*old, *(name for name in new if name not in old))
    changes = (_change(name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(change for change in changes if change.before or change.after)


def _change(name: str, before: str, after: str) -> AttributeChange:
    """Return what became of one attribute."""
    if before == after:
        fate = Fate.KEPT
    elif not after:
        fate = Fate.REMOVED
    else:
        fate = Fate.REPLACED if before else Fate.ADDED
    return AttributeChange(name, before[:_LONGEST_TEXT], after[:_LONGEST_TEXT], fate)


def _texts(dataset: Dataset, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the attributes of a dataset with their values as text, nested ones too."""
    meta = getattr(dataset, "file_meta", None)
    if meta is not None:
        yield from _texts(meta)
    for element in dataset:
        tag = f"({element.tag.group:04X},{element.tag.element:04X})"
        name = f"{within}{keyword_for_tag(element.tag) or tag}"
        if element.VR == "SQ":
            for place, item in enumerate(element.value or (), start=1):
                yield from _texts(item, f"{name}[{place}].")
        elif element.VR in _BULK:
            yield name, f"{len(element.value or b'')} bytes"
        else:
            values = element.value if element.VM > 1 else [element.value]
            yield (
                name,
                "\\".join("" if value is None else legible_text(str(value)) for value in values),
            )
