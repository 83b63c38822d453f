"""The Dorfman-Berbaum-Metz analysis: the arms compared by an analysis of pseudovalues.

Dorfman, Berbaum and Metz (1992) with normalised pseudovalues, the less restrictive model and the
degrees of freedom of Hillis (Hillis, Berbaum and Metz 2008). With readers and cases random it says
what Obuchowski-Rockette with jackknife covariances says; with readers fixed it tests with F where
Obuchowski-Rockette tests with chi-square.
"""

from dataclasses import dataclass
from itertools import combinations

from scipy import stats

from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.figures_of_merit import Jackknifed
from analysis.mrmc.obuchowski_rockette import RandomEffects, hillis_df
from analysis.mrmc.ratings import MrmcError
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True)
class CrossedSquares:
    """Sums of squares of a crossed analysis of variance, with degrees of freedom; mean squares."""

    arm: float
    reader: float
    case: float
    arm_reader: float
    arm_case: float
    reader_case: float
    arm_reader_case: float


@dataclass(frozen=True, slots=True)
class DbmComponents:
    """Variance components of the pseudovalues, not truncated."""

    reader: float
    case: float
    arm_reader: float
    arm_case: float
    reader_case: float
    error: float


@dataclass(frozen=True, slots=True)
class ArmSquares:
    """Mean squares of one arm, or of one reader: main effect, case, interaction."""

    main: float
    case: float
    interaction: float


@dataclass(frozen=True, slots=True)
class DbmTest:
    """The F test that all arms are equal; p None where the denominator is 0."""

    f: float | None
    df1: int
    df2: float
    p: float | None
    mean_square: float
    denominator: float


