"""Pairs of CC and MLO: the trees' own evaluation, and that no box is used twice."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import HistGradientBoostingClassifier

from inference.zhou.boosted_trees import LEAVES, TREES, BoostedTrees
from inference.zhou.matching import (
    LEAST_PROBABILITY,
    PAIR_FEATURES,
    Candidates,
    Matcher,
    greedy,
    left_over,
    pair_features,
)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), pairs=st.integers(40, 300), features=st.integers(1, 8))
def test_trees_give_what_scikit_learn_gives(seed: int, pairs: int, features: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.round(rng.standard_normal((pairs, features)), int(rng.integers(0, 4)))
    y = x[:, 0] + rng.standard_normal(pairs) > 0
    y[:2] = (True, False)
    trees = BoostedTrees()
    trees.fit(x, y, seed=0)
    model = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        max_depth=6,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    ).fit(x, y)
    fresh = np.vstack([x, rng.standard_normal((50, features))])
    got = trees(torch.from_numpy(fresh)).numpy()
    assert got == pytest.approx(model.predict_proba(fresh)[:, 1], abs=1e-6)


def test_trees_travel_in_a_state_dict() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 3))
    fitted, fresh = BoostedTrees(), BoostedTrees()
    fitted.fit(x, x[:, 1] > 0, seed=0)
    fresh.load_state_dict(fitted.state_dict())
    rows = torch.from_numpy(x)
    assert bool(fresh.fitted)
    assert torch.equal(fresh(rows), fitted(rows))


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 8), st.integers(1, 8)),
        elements=st.one_of(st.floats(0, 1), st.sampled_from([0.5, 0.75])),
    )
)
def test_no_box_is_matched_twice_and_the_likeliest_come_first(
    probability: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    matches = greedy(probability)
    assert len({match.cc for match in matches}) == len(matches)
    assert len({match.mlo for match in matches}) == len(matches)
    taken = [match.probability for match in matches]
    assert taken == sorted(taken, reverse=True)
    assert all(each >= LEAST_PROBABILITY for each in taken)
    # Who stays single has no likely partner left.
    rows = left_over(probability.shape[0], [match.cc for match in matches])
    columns = left_over(probability.shape[1], [match.mlo for match in matches])
    assert not (probability[np.ix_(rows, columns)] >= LEAST_PROBABILITY).any()


def candidates(depth: list[float], words: int) -> Candidates:
    count = len(depth)
    return Candidates(
        depth=torch.tensor(depth),
        label=torch.ones(count, dtype=torch.int64),
        size_px=torch.full((count,), 20.0),
        score=torch.full((count,), 0.8),
        quadrant=torch.full((count, words), 1 / words),
        embedding=torch.ones(count, 4),
        grey=torch.full((count,), 0.5),
    )


def test_a_matcher_that_was_taught_nothing_matches_nothing() -> None:
    assert Matcher().matches(candidates([0.2], 4), candidates([0.2], 5)) == []


def test_a_handful_of_pairs_teaches_nothing() -> None:
    matcher = Matcher()
    matcher.fit(np.zeros((12, PAIR_FEATURES)), np.arange(12) < 6)
    assert not bool(matcher.trees.fitted)


def test_pairs_of_equal_depth_are_learned_to_be_one_lesion() -> None:
    rng = np.random.default_rng(0)
    depth = rng.uniform(0, 1, 60)
    shape = (60, 60)
    cc, mlo = candidates(depth.tolist(), 4), candidates(depth.tolist(), 5)
    features = pair_features(cc, mlo).numpy()
    assert features.shape == (*shape, PAIR_FEATURES)
    matcher = Matcher()
    matcher.fit(features.reshape(-1, PAIR_FEATURES), np.eye(60, dtype=np.bool_).ravel())
    found = matcher.matches(candidates([0.2, 0.8], 4), candidates([0.81, 0.5, 0.2], 5))
    assert {(match.cc, match.mlo) for match in found} <= {(0, 2), (1, 0)}
    assert (0, 2) in {(match.cc, match.mlo) for match in found}


def test_without_boxes_on_one_view_there_is_nothing_to_match() -> None:
    rng = np.random.default_rng(0)
    matcher = Matcher()
    x = rng.standard_normal((100, PAIR_FEATURES))
    matcher.fit(x, x[:, 0] > 0)
    assert matcher.matches(candidates([], 4), candidates([0.5], 5)) == []
