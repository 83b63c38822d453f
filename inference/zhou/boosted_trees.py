"""Gradient-boosted trees as plain arrays: fitted by scikit-learn, evaluated without it.

Chen and Guestrin 2016 describe the kind; scikit-learn's histogram trees are used in training only.
A model is a fixed set of buffers, so it travels in a state dict like any weight.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

TREES, LEAVES = 60, 8
_NODES = 2 * LEAVES - 1
_DEPTH = 6
_LEAST_IN_LEAF = 10
_RATE = 0.1


class BoostedTrees(nn.Module):
    """A binary classifier of TREES trees with at most LEAVES leaves each.

    A node asks whether a feature is at most a threshold: then left, otherwise right. A leaf asks
    nothing and is its own child; `value` holds the leaves' contributions to the log odds.
    """

    feature: Tensor
    threshold: Tensor
    left: Tensor
    right: Tensor
    value: Tensor
    baseline: Tensor
    fitted: Tensor

    def __init__(self) -> None:
        super().__init__()
        itself = torch.arange(_NODES).expand(TREES, -1)
        self.register_buffer("feature", torch.zeros(TREES, _NODES, dtype=torch.int64))
        # Thresholds decide between neighbouring values, so they keep double precision.
        self.register_buffer("threshold", torch.zeros(TREES, _NODES, dtype=torch.float64))
        self.register_buffer("left", itself.clone())
        self.register_buffer("right", itself.clone())
        self.register_buffer("value", torch.zeros(TREES, _NODES, dtype=torch.float64))
        self.register_buffer("baseline", torch.zeros(1, dtype=torch.float64))
        self.register_buffer("fitted", torch.zeros(1, dtype=torch.bool))

    def fit(self, features: NDArray[np.float64], truth: NDArray[np.bool_], *, seed: int) -> None:
        """Fit the trees by scikit-learn, which only this needs.

        Parameters
        ----------
        features
            (pairs, features).
        truth
            (pairs,), of both kinds.
        """
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            learning_rate=_RATE,
            max_iter=TREES,
            max_leaf_nodes=LEAVES,
            max_depth=_DEPTH,
            min_samples_leaf=_LEAST_IN_LEAF,
            early_stopping=False,
            random_state=seed,
        ).fit(features, truth)
        self._reset()
        # No public name gives the trees themselves.
        for tree, (predictor,) in enumerate(model._predictors):
            self._keep(tree, predictor.nodes)
        self.baseline[0] = float(np.ravel(model._baseline_prediction)[0])
        self.fitted[0] = True

    def forward(self, features: Tensor) -> Tensor:
        """Return the probabilities (P,) of features (P, F), float64."""
        rows = features.to(torch.float64)
        trees = torch.arange(TREES, device=rows.device)[None, :]
        node = torch.zeros(len(rows), TREES, dtype=torch.int64, device=rows.device)
        for _ in range(_DEPTH):
            asked = rows.gather(1, self.feature[trees, node])
            goes_left = asked <= self.threshold[trees, node]
            node = torch.where(goes_left, self.left[trees, node], self.right[trees, node])
        return (self.value[trees, node].sum(dim=1) + self.baseline).sigmoid()

    def _reset(self) -> None:
        """Make every node a leaf of no value."""
        fresh = BoostedTrees()
        for name, buffer in self.named_buffers():
            buffer.copy_(fresh.get_buffer(name))

    def _keep(self, tree: int, nodes: NDArray[np.void]) -> None:
        """Copy a tree of scikit-learn; its leaves have no children of their own."""
        count, leaf = len(nodes), nodes["is_leaf"].astype(bool)
        itself = np.arange(count)
        self.feature[tree, :count] = _tensor(np.where(leaf, 0, nodes["feature_idx"]))
        self.threshold[tree, :count] = torch.as_tensor(np.where(leaf, 0, nodes["num_threshold"]))
        self.left[tree, :count] = _tensor(np.where(leaf, itself, nodes["left"]))
        self.right[tree, :count] = _tensor(np.where(leaf, itself, nodes["right"]))
        self.value[tree, :count] = torch.as_tensor(np.where(leaf, nodes["value"], 0.0))


def _tensor(values: NDArray[np.integer]) -> Tensor:
    return torch.as_tensor(values.astype(np.int64))
