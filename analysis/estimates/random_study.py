"""A question asked of readers as a sample: whose ratings, which figure of merit, its names."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.figures_of_merit import EmpiricalAuc, FigureOfMerit, PartialAuc
from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms
from analysis.rating_grid import BoolArray, Layout, Pool
from analysis.result import Estimate, Interval, Of

RANDOM = "readers and cases"


@dataclass(frozen=True, slots=True, eq=False)
class RandomStudy:
    """What is compared, over which sampling units, and how it is named."""

    layout: Layout
    covariance: Covariance
    figure: FigureOfMerit
    operating_point: str | None

    @property
    def quantity(self) -> str:
        """The name of the figure of merit among the quantities."""
        return "partial_auc" if isinstance(self.figure, PartialAuc) else self.figure.name

    @property
    def has_u_statistics(self) -> bool:
        """Whether U-statistics have this figure of merit, of cases that are independent."""
        independent = self.layout.grid.shared_clusters is None
        return independent and isinstance(self.figure, EmpiricalAuc)

    def of(self, pool: Pool) -> Of:
        """Return what an estimate with random readers is of."""
        return replace(pool.of, random=RANDOM, operating_point=self.operating_point)

    def foms(
        self, rows: tuple[int, ...], arms: tuple[str, ...], used: BoolArray | None = None
    ) -> ReaderFoms:
        """Return the figures of merit of some rows of the grid, on the cases that any has rated.

        An AI system has no arm; it counts as a reader in the only one. `used` (n,) are the cases to
        use in their place.
        """
        grid = self.layout.grid
        seen = grid.seen(rows) if used is None else used
        readers = tuple(dict.fromkeys(grid.rows[row].reader for row in rows))
        cube = np.full((len(arms), len(readers), int(seen.sum())), np.nan)
        for row in rows:
            arm = arms.index(grid.rows[row].arm) if len(arms) > 1 else 0
            cube[arm, readers.index(grid.rows[row].reader)] = grid.ratings[row, seen]
        study = crossed_ratings(grid.truth[seen], cube, arms=arms, readers=readers)
        study = replace(study, unit=grid.cluster[seen])
        return reader_foms(study, self.figure, covariance=self.covariance)


def with_inference(bare: Estimate, inference: TInference, study: RandomStudy) -> Estimate:
    """Return an estimate with its inference; limits are cut to what the quantity can be."""
    comparison = isinstance(bare.of, tuple)
    level = study.layout.settings.level
    tested = inference
    if not comparison and bare.quantity == "auc":
        # A mean is tested against an area of one half, a difference against none.
        tested = t_inference(
            inference.estimate, inference.se**2, inference.df, level=level, null=0.5
        )
    ci = None
    if inference.ci is not None:
        low = -1.0 if comparison else 0.0
        ci = Interval(max(inference.ci.low, low), min(inference.ci.high, 1.0))
    return replace(
        bare,
        estimate=inference.estimate,
        method=bare.method if ci is None else f"{bare.method}; {inference.words('Hillis')}",
        df=inference.finite_df,
        se=inference.se if ci is not None else None,
        ci=ci,
        level=None if ci is None else level,
        p=tested.p if comparison or bare.quantity == "auc" else None,
        reason=inference.reason,
    )
