from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inference.data.augment import augmented
from inference.data.exam_set import KnownExam, set_sha256
from inference.data.open_set import open_exam_set
from inference.data.prepared_set import PreparedSet
from inference.data.splits import folds
from inference.prepared import PreparedExam, PreparedView
from inference.system import Preparation
from inference.training.schedule import Augmentation
from study_design.cases.case_import import import_images
from study_design.errors import BadInputError
from study_design.exchange.truth_import import import_truth
from study_design.geometry import Box, iou
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import WrittenExam, write_dicom
from study_design.phantom.exam import LesionSpec, draw_exam
from study_design.phantom.render import render
from study_design.phantom.sheets import write_manifest, write_truth_sheets
from study_design.record.actor import Actor
from study_design.reference_standard import CaseTruth
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, View

MASS = LesionSpec(AbnormalityType.MASS, malignant=True, conspicuity=0.9)
BENCHMARK = Path(__file__).resolve().parents[3] / ".." / "shared" / "benchmark"
COARSE = Preparation(2.0)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three phantom exams as a hospital would bring them."""
    folder = tmp_path_factory.mktemp("exams")
    written: list[WrittenExam] = []
    for seed in (1, 2, 3):
        exam = draw_exam(seed, lesions=[MASS])
        written.append(write_dicom(render(exam, spacing_mm=1.0), folder / "dicom" / str(seed)))
    write_truth_sheets(folder, written)
    write_manifest(folder, written)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared views of the three exams, shared by tests that ask something else of them."""
    return tmp_path_factory.mktemp("cache")


def _prepared(manifest: Path, cache: Path) -> tuple[PreparedExam, ...]:
    views = PreparedSet(open_exam_set(manifest).known, COARSE, cache)
    views.fill()
    return tuple(views)


def test_a_manifest_gives_exams_with_their_lesions(manifest: Path, cache: Path) -> None:
    exams = open_exam_set(manifest)
    assert [exam.case for exam in exams.known] == ["PHANTOM-0001", "PHANTOM-0002", "PHANTOM-0003"]
    assert not exams.unknown
    for exam in exams.known:
        assert {source.view for source in exam.views} == set(View)
        assert len(exam.lesions) == 2
        assert exam.truth is not None
        assert exam.truth.truth
    prepared = _prepared(manifest, cache)
    target = prepared[0].targets[0]
    assert target.type is AbnormalityType.MASS
    assert target.malignant
    assert target.depth is not None
    assert target.quadrant
    view = prepared[0].view(target.view)
    assert view is not None
    centre = target.where.centre
    assert view.breast[int(centre.y_px), int(centre.x_px)]


