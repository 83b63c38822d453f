from study_design.counted import counted


def test_one_is_one_and_all_else_are_several() -> None:
    told = [counted(n, "exam") for n in (0, 1, 2)]
    assert told == ["0 exams", "1 exam", "2 exams"]
    assert [counted(n, "copy", "copies") for n in (1, 2)] == ["1 copy", "2 copies"]
