from collections import Counter

from study_design.phantom.exam import draw_exam
from study_design.phantom.mixes import Mix, draw_mixed_exam, training_lesions
from study_design.vocabulary import AbnormalityType

EXAMS = [training_lesions(seed) for seed in range(1000)]
LESIONS = [lesion for exam in EXAMS for lesion in exam]


def test_the_mix_of_a_study_is_what_seeds_draw() -> None:
    assert draw_mixed_exam(5, Mix.STUDY) == draw_exam(5)


def test_most_training_exams_have_one_or_two_lesions() -> None:
    counts = Counter(map(len, EXAMS))
    assert set(counts) == {0, 1, 2}
    assert 110 <= counts[0] <= 190  # 150 expected, more than three standard deviations


def test_training_exams_hold_all_types_alike_benign_and_malignant() -> None:
    kinds = Counter(lesion.type for lesion in LESIONS)
    for kind in AbnormalityType:
        assert 0.21 < kinds[kind] / len(LESIONS) < 0.29
    assert 0.45 < sum(lesion.malignant for lesion in LESIONS) / len(LESIONS) < 0.55


def test_only_asymmetries_show_on_one_view() -> None:
    single = {lesion.type for lesion in LESIONS if len(lesion.projections) == 1}
    assert single == {AbnormalityType.ASYMMETRY}


def test_a_mix_asks_for_lesions_and_leaves_the_breasts_of_the_seed() -> None:
    mixed, plain = draw_mixed_exam(2, Mix.TRAINING), draw_exam(2)
    assert [lesion.type for lesion in mixed.lesions] == [spec.type for spec in training_lesions(2)]
    assert (mixed.right, mixed.left, mixed.density) == (plain.right, plain.left, plain.density)
