"""Zhou et al. 2023 (doi 10.4274/dir.2022.22826): Tables 1 to 4 and Figures 2 and 3 from a study.

Features are the types of lesions, present or not per breast (the paper's 444 units a reader look
like breasts), and malignancy. What the paper computes in a way that understates uncertainty is
computed so, named so, and followed by the proper method.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from analysis.estimators.localisation import HitRule
from analysis.papers.zhou2023_agreement import (
    agreement_cautions,
    agreement_tables,
    agreements,
)
from analysis.papers.zhou2023_data import Feature, feature_of
from analysis.papers.zhou2023_figures import group_figure, system_figure
from analysis.papers.zhou2023_readers import PAPER, TYPES, readers_of_paper
from analysis.papers.zhou2023_tables import auc_tables, comparison_tables
from analysis.papers.zhou2023_time_tables import time_tables
from analysis.papers.zhou2023_times import reading_times
from analysis.rating_table import MALIGNANT_TARGET, TYPE_TARGET
from analysis.result import PaperPart
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource


@dataclass(frozen=True, slots=True)
class Zhou2023Settings:
    """What the paper leaves open.

    `unit` is exam or breast, None for the breast where findings, lesions and ratings allow it;
    `rule` tells when two readers' findings are at the same place.
    """

    unit: str | None = None
    rule: HitRule = field(default_factory=HitRule)


def zhou2023(
    source: StudySource, settings: AnalysisSettings, own: Zhou2023Settings | None = None
) -> PaperPart:
    """Return the paper's tables and figures from a study.

    Parameters
    ----------
    source
        The study.
    settings
        Level and rules of the study's plan; everything here is exploratory.
    own
        What the paper leaves open.
    """
    own = own or Zhou2023Settings()
    plain = replace(settings, quantity=None, order=(), arms=())
    exams = source.ratings(replace(plain, unit="exam", target=MALIGNANT_TARGET))
    targets = [(kind.capitalize(), f"{TYPE_TARGET}{kind}") for kind in TYPES]
    asked = [
        (name, replace(plain, target=target, unit=own.unit or source.unit_of(target)))
        for name, target in [*targets, ("Malignancy", MALIGNANT_TARGET)]
    ]
    rated = [(name, source.ratings(one), one) for name, one in asked]
    paper = readers_of_paper(exams, tuple(table for _, table, _ in rated))
    found = tuple(feature_of(name, table, one, paper) for name, table, one in rated)
    times = reading_times(exams, replace(plain, unit="exam"), paper)
    marks = source.marks(own.unit or source.unit_of(targets[0][1]))
    # Where the category was asked per exam, it is agreed upon per exam.
    categories = marks if marks.has_categories else source.marks("exam")
    agreed = agreements(marks, categories, paper, own.rule, level=plain.level)
    return PaperPart(
        PAPER,
        "As in Zhou et al. 2023",
        (
            *(one for feature in found for one in feature.estimates),
            *times,
            *(one for agreement in agreed for one in agreement.estimates),
        ),
        (
            *auc_tables(found, paper),
            *comparison_tables(found, paper),
            *time_tables(times, paper),
            *agreement_tables(agreed, paper, marks, categories, own.rule),
        ),
        (
            *((figure,) if (figure := system_figure(found)) is not None else ()),
            *((figure,) if (figure := group_figure(found, paper)) is not None else ()),
        ),
        (*_cautions(found), *_notes(found), *agreement_cautions(agreed)),
    )


def _notes(features: tuple[Feature, ...]) -> Iterator[str]:
    """Tell what was left out of which features, each note once."""
    for note in dict.fromkeys(note for feature in features for note in feature.notes):
        names = [feature.name.lower() for feature in features if note in feature.notes]
        yield f"Zhou 2023, {', '.join(names)}: {note}"


def _cautions(features: tuple[Feature, ...]) -> Iterator[str]:
    """Warn of what the paper's way of computing hides."""
    yield (
        "Zhou 2023, Tables 1 to 3: the paper pools the readers of a group as if they were "
        "independent, although they read the same cases. Standard errors, intervals and P of these "
        "rows do not hold; use the tables of means, or of single readers, beside them."
    )
    if any(feature.unit == "breast" for feature in features):
        yield (
            "Zhou 2023: the unit is the breast; the two breasts of a patient are treated as "
            "independent, as in the paper."
        )
    one_point = [
        f"{feature.name.lower()} {pool.name}"
        for feature in features
        for pool in feature.pools
        if pool.reads.quantity == "auc_binary" and pool.reads.cases.both_classes
    ]
    if one_point:
        more = f" and {len(one_point) - 6} more" if len(one_point) > 6 else ""
        yield (
            f"Zhou 2023, Table 1: ratings of two values have one point and no ROC curve "
            f"({', '.join(one_point[:6])}{more}); given is (sensitivity + specificity) / 2."
        )
    empty = [
        feature.name.lower()
        for feature in features
        if not any(pool.reads.cases.both_classes for pool in feature.pools)
    ]
    if empty:
        yield (
            f"Zhou 2023: no positive or no negative unit for {', '.join(empty)}: nothing can be "
            "estimated there."
        )
