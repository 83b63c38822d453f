"""The settings of an analysis, as the locked plan or the command line states them."""

import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Literal, get_args

from analysis.estimators.mcnemar import McNemarMethod
from analysis.estimators.multiplicity import Adjustment
from analysis.estimators.partial_auc import Part
from analysis.result import Of, Setting

MissingRule = Literal["exclude", "complete"]
ReopenedTime = Literal["last", "whole"]
AiFailedRule = Literal["exclude", "lowest"]
AucInterval = Literal["normal", "logit", "exact", "bootstrap"]
Method = Literal["delong", "or_delong", "or_jackknife", "or_unbiased", "u_statistics"]
QuantityOf = Literal["all", "group", "reader"]
Clusters = Literal["together", "ignored"]
SequenceWeights = Literal["equal", "pooled"]
QUANTITIES = (
    "auc", "auc_binary", "partial_auc", "sensitivity", "specificity", "youden_j", "reading_s",
    "fom_wafroc", "fom_afroc", "fom_wafroc1", "fom_afroc1", "fom_hr_auc", "fom_hr_se", "fom_hr_sp",
    "fom_max_llf",
)  # fmt: skip


OF_MARKS = ("fom_", "froc_")
# At Youden's threshold, chosen on the same cases, these are no test of a plan.
YOUDEN = "Youden"
# What is computed with random readers, too.
RANDOM_READERS = re.compile(
    r"(auc|partial_auc|sensitivity|specificity|fom_[a-z0-9_]*?)(_noninferiority|_equivalence)?"
    r"|reading_s_log(_adjusted)?"
)
PAIR = 2  # Arms that make one comparison.
AT_A_POINT = ("sensitivity", "specificity", "auc_binary")
ONE_SIDED = ("_noninferiority_difference", "_equivalence_difference")


