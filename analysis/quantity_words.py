"""What quantities and tests are called where they are printed."""

from analysis.printed import MINUS
from analysis.result import Estimate, Of
from analysis.settings import ONE_SIDED

DIFFERENCE, NONINFERIORITY, EQUIVALENCE = "_difference", *ONE_SIDED
NAMES = {
    "auc": "AUC",
    "auc_logit": "AUC, interval on the logit scale",
    "auc_binary": "one-point AUC, (sensitivity + specificity) / 2",
    "partial_auc": "partial AUC",
    "partial_auc_standardised": "standardised partial AUC",
    "youden_j": "Youden's J",
    "sensitivity_mcnemar": "sensitivity (McNemar)",
    "specificity_mcnemar": "specificity (McNemar)",
    "ppv": "positive predictive value",
    "npv": "negative predictive value",
    "reading_s": "median reading time",
    "reading_s_mean": "mean reading time",
    "reading_s_paired": "median of paired differences in reading time",
    "reading_s_log": "log reading time",
    "reading_s_log_adjusted": "log reading time, mixed model",
    "reading_s_shapiro_w": "Shapiro-Wilk's W",
    "fom_wafroc": "wAFROC",
    "fom_afroc": "AFROC",
    "fom_wafroc1": "wAFROC1",
    "fom_afroc1": "AFROC1",
    "fom_hr_auc": "AUC of the highest marks",
    "fom_hr_se": "sensitivity of the highest marks",
    "fom_hr_sp": "specificity of the highest marks",
    "fom_max_llf": "fraction of lesions marked",
    "fom_max_nlf_all_cases": "false marks per case",
    "froc_sensitivity": "sensitivity on the FROC curve",
    "froc_partial_area": "partial area under the FROC curve",
    "kappa": "Cohen's kappa",
    "kappa_fleiss": "Fleiss' kappa",
    "kappa_adjusted": "prevalence- and bias-adjusted kappa",
    "icc": "intraclass correlation",
    "alpha": "Krippendorff's alpha",
    "ac1": "Gwet's AC1",
    "switch_rescued": "AI correct: incorrect decision corrected",
    "switch_ignored": "AI correct: incorrect decision kept",
    "switch_talked_out": "AI incorrect: correct decision abandoned",
    "switch_resisted": "AI incorrect: correct decision kept",
    "switch_strayed": "AI correct: correct decision abandoned",
    "switch_confirmed": "AI correct: correct decision kept",
    "switch_recovered": "AI incorrect: incorrect decision corrected",
    "switch_shared_error": "AI incorrect: incorrect decision kept",
}
# Ends of names: what is asked of the quantity before them.
ENDS = {
    "_noninferiority": "{}, non-inferiority",
    "_equivalence": "{}, equivalence",
    "_equality": "{}",
    "_component": "{}",
    "_power": "power, {}",
    "_cases_needed": "cases needed, {}",
    "_period": "{}, period effect",
    "_sequence": "{}, sequence effect",
    "_crossover": "{}, period taken out",
    "_unweighted": "{}, plain mean over readers",
    "_chi_square": "{}",
}


def quantity_name(quantity: str) -> str:
    """Return what a quantity is called; of a test or comparison, that of which it is."""
    name = quantity.removesuffix(DIFFERENCE)
    for end in ENDS:
        name = name.removesuffix(end)
    return NAMES.get(name, name.replace("_", " "))


def row_name(quantity: str) -> str:
    """Return what a row of a mixed table is of: the quantity, and what is asked of it."""
    name = quantity.removesuffix(DIFFERENCE)
    words = next((words for end, words in ENDS.items() if name.endswith(end)), "{}")
    return words.format(quantity_name(quantity))


def test_name(quantity: str, margin: float) -> str:
    """Return what a test of the plan asks, without who is compared."""
    name = quantity_name(quantity)
    if quantity.endswith(NONINFERIORITY):
        return f"{name}: non-inferiority, margin {margin:g}"
    if quantity.endswith(EQUIVALENCE):
        return f"{name}: equivalence, margin {margin:g}"
    return f"{name}: difference" if quantity.endswith(DIFFERENCE) else name


def contrast_name(estimate: Estimate) -> str:
    """Return who is compared with whom, or of whom a value is."""
    first, *rest = estimate.subjects
    if not rest:
        return first.label
    second = rest[0]
    if first.whom == second.whom and first.arm and second.arm:
        return f"{first.whom}: {first.arm} {MINUS} {second.arm}"
    return f"{first.label} {MINUS} {second.label}"


def side_name(of: Of) -> str:
    """Return what one side of a comparison is called where only that tells the sides apart."""
    return of.arm if of.arm and of.of_readers else of.whom
