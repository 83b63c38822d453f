"""Zhou 2023's Figures 2 and 3: ROC curves of the AI, and of the readers without and with it."""

from analysis.papers.zhou2023_data import Feature, NamedPool
from analysis.papers.zhou2023_readers import PAPER, ReadersOfPaper
from analysis.printed import NOTHING, rounded
from analysis.result import NamedCurve, PaperFigure, PaperPanel

ONE_POINT = " (* one point: (sensitivity + specificity) / 2)"


def system_figure(features: tuple[Feature, ...]) -> PaperFigure | None:
    """Return Figure 2; None where no AI was read alone."""
    curves = tuple(
        named
        for place, feature in enumerate(features)
        for pool in feature.pools
        if pool.reads.of.system is not None
        if (named := _named(feature, pool, feature.name, place)) is not None
    )
    if not curves:
        return None
    counts = "; ".join(
        f"{feature.name.lower()} n = {pool.reads.counts.n_units}, "
        f"{pool.reads.counts.n_positive} positive"
        for feature in features
        for pool in feature.pools
        if pool.reads.of.system is not None
    )
    return PaperFigure(
        f"{PAPER}_figure2",
        "Figure 2. ROC of the AI by feature",
        f"Empirical ROC curves of the AI alone. Method: empirical AUC{ONE_POINT}. Unit: "
        f"{_units(features)}; {counts}.",
        (PaperPanel("", curves),),
        1,
    )


def group_figure(features: tuple[Feature, ...], paper: ReadersOfPaper) -> PaperFigure | None:
    """Return Figure 3, a panel for each group and type; None where there is no curve."""
    types = [feature for feature in features if feature.target.startswith("type_present:")]
    panels = tuple(
        _panel(feature, group, f"({chr(ord('a') + number)}) ", paper)
        for number, (group, feature) in enumerate(
            (group, feature) for group in reversed(paper.groups) for feature in types
        )
    )
    if not any(panel.curves for panel in panels):
        return None
    counts = "; ".join(
        f"{feature.name.lower()} {feature.pools[-1].reads.counts.n_positive} positive"
        for feature in types
        if feature.pools
    )
    n = max((pool.reads.counts.n_units or 0) for one in types for pool in one.pools)
    return PaperFigure(
        f"{PAPER}_figure3",
        "Figure 3. ROC of the readers with and without AI",
        "Thick: the readers of a group pooled, as in the paper; thin: single readers. Method: "
        f"empirical AUC of the pooled ratings{ONE_POINT}. Unit: {_units(tuple(types))}; n = {n} "
        f"for each reader; {counts}.",
        panels,
        len(types),
    )


def _panel(feature: Feature, group: str, letter: str, paper: ReadersOfPaper) -> PaperPanel:
    """Return the curves of a group for one feature."""
    curves = tuple(
        named
        for pool in feature.pools
        if (pool.reads.of.group or "") == group and pool.reads.of.system is None
        if (
            named := _named(
                feature, pool, pool.reads.of.arm or "", paper.arms.index(pool.reads.of.arm or "")
            )
        )
        is not None
    )
    thin = tuple(one for one in feature.readers if one.curve.group == group)
    return PaperPanel(f"{letter}{feature.name}, {group}", curves, thin)


def _named(feature: Feature, pool: NamedPool, name: str, place: int) -> NamedCurve | None:
    """Return a pool's curve with its area; None where it has none."""
    curve = pool.curve
    if curve is None:
        return None
    area = feature.find(pool.reads.quantity, pool.reads.of)
    words = NOTHING if area is None or area.estimate is None else rounded(area.estimate, 3)
    mark = "*" if pool.reads.quantity == "auc_binary" else ""
    return NamedCurve(f"{name}  {words}{mark}", curve, place)


def _units(features: tuple[Feature, ...]) -> str:
    """Return the units of the features, each once."""
    return ", ".join(dict.fromkeys(feature.unit for feature in features))
