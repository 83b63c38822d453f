"""One point of an ROC curve: which cases are called positive, and how often rightly.

A case is positive where its rating reaches the threshold. Youden's J and the threshold at which it
is reached are two quantities; several thresholds can reach the same J, and all are listed. Where
the greatest J is 0 no threshold is better than a coin, and calling every case positive is never the
one that stands for the others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimators.roc import RocCurve, roc_curve


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The counts at one threshold.

    `threshold` is the lowest rating called positive. `midpoint` lies half way to the observed
    rating below it; -inf where every case is positive, None where the threshold was stated. Both
    are inf where no case is called positive.
    """

    threshold: float
    tp: int
    fp: int
    tn: int
    fn: int
    midpoint: float | None = None

    @property
    def sensitivity(self) -> float:
        """The share of positive cases called positive."""
        return self.tp / (self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """The share of negative cases called negative."""
        return self.tn / (self.tn + self.fp)

    @property
    def youden_j(self) -> float:
        """Sensitivity + specificity - 1."""
        return self.sensitivity + self.specificity - 1

    @property
    def auc_binary(self) -> float:
        """The area under the curve with this one point: (sensitivity + specificity) / 2."""
        return (self.sensitivity + self.specificity) / 2


def operating_point_at(
    truth: npt.ArrayLike, rating: npt.ArrayLike, threshold: float
) -> OperatingPoint:
    """Return the counts at a stated threshold; a class without cases gives counts of 0."""
    positive = np.asarray(truth, dtype=np.float64) == 1
    called = np.asarray(rating, dtype=np.float64) >= threshold
    return OperatingPoint(
        threshold,
        tp=int((positive & called).sum()),
        fp=int((~positive & called).sum()),
        tn=int((~positive & ~called).sum()),
        fn=int((positive & ~called).sum()),
    )


def youden_points(truth: npt.ArrayLike, rating: npt.ArrayLike) -> tuple[OperatingPoint, ...]:
    """Return every threshold at which Youden's J is greatest, the lowest observed rating first.

    Where J is 0, calling no case positive (threshold inf) and then calling all positive, the lowest
    rating, stand behind the thresholds that tell cases apart; elsewhere neither can be a maximum.

    Raises
    ------
    ValueError
        Where there is no positive or no negative case.
    """
    curve = roc_curve(truth, rating)
    # In whole numbers, so that ties are ties: J * n_positive * n_negative.
    gain = curve.tp * curve.n_negative - curve.fp * curve.n_positive
    best = np.flatnonzero(gain == gain.max())
    if gain.max() == 0:
        best = np.append(best[1:], best[0])
    return _points(curve, best)


def closest_to_corner_points(
    truth: npt.ArrayLike, rating: npt.ArrayLike
) -> tuple[OperatingPoint, ...]:
    """Return every observed threshold nearest to sensitivity 1, specificity 1, the lowest first."""
    curve = roc_curve(truth, rating)
    misses = (curve.n_positive - curve.tp[:-1]) * curve.n_negative
    false_alarms = curve.fp[:-1] * curve.n_positive
    distance = misses**2 + false_alarms**2
    return _points(curve, np.flatnonzero(distance == distance.min()))


def _points(curve: RocCurve, places: npt.NDArray[np.intp]) -> tuple[OperatingPoint, ...]:
    """Return chosen points of a curve with their counts."""
    return tuple(
        OperatingPoint(
            float(curve.threshold[place]),
            tp=int(curve.tp[place]),
            fp=int(curve.fp[place]),
            tn=curve.n_negative - int(curve.fp[place]),
            fn=curve.n_positive - int(curve.tp[place]),
            midpoint=float(curve.midpoint[place]),
        )
        for place in places
    )
