"""Reference cases at the edges: ties lost to rounding, one case of a class, NA, equal differences.

Every expected number was printed by R 4.2.2 with pROC 1.18.0 from the same table by the call that
is quoted; kappa's is arithmetic on the complete rows, which irr takes (na.omit).
"""

import json
from pathlib import Path

import pytest

from analysis.checks.reference_check import check

ROC = "pROC::roc(d$truth,d$a,levels=c(0,1),direction='<',quiet=TRUE)"
ROC_B = ROC.replace("d$a", "d$b")
BEST = f"pROC::coords({ROC},'best',best.method='youden',transpose=FALSE)"
CORNER = f"pROC::coords({ROC},'best',best.method='closest.topleft',transpose=FALSE)"
PART = f"as.numeric(pROC::auc({ROC},partial.auc=c(1,0.9),partial.auc.correct=TRUE))"
ONE_POSITIVE = "truth,a,b\n1,3,1\n0,1,2\n0,2,3\n0,3,4\n"
REVERSED = "truth,a\n0,4\n0,5\n0,6\n1,1\n1,2\n1,3\n"
LOST_TIE = "truth,a\n" + "".join(
    f"{int(place < 10)},{rating}\n"
    for place, rating in enumerate(
        (5, 3, 11, 4, 10, 8, 3, 4, 9, 9, 4, 9, 8, 3, 5, 3, 4, 2, 1, 7, 9, 2, 2, 3, 1)
    )
)
RATED = "case,r1,r2\n1,1,1\n2,1,2\n3,2,2\n4,2,2\n5,NA,1\n6,1,NA\n"
EDGES = {
    "points at no observed threshold are listed where they are the best": (
        "youden",
        REVERSED,
        {
            "best_youden": BEST,
            "best_topleft": CORNER,
        },
        {
            "best_youden": {
                "threshold": ["-Inf", "Inf"],
                "sensitivity": [1, 0],
                "specificity": [0, 1],
                "youden": [1, 1],
                "tp": [3, 0],
                "fp": [3, 0],
                "tn": [0, 3],
                "fn": [0, 3],
            },
            "best_topleft": {
                "threshold": ["-Inf", "Inf"],
                "sensitivity": [1, 0],
                "specificity": [0, 1],
            },
        },
    ),
    "a tie that rounding breaks is broken as in pROC": (
        "youden",
        LOST_TIE,
        {"best_youden": BEST},
        {
            "best_youden": {
                "threshold": 3.5,
                "sensitivity": 0.8,
                "specificity": 0.533333333333333,
                "youden": 1.33333333333333,
            }
        },
    ),
    "one positive case leaves areas without variance": (
        "delong",
        ONE_POSITIVE,
        {
            "auc_a": f"as.numeric(pROC::auc({ROC}))",
            "var_a": f"pROC::var({ROC},method='delong')",
            "cov_ab": f"pROC::cov({ROC},{ROC_B},method='delong')",
            "ci_delong_a": f"as.numeric(pROC::ci.auc({ROC},method='delong'))",
            "paired_test": f"pROC::roc.test({ROC},{ROC_B},paired=TRUE,method='delong')",
        },
        {
            "auc_a": 0.833333333333333,
            "var_a": "NA",
            "cov_ab": "NA",
            "ci_delong_a": ["NA", "NA", "NA"],
            "paired_test": {"z": "NaN", "p": "NaN"},
        },
    ),
    "equal ratings give a logit interval of no width": (
        "delong",
        "truth,a\n1,3\n1,3\n0,3\n0,3\n0,3\n",
        {"ci_logit_a": f"{{r<-{ROC};plogis(qlogis(A)+c(-1,1)*qnorm(.975)*sqrt(V)/(A*(1-A)))}}"},
        {"ci_logit_a": [0.5, 0.5]},
    ),
    "a part on the diagonal is one half, standardised": (
        "pauc",
        "truth,a\n1,3\n1,3\n0,3\n0,3\n0,3\n",
        {"pauc_mcclish": PART},
        {"pauc_mcclish": 0.5},
    ),
    "equal differences are a shift without interval": (
        "wilcoxon",
        "case,x,y\n1,3,1\n2,4,2\n3,5,3\n4,7,7\n",
        {"hodges_lehmann": "wilcox.test(d$x,d$y,paired=TRUE,conf.int=TRUE,exact=FALSE)"},
        {"hodges_lehmann": {"est": 2, "lo": "NaN", "hi": "NaN"}},
    ),
    "no difference at all has no shift": (
        "wilcoxon",
        "case,x,y\n1,3,3\n2,4,4\n",
        {"hodges_lehmann": "wilcox.test(d$x,d$y,paired=TRUE,conf.int=TRUE,exact=FALSE)"},
        {"hodges_lehmann": {"est": "NaN", "lo": "NaN", "hi": "NaN"}},
    ),
    "missing values are left out of the test for a normal distribution": (
        "shapiro",
        "x\n1\nNA\n2\n4\n8\n16\n",
        {"shapiro": "shapiro.test(d$x)"},
        {"shapiro": {"statistic.W": 0.8761088118093, "p.value": 0.292048447535}},
    ),
    "kappa takes what both have rated": (
        "kappa",
        RATED,
        {"unweighted": "irr::kappa2(d[,c('r1','r2')],'unweighted')"},
        # Agreement 3/4, by chance 1/2; null variance (3/4 - 1/4 - 1/4) / 4 / (1/2)^2.
        {"unweighted": {"kappa": 0.5, "z": 1.15470053837925, "p": 0.248213078989923}},
    ),
    "limits of 1 / J stand in order where those of J hold 0": (
        "diagnostic2x2",
        "tp,fp,fn,tn\n3,4,3,4\n",
        {"epi_tests_exact": "epiR::epi.tests(m,method='exact',digits=4)"},
        {
            "epi_tests_exact": {
                "youden": [0, -0.724869980755917, 0.724869980755917],
                "nndx": ["Inf", -1.3795577504219, 1.3795577504219],
            }
        },
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_edges_are_met_as_by_the_reference(edge: str, tmp_path: Path) -> None:
    method, table, calls, expected = EDGES[edge]
    folder = tmp_path / method
    folder.mkdir()
    (folder / "edge.csv").write_text(table, encoding="utf-8")
    content = {
        "id": "edge",
        "method": method,
        "input": {"d": "edge.csv"},
        "calls": calls,
        "expected": expected,
    }
    (folder / "edge.json").write_text(json.dumps(content), encoding="utf-8")
    found = check(tmp_path)
    assert found.values
    assert [value for value in found.values if not value.ok] == []


def test_a_call_without_a_curve_has_no_operating_points(tmp_path: Path) -> None:
    folder = tmp_path / "youden"
    folder.mkdir()
    (folder / "edge.csv").write_text(REVERSED, encoding="utf-8")
    content = {
        "id": "edge",
        "method": "youden",
        "input": {"d": "edge.csv"},
        "calls": {"best_youden": "coords(r,'best')"},
        "expected": {"best_youden": {"threshold": 1}},
    }
    (folder / "edge.json").write_text(json.dumps(content), encoding="utf-8")
    (value,) = check(tmp_path).values
    assert value.reason.startswith("refused: expected roc(d$truth, d$COLUMN)")