@dataclass(frozen=True, slots=True)
class DbmResult:
    """Everything that one Dorfman-Berbaum-Metz analysis says.

    `differences` are those of every two arms in the order of `pairs`; `reader_differences` the
    same reader by reader, where readers are fixed.
    """

    effects: RandomEffects
    values: FloatArray
    sums: CrossedSquares
    df: CrossedSquares
    squares: CrossedSquares
    components: DbmComponents
    arms: tuple[ArmSquares, ...]
    readers: tuple[ArmSquares, ...]
    equality: DbmTest
    differences: tuple[TInference, ...]
    means: tuple[TInference, ...]
    reader_differences: tuple[TInference, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """A denominator and its degrees of freedom."""

    value: float
    df: float


def dorfman_berbaum_metz(
    left_out: Jackknifed,
    *,
    arms: int,
    readers: int,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
    level: float = 0.95,
) -> DbmResult:
    """Compare the arms of a fully crossed study by pseudovalues.

    Parameters
    ----------
    left_out
        Figures of merit of all curves, arms in order and readers in order in each, whole and with
        each case left out.
    arms, readers
        Their numbers, two at least.
    effects
        What is random.
    level
        Confidence level; limits are not truncated.

    Raises
    ------
    MrmcError
        Where there are too few arms or readers, or the curves are not that many.
    """
    cases = left_out.without.shape[1]
    if min(arms, readers) < 2 or len(left_out.values) != arms * readers:
        raise MrmcError(
            f"expected two arms and two readers at least, fully crossed, got {arms} arms, "
            f"{readers} readers and {len(left_out.values)} curves"
        )
    pseudovalues = pseudovalues_of(left_out).reshape(arms, readers, cases)
    sums, df = _sums(pseudovalues), _degrees(arms, readers, cases)
    squares = _means(sums, df)
    of_arms = tuple(_two_way(plane) for plane in pseudovalues)
    of_readers = tuple(_two_way(pseudovalues[:, place]) for place in range(readers))
    below = _denominator(squares, df, effects)
    means = pseudovalues.mean(axis=(1, 2))
    table = pseudovalues.mean(axis=2)
    pairs = tuple(combinations(range(arms), 2))
    f = squares.arm / below.value if below.value > 0 else None
    return DbmResult(
        effects,
        table,
        sums,
        df,
        squares,
        _components(squares, arms, readers, cases),
        of_arms,
        of_readers,
        DbmTest(
            f,
            arms - 1,
            below.df,
            None if f is None else float(stats.f.sf(f, arms - 1, below.df)),
            squares.arm,
            below.value,
        ),
        tuple(
            t_inference(
                float(means[first] - means[second]),
                2 * below.value / (readers * cases),
                below.df,
                level=level,
            )
            for first, second in pairs
        ),
        tuple(
            t_inference(float(mean), term.value / (readers * cases), term.df, level=level)
            for mean, own in zip(means, of_arms, strict=True)
            for term in (_mean_term(own, readers, cases, effects),)
        ),
        tuple(
            t_inference(
                float(table[first, place] - table[second, place]),
                2 * of_readers[place].interaction / cases,
                (arms - 1) * (cases - 1),
                level=level,
            )
            for place in range(readers)
            for first, second in pairs
        )
        if effects is RandomEffects.CASES
        else (),
    )


def pseudovalues_of(left_out: Jackknifed) -> FloatArray:
    """Return the pseudovalues (k, m), normalised so that each curve's mean is its whole value."""
    m = left_out.without.shape[1]
    raw = m * left_out.values[:, None] - (m - 1) * left_out.without
    normalised: FloatArray = raw + (left_out.values - raw.mean(axis=1))[:, None]
    return normalised


def _sums(y: FloatArray) -> CrossedSquares:
    """Return the sums of squares of a three-way table (arms, readers, cases)."""
    arms, readers, cases = y.shape
    arm, reader, case = (
        y.mean(axis=axes, keepdims=True) - y.mean() for axes in ((1, 2), (0, 2), (0, 1))
    )
    arm_reader = y.mean(axis=2, keepdims=True) - y.mean() - arm - reader
    arm_case = y.mean(axis=1, keepdims=True) - y.mean() - arm - case
    reader_case = y.mean(axis=0, keepdims=True) - y.mean() - reader - case
    rest = y - y.mean() - arm - reader - case - arm_reader - arm_case - reader_case
    return CrossedSquares(
        readers * cases * float((arm**2).sum()),
        arms * cases * float((reader**2).sum()),
        arms * readers * float((case**2).sum()),
        cases * float((arm_reader**2).sum()),
        readers * float((arm_case**2).sum()),
        arms * float((reader_case**2).sum()),
        float((rest**2).sum()),
    )


def _degrees(arms: int, readers: int, cases: int) -> CrossedSquares:
    """Return the degrees of freedom of each sum."""
    i, j, k = arms - 1, readers - 1, cases - 1
    return CrossedSquares(i, j, k, i * j, i * k, j * k, i * j * k)


def _means(sums: CrossedSquares, df: CrossedSquares) -> CrossedSquares:
    """Return the mean squares."""
    return CrossedSquares(
        sums.arm / df.arm,
        sums.reader / df.reader,
        sums.case / df.case,
        sums.arm_reader / df.arm_reader,
        sums.arm_case / df.arm_case,
        sums.reader_case / df.reader_case,
        sums.arm_reader_case / df.arm_reader_case,
    )


def _components(squares: CrossedSquares, arms: int, readers: int, cases: int) -> DbmComponents:
    """Return the variance components from the expected mean squares."""
    rest = squares.arm_reader_case
    return DbmComponents(
        (squares.reader - squares.arm_reader - squares.reader_case + rest) / (arms * cases),
        (squares.case - squares.arm_case - squares.reader_case + rest) / (arms * readers),
        (squares.arm_reader - rest) / cases,
        (squares.arm_case - rest) / readers,
        (squares.reader_case - rest) / arms,
        rest,
    )


def _two_way(plane: FloatArray) -> ArmSquares:
    """Return the mean squares of a two-way table (rows, cases)."""
    rows, cases = plane.shape
    row, case = plane.mean(axis=1) - plane.mean(), plane.mean(axis=0) - plane.mean()
    rest = plane - plane.mean() - row[:, None] - case
    return ArmSquares(
        cases * float((row**2).sum()) / (rows - 1),
        rows * float((case**2).sum()) / (cases - 1),
        float((rest**2).sum()) / ((rows - 1) * (cases - 1)),
    )


def _denominator(squares: CrossedSquares, df: CrossedSquares, effects: RandomEffects) -> _Term:
    """Return what the arms' mean square is compared with."""
    if effects is RandomEffects.READERS:
        return _Term(squares.arm_reader, df.arm_reader)
    if effects is RandomEffects.CASES:
        return _Term(squares.arm_case, df.arm_case)
    value = squares.arm_reader + max(squares.arm_case - squares.arm_reader_case, 0.0)
    return _Term(value, hillis_df(value, squares.arm_reader, int(df.arm_reader)))


def _mean_term(own: ArmSquares, readers: int, cases: int, effects: RandomEffects) -> _Term:
    """Return the variance of one arm's mean, times readers and cases, with its df."""
    if effects is RandomEffects.READERS:
        return _Term(own.main, readers - 1)
    if effects is RandomEffects.CASES:
        return _Term(own.case, cases - 1)
    value = own.main + max(own.case - own.interaction, 0.0)
    return _Term(value, hillis_df(value, own.main, readers - 1))