class MultipleTests(StrEnum):
    """What is done about several tests of the plan; the default stands for Holm or none."""

    DEFAULT = "default"
    NONE = "none"
    FIXED_SEQUENCE = "fixed_sequence"
    BONFERRONI = Adjustment.BONFERRONI.value
    HOLM = Adjustment.HOLM.value
    HOCHBERG = Adjustment.HOCHBERG.value
    HOMMEL = Adjustment.HOMMEL.value
    BH = Adjustment.BH.value
    BY = Adjustment.BY.value


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
        covariance over cases; or both random by `u_statistics` (AUC only). Readers fixed and
        readers random are computed in any case.
    alpha
        Size of every test; intervals have the level 1 - alpha.
    margin
        Non-inferiority margin of the locked plan; 0: none.
    order
        The plan's tests in their order, by the name of the quantity; they are confirmatory too.
    arms
        Reference and test arm, in this order (more than two: each later one minus each earlier
        one); an AI system may be the last. Differences of these alone are confirmatory. Empty: all
        arms, in the order of the protocol or, of a table, of `analysis.arm_order`; then nothing is
        tested one-sidedly in a table.
    missing
        `exclude`: a missing rating is left out, and each reader and arm keeps the cases that it
        has; `complete`: only cases that every reader rated in every arm.
    reopened_time
        The reading time of a read that was done again: that of the `last` read alone, or the
        `whole` time, that of the reads which it replaces added.
    ai_failed
        A case on which the AI failed: `exclude` it from the AI's ratings, or give it the `lowest`
        score of the AI's scale.
    positive_from, ai_positive_from
        A rating (of a reader, of an AI system) of at least this counts as positive. None: none is
        stated.
    interval
        Interval of an AUC, readers fixed: `normal`, truncated to [0, 1], `logit`, `exact`
        (Clopper-Pearson of area x n, of one curve only; means stay normal), or `bootstrap`
        (percentiles; whole clusters are drawn).
    bootstrap_samples, bootstrap_seed
        How often cases are drawn anew, and from which seed.
    clusters
        Cases that share a patient or exam: `together`, so that whole clusters are random
        (Obuchowski 1997; Rao and Scott 1992), or `ignored`, as if cases were independent.
    sequences
        What the sequences of a crossover or case-split weigh in a difference of arms where their
        numbers of readers are unequal: `equal`, so that the period effect cancels, or `pooled`, by
        their readers.
    partial
        The part of the curve whose area is `partial_auc`; None: it is not computed.
    mcnemar
        How p of McNemar's test is got.
    adjust
        What is done about several tests of the plan: adjusted p stand in `p_adjusted`. By default
        Holm where three arms or more are compared two by two, else nothing.
        `fixed_sequence` takes the quantities in their order.
    power_effect
        The difference for which power and number of cases of a next study are given, this one as
        its pilot; None: neither is.
    power
        The power wanted.
    prevalence
        Of the target in practice, at which predictive values are given; None: they are not.
    """

    quantity: str | None = None
    quantity_of: QuantityOf = "all"
    unit: str = "case"
    target: str = "malignant"
    method: Method = "or_delong"
    alpha: float = 0.05
    margin: float = 0.0
    order: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    missing: MissingRule = "exclude"
    reopened_time: ReopenedTime = "last"
    ai_failed: AiFailedRule = "exclude"
    positive_from: float | None = None
    ai_positive_from: float | None = None
    interval: AucInterval = "normal"
    bootstrap_samples: int = 2000
    bootstrap_seed: int = 1
    clusters: Clusters = "together"
    sequences: SequenceWeights = "equal"
    partial: Part | None = None
    mcnemar: McNemarMethod = McNemarMethod.EXACT
    adjust: MultipleTests = MultipleTests.DEFAULT
    power_effect: float | None = None
    power: float = 0.8
    prevalence: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0:
            raise ValueError(f"alpha: expected a number between 0 and 1, got {self.alpha}")
        if self.quantity is not None and self.quantity not in QUANTITIES:
            raise ValueError(f"quantity: expected one of {QUANTITIES}, got {self.quantity!r}")
        closed = {
            "quantity_of": get_args(QuantityOf),
            "method": get_args(Method),
            "missing": get_args(MissingRule),
            "reopened_time": get_args(ReopenedTime),
            "ai_failed": get_args(AiFailedRule),
            "interval": get_args(AucInterval),
            "clusters": get_args(Clusters),
            "sequences": get_args(SequenceWeights),
        }
        for name, allowed in closed.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected one of {allowed}, got {getattr(self, name)!r}")
        if len(set(self.arms)) < len(self.arms):
            raise ValueError(f"arms: expected [reference, test], each once, got {self.arms}")
        if self.bootstrap_samples < 2:
            raise ValueError(f"bootstrap_samples: expected 2 or more, got {self.bootstrap_samples}")
        if self.quantity == "partial_auc" and self.partial is None:
            raise ValueError("partial: expected the part of the curve for partial_auc, got none")

    @property
    def level(self) -> float:
        """Confidence level of every interval."""
        return 1 - self.alpha

    def for_arms(self, arms: tuple[str, ...]) -> "AnalysisSettings":
        """Return the settings with what `adjust` stands for where so many arms were read."""
        if self.adjust is not MultipleTests.DEFAULT:
            return self
        compared = [arm for arm in arms if not self.arms or arm in self.arms]
        several = self.quantity is not None and len(compared) > PAIR
        return replace(self, adjust=MultipleTests.HOLM if several else MultipleTests.NONE)

    @property
    def one_sided(self) -> bool:
        """Whether a test is one-sided, so that the direction of a difference decides it."""
        return self.margin > 0 or any(name.endswith(ONE_SIDED) for name in self.order)

    @property
    def readers_random(self) -> bool:
        """Whether the plan's inference is to the populations of readers and cases."""
        return self.method != "delong" and self.quantity_of != "reader"

    @property
    def own_names(self) -> tuple[str, ...]:
        """The plan's own quantity; of reading times also what is tested with random readers."""
        if self.quantity is None:
            return ()
        logs = self.quantity == "reading_s" and self.readers_random and self.quantity_of == "all"
        return (self.quantity, *(("reading_s_log",) if logs else ()))

    @property
    def tests(self) -> tuple[str, ...]:
        """The plan's tests: its quantity's own first where the order does not name that."""
        if self.quantity is None:
            return ()
        own = f"{self.own_names[-1]}_difference"
        return tuple(dict.fromkeys(self.order if own in self.order else (own, *self.order)))

    @property
    def order_of_ratings(self) -> tuple[str, ...]:
        """The tests of the plan that rest on ratings and times."""
        return tuple(name for name in self.order if not name.startswith(OF_MARKS))

    @property
    def order_of_marks(self) -> tuple[str, ...]:
        """The tests of the plan that rest on marks, the plan's own quantity among them."""
        named = (*self.order, *((self.quantity,) if self.quantity else ()))
        return tuple(name for name in dict.fromkeys(named) if name.startswith(OF_MARKS))

    def is_primary(self, quantity: str, *subjects: Of, one_arm: bool = False) -> bool:
        """Tell whether an estimate belongs to the locked plan.

        Parameters
        ----------
        quantity, subjects
            Its quantity, and the one or two things that it is of.
        one_arm
            Whether readers read in one arm only: then a comparison with an AI system belongs to
            the plan where its `order` names it.
        """
        if self.quantity is None:
            return False
        name = quantity.removesuffix("_difference")
        if name not in self.own_names and quantity not in self.order:
            return False
        if any(of.readings is not None for of in subjects):
            return False
        if name in AT_A_POINT and any(of.operating_point == YOUDEN for of in subjects):
            return False
        readers = [of for of in subjects if of.of_readers]
        systems = [of.system for of in subjects if not of.of_readers]
        if not readers:
            return len(subjects) == 1 and systems[0] in self.arms
        if not all(one in self.arms or (one_arm and quantity in self.order) for one in systems):
            return False
        random = self.readers_random and RANDOM_READERS.fullmatch(name) is not None
        # Both sides of a comparison with an AI system say what is random, though it has no readers.
        if any((of.random is not None) is not random for of in subjects):
            return False
        wanted = "readers" if self.quantity_of == "all" else self.quantity_of
        return all(getattr(of, wanted) is not None and self._has_arm(of) for of in readers)

    def _has_arm(self, of: Of) -> bool:
        """Tell whether readers were in an arm of the plan; all are where it names none."""
        return not self.arms or of.arm is None or of.arm in self.arms

    def printed(self) -> tuple[Setting, ...]:
        """Return every setting as it is printed."""
        own = tuple(
            Setting(field.name, _in_words(value))
            for field in fields(self)
            for value in (getattr(self, field.name),)
        )
        return (*own, Setting("level", self.level))


def _in_words(value: object) -> str | float | bool | None:
    """Return a setting as it is printed."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if value is None or isinstance(value, str | float | int):
        return value
    return str(value)
