"""The mean of a crossover's sequences' means: its algebra, and the designs that it agrees with."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.mrmc.components import error_covariances
from analysis.mrmc.obuchowski_rockette import hillis_df, obuchowski_rockette
from analysis.mrmc.ratings import Design, IntArray, MrmcError, ReadBy, crossed_ratings
from analysis.mrmc.reader_foms import ReaderFoms, reader_foms
from analysis.mrmc.sequence_means import sequence_mean_inference
from analysis.result import FloatArray

CASES, ARMS = 60, ("a", "b")


def _rated(readers: int, *, arms: int = 2) -> tuple[IntArray, FloatArray]:
    """Return truth (cases,) and ratings (arms, readers, cases)."""
    generator = np.random.default_rng(2)
    truth = np.arange(CASES) % 2
    shared = generator.normal(size=(arms, 1, CASES))  # readers agree on what an arm makes of a case
    own = generator.normal(size=(arms, readers, CASES))
    skill = 1 + 0.3 * generator.normal(size=(arms, readers, 1))
    return truth, skill * truth + shared + own


def _foms(readers: int) -> ReaderFoms:
    return reader_foms(crossed_ratings(*_rated(readers), arms=ARMS))


def _as_modelled(foms: ReaderFoms) -> ReaderFoms:
    """Return figures whose error covariances are the model's four, the same for all pairs."""
    error = error_covariances(foms)
    same_arm, same_reader = (one[:, None] == one for one in (foms.arm, foms.reader))
    covariance = np.where(same_arm, error.cov2, error.cov3)
    covariance = np.where(same_reader, np.where(same_arm, error.variance, error.cov1), covariance)
    return replace(foms, covariance=covariance)


def test_equal_weights_and_one_sequence_are_obuchowski_and_rockette_s_comparison() -> None:
    foms = _foms(5)
    found = sequence_mean_inference(
        foms, ARMS, np.zeros(5, dtype=np.int64), np.full(5, 1 / 5), level=0.9
    )
    expected = obuchowski_rockette(foms, level=0.9).differences[0].inference
    assert (found.estimate, found.se, found.df, found.p) == pytest.approx(
        (expected.estimate, expected.se, expected.df, expected.p)
    )
    assert found.ci is not None
    assert expected.ci is not None
    assert (found.ci.low, found.ci.high) == pytest.approx((expected.ci.low, expected.ci.high))


def test_two_sequences_are_hillis_s_readers_nested_in_sequences() -> None:
    foms, first = _as_modelled(_foms(7)), np.array([0, 0, 1, 0, 0, 1, 0])
    sizes = np.bincount(first)
    found = sequence_mean_inference(foms, ARMS, first, 1 / (2 * sizes[first]), level=0.95)
    # Each reader's half difference, its sign changed in one sequence: readers in two "arms".
    order = np.argsort(first, kind="stable")
    linear = np.zeros((7, 14))
    for row, reader in enumerate(order):
        linear[row, [reader, 7 + reader]] = np.array([0.5, -0.5]) * (1 - 2 * first[reader])
    nested = ReaderFoms(
        ("first", "second"),
        tuple(foms.readers[reader] for reader in order),
        first[order],
        np.arange(7),
        linear @ foms.values,
        linear @ foms.covariance @ linear.T,
        ReadBy(Design.READERS_IN_ARMS, np.zeros(7, dtype=np.int64)),
        foms.method,
    )
    expected = obuchowski_rockette(nested).differences[0].inference
    assert (found.estimate, found.se, found.df, found.p) == pytest.approx(
        (expected.estimate, expected.se, expected.df, expected.p)
    )


@given(
    first=st.integers(1, 6),
    second=st.integers(2, 6),
    effect=st.floats(-0.5, 0.5),
    swap=st.booleans(),
)
def test_a_period_effect_moves_neither_the_estimate_nor_its_error(
    first: int, second: int, effect: float, swap: bool
) -> None:
    foms = _foms(first + second)
    sequence = np.repeat([0, 1], (second, first) if swap else (first, second))
    weights = 1 / (2 * np.bincount(sequence)[sequence])
    # Arm a is in the second period where the sequence is 1, arm b where it is 0.
    in_second = (sequence[foms.reader] == 1) == (foms.arm == 0)
    moved = replace(foms, values=foms.values + effect * in_second)
    before, after = (
        sequence_mean_inference(one, ARMS, sequence, weights, level=0.95) for one in (foms, moved)
    )
    assert after.estimate == pytest.approx(before.estimate, abs=1e-12)
    assert (after.se, after.df) == pytest.approx((before.se, before.df))


def test_a_third_arm_does_not_count() -> None:
    truth, rated = _rated(4, arms=3)
    whole = reader_foms(crossed_ratings(truth, rated, arms=("a", "c", "b")))
    two = reader_foms(crossed_ratings(truth, rated[[0, 2]], arms=ARMS))
    sequence, weights = np.array([0, 0, 0, 1]), np.array([1, 1, 1, 3]) / 6
    found, expected = (
        sequence_mean_inference(one, ARMS, sequence, weights, level=0.95) for one in (whole, two)
    )
    assert (found.estimate, found.se, found.df) == pytest.approx(
        (expected.estimate, expected.se, expected.df)
    )


def test_a_sequence_of_one_reader_counts_and_the_others_tell_the_variance() -> None:
    foms, first = _foms(3), np.array([0, 0, 1])
    found = sequence_mean_inference(foms, ARMS, first, np.array([0.25, 0.25, 0.5]), level=0.95)
    d = foms.table[0] - foms.table[1]
    assert found.estimate == pytest.approx(((d[0] + d[1]) / 2 + d[2]) / 2)
    of_readers = (2 * 0.25**2 + 0.5**2) * (d[0] - d[1]) ** 2 / 2
    minus = np.hstack([np.eye(3), -np.eye(3)])
    between = (minus @ foms.covariance @ minus.T)[np.triu_indices(3, 1)].mean()
    assert between > 0
    assert found.se**2 == pytest.approx(of_readers + between)
    assert found.df == pytest.approx(hillis_df(found.se**2, of_readers, 1))


def test_readers_who_share_no_cases_have_no_covariance_between_them() -> None:
    foms = _foms(4)
    apart = replace(
        foms, read_by=ReadBy(Design.CASES_IN_READERS, np.arange(4), readers_share=False)
    )
    with pytest.raises(MrmcError, match="expected two or more readers of one sequence"):
        sequence_mean_inference(
            apart, ARMS, np.zeros(4, dtype=np.int64), np.full(4, 0.25), level=0.95
        )
    pairs = replace(foms, read_by=ReadBy(Design.CASES_IN_GROUPS, np.array([0, 0, 1, 1])))
    found = sequence_mean_inference(
        pairs, ARMS, np.zeros(4, dtype=np.int64), np.full(4, 0.25), level=0.95
    )
    expected = obuchowski_rockette(pairs).differences[0].inference
    assert (found.estimate, found.se, found.df) == pytest.approx(
        (expected.estimate, expected.se, expected.df)
    )
