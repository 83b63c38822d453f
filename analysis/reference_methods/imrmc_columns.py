"""The columns that iMRMC's R package and its Java program share, as numbers of one row each."""

import math
from collections.abc import Iterable

from analysis.estimators.t_inference import TInference
from analysis.result import FloatArray
from analysis.ustatistics.reader_averaged import ArmAuc, AucDifference, UStatistics, Variances
from analysis.ustatistics.reader_ratings import ReaderRatings
from analysis.ustatistics.single_readers import (
    SingleReader,
    SingleReaderDifference,
    analyse_readers,
)

ALPHA = 0.05
OPEN = math.nan  # what is printed as NA

Printed = ArmAuc | AucDifference


def printed(found: UStatistics) -> tuple[Printed, ...]:
    """Return what has a row: the arms, then every two of them."""
    return (*found.arms, *found.differences)


def r_row(of: Printed, by: Variances) -> dict[str, float]:
    """Return a row of Ustat or MLEstat; no degrees of freedom with a negative variance."""
    df = by.df_bdg if by.variance >= 0 else OPEN
    return {
        **_estimates(of, biased=by is of.biased),
        **test_columns("Normal", "normal", by.normal),
        "dfBDG": df,
        **test_columns("BDG", "BDG", by.bdg),
    }


def _estimates(of: Printed, *, biased: bool) -> dict[str, float]:
    """Return sizes, AUCs and variances; of one arm what belongs to a second is open."""
    sizes = {"NR": of.sizes.readers, "N0": of.sizes.negative, "N1": of.sizes.positive}
    if isinstance(of, ArmAuc):
        return {**sizes, "AUCA": of.auc, "varAUCA": _variance(of, biased=biased), **_NO_SECOND}
    return {
        **sizes,
        "AUCA": of.first.auc,
        "varAUCA": _variance(of.first, biased=biased),
        "AUCB": of.second.auc,
        "varAUCB": _variance(of.second, biased=biased),
        "AUCAminusAUCB": of.difference,
        "varAUCAminusAUCB": _variance(of, biased=biased),
    }


def _variance(of: Printed, *, biased: bool) -> float:
    """Return the variance that is printed."""
    return (of.biased if biased else of.unbiased).variance


def test_columns(name: str, short: str, found: TInference | None) -> dict[str, float]:
    """Return the columns of a test; open where there is none."""
    if found is None or found.p is None or found.ci is None:
        p = low = high = reject = OPEN
    else:
        p, low, high, reject = found.p, found.ci.low, found.ci.high, float(found.p <= ALPHA)
    return {
        f"pValue{name}": p,
        f"botCI{short}": low,
        f"topCI{short}": high,
        f"reject{name}": reject,
    }


def single_readers(
    reads: ReaderRatings,
) -> tuple[SingleReader | SingleReaderDifference, ...]:
    """Return the rows of single readers: arm by arm, then every two arms."""
    found = analyse_readers(reads)
    return (*found.alone, *found.differences)


def reader_row(of: SingleReader | SingleReaderDifference) -> dict[str, float]:
    """Return a row of perReader."""
    sizes = {"N0": of.n_negative, "N1": of.n_positive}
    if isinstance(of, SingleReader):
        return {**sizes, "AUCA": of.auc, "varAUCA": of.variance, **_NO_SECOND}
    return {
        **sizes,
        "AUCA": of.first.auc,
        "varAUCA": of.first.variance,
        "AUCB": of.second.auc,
        "varAUCB": of.second.variance,
        "AUCAminusAUCB": of.difference,
        "varAUCAminusAUCB": of.variance,
    }


def named(names: Iterable[str], values: FloatArray) -> dict[str, float]:
    """Return a row of numbers with names."""
    return dict(zip(names, values.tolist(), strict=True))


_NO_SECOND = dict.fromkeys(("AUCB", "varAUCB", "AUCAminusAUCB", "varAUCAminusAUCB"), OPEN)
