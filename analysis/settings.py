"""The settings of an analysis, as the locked plan or the command line states them."""

from dataclasses import dataclass, fields
from typing import Literal, get_args

from analysis.result import Of, Setting

MissingRule = Literal["exclude", "complete"]
AiFailedRule = Literal["exclude", "lowest"]
AucInterval = Literal["normal", "logit"]
Method = Literal["delong", "or_delong", "or_jackknife", "or_unbiased"]
QuantityOf = Literal["all", "group", "reader"]
QUANTITIES = ("auc", "auc_binary", "sensitivity", "specificity", "youden_j", "reading_s")


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How a rating table is analysed; the defaults are those of the package's README.

    Parameters
    ----------
    quantity
        Primary quantity of the locked plan. Its values per arm and its difference between arms, of
        `quantity_of`, are confirmatory; whatever else is computed is exploratory. None: no plan.
    quantity_of
        Whether the primary quantity is that of all readers, of the groups or of each reader.
    unit
        What one row of a reader is: exam, breast, case.
    target
        `malignant` or `type_present:TYPE`.
    method
        How arms are compared in the locked plan: `delong`, cases random and readers fixed; or
        Obuchowski-Rockette with both random, `or_delong`, `or_jackknife`, `or_unbiased`, by the
        covariance over cases. Both are computed in any case.
    alpha
        Size of every test; intervals have the level 1 - alpha.
    margin
        Non-inferiority margin of the locked plan; 0: none.
    order
        The plan's tests in their order, by the name of the quantity; they are confirmatory too.
    arms
        Arms in their order: a difference is the later arm minus the earlier one. Empty: the order
        of the table.
    missing
        `exclude`: a missing rating is left out, and each reader and arm keeps the cases that it
        has; `complete`: only cases that every reader rated in every arm.
    ai_failed
        A case on which the AI failed: `exclude` it from the AI's ratings, or give it the `lowest`
        score of the AI's scale.
    positive_from, ai_positive_from
        A rating (of a reader, of an AI system) of at least this counts as positive. None: none is
        stated.
    interval
        Interval of an AUC: `normal`, truncated to [0, 1], or `logit`.
    """

    quantity: str | None = None
    quantity_of: QuantityOf = "all"
    unit: str = "case"
    target: str = "malignant"
    method: Method = "delong"
    alpha: float = 0.05
    margin: float = 0.0
    order: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    missing: MissingRule = "exclude"
    ai_failed: AiFailedRule = "exclude"
    positive_from: float | None = None
    ai_positive_from: float | None = None
    interval: AucInterval = "normal"

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0:
            raise ValueError(f"alpha: expected a number between 0 and 1, got {self.alpha}")
        if self.quantity is not None and self.quantity not in QUANTITIES:
            raise ValueError(f"quantity: expected one of {QUANTITIES}, got {self.quantity!r}")
        closed = {
            "quantity_of": get_args(QuantityOf),
            "method": get_args(Method),
            "missing": get_args(MissingRule),
            "ai_failed": get_args(AiFailedRule),
            "interval": get_args(AucInterval),
        }
        for name, allowed in closed.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected one of {allowed}, got {getattr(self, name)!r}")

    @property
    def level(self) -> float:
        """Confidence level of every interval."""
        return 1 - self.alpha

    def is_primary(self, quantity: str, *subjects: Of) -> bool:
        """Tell whether an estimate belongs to the locked plan."""
        if self.quantity is None:
            return False
        if quantity.removesuffix("_difference") != self.quantity and quantity not in self.order:
            return False
        if self.method != "delong" and self.quantity_of != "reader":
            # A system has no readers to be random; its side of a comparison says so all the same.
            if any(of.random is None for of in subjects):
                return False
        elif any(of.random is not None for of in subjects):
            return False
        wanted = "readers" if self.quantity_of == "all" else self.quantity_of
        return all(getattr(of, wanted) is not None for of in subjects)

    def printed(self) -> tuple[Setting, ...]:
        """Return every setting as it is printed."""
        own = tuple(
            Setting(field.name, ", ".join(value) if isinstance(value, tuple) else value)
            for field in fields(self)
            for value in (getattr(self, field.name),)
        )
        return (*own, Setting("level", self.level))