def test_prepared_views_come_from_the_cache_the_second_time(manifest: Path, tmp_path: Path) -> None:
    first = _prepared(manifest, tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npy")}
    second = _prepared(manifest, tmp_path)
    assert len(times) == 12
    assert times == {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npy")}
    for one, other in zip(first, second, strict=True):
        assert one.targets == other.targets
        for view, same in zip(one.views, other.views, strict=True):
            np.testing.assert_array_equal(view.pixels, same.pixels)
            np.testing.assert_array_equal(view.breast, same.breast)


def test_another_preparation_has_a_cache_of_its_own(manifest: Path, cache: Path) -> None:
    fine = _prepared(manifest, cache)[0].views[0]
    exams = open_exam_set(manifest).known[:1]
    coarse = PreparedSet(exams, Preparation(4.0), cache)[0].views[0]
    assert coarse.pixels.shape[0] == pytest.approx(fine.pixels.shape[0] / 2, abs=1)


def test_a_set_knows_that_it_shows_phantoms(manifest: Path, cache: Path) -> None:
    views = PreparedSet(open_exam_set(manifest).known, COARSE, cache)
    views.fill()
    assert views.phantoms


def test_a_study_gives_the_same_exams_as_its_manifest(
    manifest: Path, cache: Path, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    when = datetime(2026, 1, 1, tzinfo=UTC)
    folder: StudyFolder = new_study(
        tmp_path / "study", template="zhou2023", title="", by=Actor("B"), now=when
    )
    import_images(folder, [], manifest=manifest / "manifest.csv")
    import_truth(
        folder,
        manifest / "reference.csv",
        manifest / "lesions.csv",
        resolve=lambda name: name,
    )
    views = PreparedSet(open_exam_set(folder.path).known, COARSE, tmp_path / "own")
    for ours, theirs in zip(views, _prepared(manifest, cache), strict=True):
        assert ours.case == theirs.case
        for target, same in zip(ours.targets, theirs.targets, strict=True):
            assert iou(target.where, same.where) > 0.999
        for view in ours.views:
            other = theirs.view(view.view)
            assert other is not None
            np.testing.assert_array_equal(view.pixels, other.pixels)


def test_mini_mias_has_training_and_hidden_test_images() -> None:
    if not BENCHMARK.is_dir():
        pytest.skip("the mini-MIAS benchmark is not here")
    exams = open_exam_set(BENCHMARK)
    assert len(exams.unknown) == 98
    lesions = [known.lesion for exam in exams.known for known in exam.lesions]
    assert len(lesions) == 85
    assert all(lesion.where is not None for lesion in lesions)
    # Two lesions of the training images were never located; their images are left out.
    assert len(exams.known) == 222
    assert not {e.patient for e in exams.known} & {e.patient for e in exams.unknown}


def test_mini_mias_rows_become_types_and_boxes(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(tmp_path / "images" / "mdb001.png")
    (tmp_path / "images.csv").write_text("image\nmdb001.png\nmdb002.png\nmdb003.png\n")
    (tmp_path / "truth_train.csv").write_text(
        "image,patient,breast,tissue,lesion_class,severity,x,y,radius\n"
        "mdb001.png,P001,L,G,ARCH,M,10,12,4\n"
        "mdb002.png,P001,R,G,CALC,B,,,\n"
    )
    exams = open_exam_set(tmp_path)
    assert [exam.case for exam in exams.exams] == ["mdb001", "mdb003"]
    lesion = exams.known[0].lesions[0].lesion
    assert lesion.types == (AbnormalityType.DISTORTION,)
    assert lesion.where is not None
    assert (lesion.where.x_px, lesion.where.y_px, lesion.where.width_px) == (6, 8, 8)
    assert exams.unknown[0].views[0].view is View.L_MLO


def test_a_folder_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="got none of them"):
        open_exam_set(tmp_path)


def test_a_lesion_of_an_unknown_case_is_refused(manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "dicom").symlink_to(manifest / "dicom")
    (tmp_path / "manifest.csv").write_text((manifest / "manifest.csv").read_text())
    sheet = (manifest / "lesions.csv").read_text().replace("PHANTOM-0003", "PHANTOM-0009")
    (tmp_path / "lesions.csv").write_text(sheet)
    with pytest.raises(BadInputError, match="expected a case of manifest"):
        open_exam_set(tmp_path)


def test_without_a_reference_sheet_lesions_tell_the_truth(manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "dicom").symlink_to(manifest / "dicom")
    for name in ("manifest.csv", "lesions.csv"):
        (tmp_path / name).write_text((manifest / name).read_text())
    with_sheet = [exam.truth for exam in open_exam_set(manifest).known]
    without = [exam.truth for exam in open_exam_set(tmp_path).known]
    for known, told in zip(without, with_sheet, strict=True):
        assert known is not None
        assert told is not None
        assert known.truth == told.truth


def test_the_hash_of_a_set_follows_what_is_known_of_it(manifest: Path) -> None:
    exams = open_exam_set(manifest).known
    assert set_sha256(exams) == set_sha256(open_exam_set(manifest).known)
    changed = replace(exams[0], lesions=())
    assert set_sha256((changed, *exams[1:])) != set_sha256(exams)


@given(
    patients=st.lists(st.integers(0, 30), min_size=4, max_size=60),
    count=st.integers(2, 4),
    seed=st.integers(0, 99),
)
def test_no_patient_stands_on_both_sides_of_a_fold(
    patients: list[int], count: int, seed: int
) -> None:
    exams = [
        KnownExam(f"C{number}", f"P{patient}", (), CaseTruth(f"C{number}", patient % 3 == 0), ())
        for number, patient in enumerate(patients)
    ]
    if len(set(patients)) < count:
        with pytest.raises(BadInputError, match="folds"):
            folds(exams, count, seed=seed)
        return
    drawn = folds(exams, count, seed=seed)
    for fold in drawn:
        assert not {e.patient for e in fold.train} & {e.patient for e in fold.held_out}
        assert len(fold.train) + len(fold.held_out) == len(exams)
    held_out = [exam.case for fold in drawn for exam in fold.held_out]
    assert sorted(held_out) == sorted(exam.case for exam in exams)
    malignant = [
        len({e.patient for e in fold.held_out if e.truth and e.truth.truth}) for fold in drawn
    ]
    assert max(malignant) - min(malignant) <= 1


def _mean_in(view: PreparedView, where: Box) -> float:
    """Return the mean grey of a box."""
    rows = slice(round(where.y_px), round(where.y_px + where.height_px))
    columns = slice(round(where.x_px), round(where.x_px + where.width_px))
    return float(view.pixels[rows, columns].mean())


def test_variations_keep_boxes_and_frames_true(manifest: Path, cache: Path) -> None:
    exam = _prepared(manifest, cache)[0]
    vary = Augmentation(scale=(0.8, 1.2), flip_horizontal=True, flip_vertical=True)
    rng = np.random.default_rng(4)
    for _ in range(8):
        varied = augmented(exam, vary, rng)
        for before, after in zip(exam.targets, varied.targets, strict=True):
            first, second = exam.view(before.view), varied.view(after.view)
            assert first is not None
            assert second is not None
            stored = first.frame.to_stored(before.where)
            back = second.frame.to_stored(after.where)
            assert iou(stored, back) > 0.9
            # What the box shows is what it showed, not what lies at its mirror image.
            shown, was = _mean_in(second, after.where), _mean_in(first, before.where)
            assert shown == pytest.approx(was, abs=0.2)
            mirrored = _mean_in(second, replace(after.where, y_px=0.0))
            assert abs(shown - was) < abs(mirrored - was)


def test_no_augmentation_changes_nothing(manifest: Path, cache: Path) -> None:
    exam = _prepared(manifest, cache)[0]
    same = augmented(exam, Augmentation(), np.random.default_rng(0))
    assert same.targets == exam.targets
    np.testing.assert_array_equal(same.views[0].pixels, exam.views[0].pixels)
