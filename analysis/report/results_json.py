"""results.json: everything that an analysis found, for other programs."""

import json

from analysis.result import AnalysisResult, Estimate


def results_json(result: AnalysisResult) -> str:
    """Return results.json: strict JSON with settings, estimand, warnings and estimates."""
    content = {
        "settings": {setting.name: setting.value for setting in result.settings},
        "estimand": result.estimand,
        "warnings": list(result.all_warnings),
        "estimates": [_as_json(estimate) for estimate in result.all_estimates],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _as_json(estimate: Estimate) -> dict[str, object]:
    """Return an estimate as results.json holds it."""
    of = [dict(one.items()) for one in estimate.subjects]
    entry: dict[str, object] = {
        "quantity": estimate.quantity,
        "of": of if isinstance(estimate.of, tuple) else of[0],
        "estimate": estimate.estimate,
        "se": estimate.se,
        "ci": None if estimate.ci is None else [estimate.ci.low, estimate.ci.high],
        "level": estimate.level,
        "p": estimate.p,
        "method": estimate.method,
        "exploratory": estimate.exploratory,
        "n": dict(estimate.n.items()),
    }
    entry |= dict(estimate.measures)
    if estimate.p_adjusted is not None:
        entry["p_adjusted"] = estimate.p_adjusted
    if estimate.decision is not None:
        entry["decision"] = estimate.decision
    return entry if estimate.reason is None else entry | {"reason": estimate.reason}
