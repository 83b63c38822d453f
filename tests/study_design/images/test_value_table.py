import numpy as np
from pydantic import TypeAdapter

from study_design.images.value_table import ValueTable, value_table

TABLE = value_table(-3, 10, np.array([0, 5, 1023]))


def test_inputs_beyond_the_table_get_its_first_or_last_entry() -> None:
    # PS3.3 C.11.1.1.1: the first entry is for the first input and all below, the last for all above
    inputs = np.array([-900.0, -3.0, -2.0, -1.0, 0.0, 900.0])
    assert TABLE.outputs(inputs).tolist() == [0, 0, 5, 1023, 1023, 1023]


def test_an_input_between_two_entries_is_interpolated() -> None:
    assert TABLE.outputs(np.array([-2.5])).tolist() == [2.5]


def test_a_table_survives_the_cache_s_json() -> None:
    adapter = TypeAdapter(ValueTable)
    assert adapter.validate_json(adapter.dump_json(TABLE)) == TABLE
    assert adapter.validate_python(adapter.dump_python(TABLE, mode="json")) == TABLE
    assert TABLE.highest == 1023
