from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from study_design.images.header.header_tables import modality_table, voi_luts


def item(descriptor: list[int], data: Any, *, vr: str = "US", data_vr: str = "US") -> Dataset:
    dataset = Dataset()
    dataset.add_new("LUTDescriptor", vr, descriptor)
    dataset.add_new("LUTData", data_vr, data)
    return dataset


def header(*luts: Dataset, signed: bool = False, **attributes: Any) -> Dataset:
    dataset = Dataset()
    dataset.PixelRepresentation = int(signed)
    dataset.VOILUTSequence = list(luts)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def reread(dataset: Dataset, syntax: Any) -> Dataset:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    stream = BytesIO()
    dataset.save_as(
        stream,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
    )
    return dcmread(BytesIO(stream.getvalue()), force=True)


def test_a_count_of_0_means_65536_entries() -> None:
    data = np.arange(65536, dtype="<u2").tobytes()
    (lut,) = voi_luts(header(item([0, 0, 16], data, data_vr="OW")))
    assert lut.table.entries.tolist() == list(range(65536))


# pydicom counts on such a descriptor and warns; the child process that reads files is not told.
@pytest.mark.filterwarnings("ignore:Invalid value")
def test_a_count_beyond_32767_is_read_from_a_descriptor_of_signed_words() -> None:
    data = np.zeros(40000, dtype="<u2").tobytes()
    descriptor = np.array([40000, -5 % 65536, 16], dtype="<u2").tobytes()
    lut = Dataset()
    # Without stated representations, pydicom takes them from the signedness of the pixels.
    raw = header(lut, signed=True)
    lut.add_new("LUTDescriptor", "OW", descriptor)
    lut.add_new("LUTData", "OW", data)
    (found,) = voi_luts(reread(raw, ImplicitVRLittleEndian))
    assert (found.table.entries.size, found.table.first) == (40000, -5)


@pytest.mark.parametrize(
    ("attributes", "first"),
    [
        ({}, 65000),
        ({"signed": True}, -536),
        ({"RescaleIntercept": -1000}, -536),
        ({"signed": True, "ModalityLUTSequence": [item([2, 0, 8], [0, 1])]}, 65000),
    ],
)
def test_the_first_input_is_signed_where_the_values_can_be(
    attributes: dict[str, Any], first: int
) -> None:
    (lut,) = voi_luts(header(item([2, 65000, 8], [0, 255]), **attributes))
    assert lut.table.first == first


@pytest.mark.parametrize("count", [4, 5])
def test_entries_of_8_bits_may_be_packed_two_in_a_word_or_not(count: int) -> None:
    entries = [7, 0, 255, 31, 99][:count]
    packed = bytes(entries) + b"\0" * (count % 2)
    for data, vr in ((packed, "OW"), (entries, "US")):
        (lut,) = voi_luts(header(item([count, 0, 8], data, data_vr=vr)))
        assert lut.table.entries.tolist() == entries


@pytest.mark.parametrize(
    ("descriptor", "data"),
    [
        ([3, 0, 12], [0, 1]),
        ([2, 0, 12], [0, 4096]),
        ([2, 0, 7], [0, 1]),
        ([2, 0, 17], [0, 1]),
        ([2, 0], [0, 1]),
    ],
)
def test_a_table_that_contradicts_its_descriptor_counts_as_absent(
    descriptor: list[int], data: list[int]
) -> None:
    assert voi_luts(header(item(descriptor, data))) == ()


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_tables_are_what_pydicom_makes_of_a_file_in_every_byte_order(syntax: Any) -> None:
    entries = np.random.default_rng(1).integers(0, 4096, 300)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    data = entries.astype(f"{order}u2").tobytes()
    written = header(
        item([300, 50, 12], data, data_vr="OW"),
        ModalityLUTSequence=[item([300, 20, 16], data, data_vr="OW")],
        BitsStored=12,
        BitsAllocated=16,
    )
    dataset = reread(written, syntax)
    values = np.arange(500, dtype=np.uint16)
    inputs = values.astype(np.float64)
    table = modality_table(dataset)
    assert table is not None
    assert np.array_equal(table.outputs(inputs), apply_modality_lut(values, dataset))
    (lut,) = voi_luts(dataset)
    assert np.array_equal(lut.table.outputs(inputs), apply_voi_lut(values, dataset))
