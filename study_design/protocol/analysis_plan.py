"""The analysis that is locked with the protocol: `[analysis]` of study.toml."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PlannedQuantity = Literal[
    "auc", "partial_auc", "auc_binary", "sensitivity", "specificity", "youden_j", "reading_s",
    "fom_wafroc", "fom_afroc", "fom_wafroc1", "fom_afroc1", "fom_hr_auc", "fom_hr_se", "fom_hr_sp",
    "fom_max_llf",
]  # fmt: skip


class AnalysisPlan(BaseModel):
    """What is estimated and how; all else is exploratory.

    Keys that may be left out keep the values here; what each means is told by the settings of the
    analysis that have the same names. `arms` is [reference, test]: differences are test minus
    reference, and a one-sided test needs it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quantity: PlannedQuantity = "auc"
    quantity_of: Literal["all", "group", "reader"] = "all"
    unit: Literal["exam", "breast"] = "exam"
    target: str = Field(default="malignant", pattern=r"^(malignant|type_present:[a-z]+)$")
    method: Literal["delong", "or_delong", "or_jackknife", "or_unbiased", "u_statistics"] = (
        "or_delong"
    )
    alpha: float = Field(default=0.05, gt=0, lt=1)
    margin: float = Field(default=0.0, ge=0)
    order: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    adjust: Literal[
        "default", "none", "fixed_sequence", "bonferroni", "holm", "hochberg", "hommel", "BH", "BY"
    ] = "default"
    missing: Literal["exclude", "complete"] = "exclude"
    reopened_time: Literal["last", "whole"] = "last"
    ai_failed: Literal["exclude", "lowest"] = "exclude"
    clusters: Literal["together", "ignored"] = "together"
    sequences: Literal["equal", "pooled"] = "equal"
    positive_from: float | None = None
    ai_positive_from: float | None = None
    mcnemar: Literal["asymptotic", "continuity", "exact", "mid_p"] = "exact"
    prevalence: float | None = Field(default=None, gt=0, lt=1)
    interval: Literal["normal", "logit", "exact", "bootstrap"] = "normal"
    bootstrap_samples: int = Field(default=2000, ge=2, le=1_000_000)
    bootstrap_seed: int = Field(default=1, ge=0)
    partial_over: Literal["specificity", "sensitivity"] | None = None
    partial_from: float = Field(default=0.9, ge=0, lt=1)
    partial_to: float = Field(default=1.0, gt=0, le=1)
    power_effect: float | None = None
    power: float = Field(default=0.8, gt=0, lt=1)
    hit_rule: Literal["iou", "highest_iou", "radius", "centre"] = "iou"
    hit_iou: float = Field(default=0.3, gt=0, le=1)
    hit_radius_mm: float = Field(default=15.0, gt=0)
    false_marks: tuple[float, ...] = (0.25, 0.5, 1.0)
    false_marks_limit: float = Field(default=1.0, gt=0)

    @property
    def one_sided(self) -> bool:
        """Whether a test is one-sided, so that the direction of a difference decides it."""
        return self.margin > 0 or any(
            name.endswith(("_noninferiority_difference", "_equivalence_difference"))
            for name in self.order
        )

    def as_locked_before_form_2(self) -> "AnalysisPlan":
        """Return the plan in which a key that is absent means what it meant then.

        That is readers fixed, McNemar's test by chi-square, p of several arms as they are, and the
        plain mean over the readers of uneven sequences.
        """
        then = {
            "method": "delong", "mcnemar": "asymptotic", "adjust": "none", "sequences": "pooled",
        }  # fmt: skip
        absent = {key: value for key, value in then.items() if key not in self.model_fields_set}
        return self.model_copy(update=absent) if absent else self

    @model_validator(mode="after")
    def _consistent(self) -> "AnalysisPlan":
        if self.partial_from >= self.partial_to:
            raise ValueError(
                f"partial_from is below partial_to, got {self.partial_from} and {self.partial_to}"
            )
        if self.quantity == "partial_auc" and self.partial_over is None:
            raise ValueError("partial_auc needs partial_over = 'specificity' or 'sensitivity'")
        if len(set(self.arms)) < len(self.arms) or len(self.arms) == 1:
            raise ValueError(f"arms = [REFERENCE, TEST], each once, got {list(self.arms)}")
        if min(self.false_marks, default=1.0) <= 0:
            raise ValueError("false_marks are numbers above 0")
        return self
