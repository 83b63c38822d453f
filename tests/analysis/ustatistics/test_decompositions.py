"""Other models' components of the same variance."""

import numpy as np
import pytest

from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms
from analysis.ustatistics.decompositions import NotCrossedError, decompose
from analysis.ustatistics.reader_averaged import ArmAuc, AucDifference, analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings
from analysis.ustatistics.single_readers import analyse_readers


def _reads(seed: int = 5) -> ReaderRatings:
    random = np.random.default_rng(seed)
    truth = np.repeat([0.0, 1.0], [25, 15])
    signal = truth + random.normal(size=40)
    ratings = np.round(signal + random.normal(size=(2, 4, 40)), 1)
    return ReaderRatings(("without", "with"), ("1", "2", "3", "4"), truth, ratings)


@pytest.mark.parametrize("biased", [False, True])
def test_every_decomposition_adds_up_to_the_variance(biased: bool) -> None:
    found = analyse_reads(_reads())
    each_of: tuple[ArmAuc | AucDifference, ...] = (*found.arms, *found.differences)
    for one in each_of:
        expected = (one.biased if biased else one.unbiased).variance
        parts = decompose(one, biased=biased)
        for each in (parts.dbm, parts.obuchowski_rockette, parts.mean_squares):
            assert each.products.sum() == pytest.approx(expected, rel=1e-10)


def test_obuchowski_rockette_s_covariances_are_the_unbiased_ones_of_the_readers() -> None:
    reads = _reads()
    foms = reader_foms(crossed_ratings(reads.truth, reads.ratings), covariance=Covariance.UNBIASED)
    covariance = foms.covariance
    parts = decompose(analyse_reads(reads).differences[0]).obuchowski_rockette
    by_name = dict(zip(parts.names, parts.components.tolist(), strict=True))
    same_arm, same_reader = (place[:, None] == place[None, :] for place in (foms.arm, foms.reader))
    for name, pairs in (
        ("ERROR", same_arm & same_reader),
        ("COV1", ~same_arm & same_reader),
        ("COV2", same_arm & ~same_reader),
        ("COV3", ~same_arm & ~same_reader),
    ):
        assert by_name[name] == pytest.approx(covariance[pairs].mean(), rel=1e-10)


def test_a_single_reader_s_variance_is_the_unbiased_one() -> None:
    reads = _reads()
    foms = reader_foms(crossed_ratings(reads.truth, reads.ratings), covariance=Covariance.UNBIASED)
    found = analyse_readers(reads)
    np.testing.assert_allclose([one.auc for one in found.alone], foms.values)
    np.testing.assert_allclose(
        [one.variance for one in found.alone], np.diag(foms.covariance), rtol=1e-9
    )
    first = found.differences[0]
    assert (first.first.reader, first.second.arm) == ("1", "with")
    expected = foms.covariance[0, 0] + foms.covariance[4, 4] - 2 * foms.covariance[0, 4]
    assert first.variance == pytest.approx(expected, rel=1e-9)


def test_readers_without_both_classes_are_left_out() -> None:
    reads = _reads()
    ratings = reads.ratings.copy()
    ratings[0, 1, :25] = np.nan
    found = analyse_readers(ReaderRatings(reads.arms, reads.readers, reads.truth, ratings))
    assert len(found.alone) == 7
    assert [one.first.reader for one in found.differences] == ["1", "3", "4"]


def test_a_missing_reading_leaves_no_decomposition() -> None:
    reads = _reads()
    ratings = reads.ratings.copy()
    ratings[1, 2, 3] = np.nan
    found = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, ratings))
    decompose(found.arms[0])
    with pytest.raises(NotCrossedError, match="fully crossed"):
        decompose(found.differences[0])
