"""The arms of a crossover compared by the mean of its sequences' means, where that is another one.

With as many readers in every sequence it is the plain mean, and nothing is returned here.
"""

from collections.abc import Iterator

from analysis.estimators.t_inference import TInference
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.mrmc.sequence_means import sequence_mean_inference
from analysis.rating_grid import Layout, Pair
from analysis.sequences import Sequences

UNWEIGHTED = "_unweighted_difference"
UNEVEN = (
    "{} ({}): {} readers per sequence. The difference is the mean of the sequences' means; the "
    "plain mean over readers, which would hold {:.0%} of {}, stands beside it."
)
POOLED = (
    "{} ({}): {} readers per sequence. The difference is the plain mean over readers, as the plan "
    "says (sequences), and holds {:.0%} of {}."
)
LACKING = (
    "{} ({}): {} readers per sequence, and some sequences are lacking. The difference holds {:.0%} "
    "of {}."
)
PERIOD = "a period effect"
HALVES = "the difference that the period makes between the halves of the cases"


def uneven_sequences(pair: Pair, sequences: Sequences) -> Iterator[str]:
    """Say what becomes of the period effect where a plain mean holds a part of it."""
    share = sequences.period_share(pair.arms)
    if share > 0:
        lacking = not sequences.balanced(pair.arms)
        said = LACKING if lacking else POOLED if sequences.pooled else UNEVEN
        sizes = " and ".join(map(str, sequences.sizes.tolist()))
        what = HALVES if sequences.halved else PERIOD
        yield said.format(" minus ".join(pair.arms), pair.first.of.whom, sizes, share, what)


def lost_sequences(layout: Layout, pair: Pair) -> Iterator[str]:
    """Say it where the readers of a pair lack a sequence that the arms' readers have."""
    whole, own = layout.whole_sequences(pair), layout.sequences_of(pair)
    if whole is None or own is None or own.balanced(pair.arms) or not whole.balanced(pair.arms):
        return
    yield from uneven_sequences(pair, own)


def sequences_inference(
    foms: ReaderFoms, sequences: Sequences | None, arms: tuple[str, str], *, level: float
) -> TInference | None:
    """Return the first arm minus the second as the mean of the sequences' means.

    None where the readers' sequences are unknown, as many in each, or incomplete.

    Raises
    ------
    MrmcError
        Where no two readers of one sequence share their cases.
    """
    own = None if sequences is None else sequences.of(foms.readers)
    shares = None if own is None else own.shares(arms)
    if own is None or shares is None:
        return None
    return sequence_mean_inference(foms, arms, own.number, shares, level=level)
