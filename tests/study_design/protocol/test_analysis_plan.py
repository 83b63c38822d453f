"""The analysis plan of a study: what an absent key means, and meant when a study was locked."""

from study_design.protocol.analysis_plan import AnalysisPlan


def test_keys_that_are_absent_in_a_plan_of_the_former_form_mean_what_they_meant() -> None:
    plan = AnalysisPlan(alpha=0.1)
    assert (plan.method, plan.mcnemar, plan.adjust) == ("or_delong", "exact", "default")
    assert plan.sequences == "equal"
    then = plan.as_locked_before_form_2()
    assert (then.method, then.mcnemar, then.adjust) == ("delong", "asymptotic", "none")
    assert (then.sequences, then.alpha) == ("pooled", 0.1)


def test_keys_that_are_there_keep_their_values() -> None:
    plan = AnalysisPlan(method="or_jackknife", mcnemar="mid_p", adjust="default", sequences="equal")
    assert plan.as_locked_before_form_2() == plan
    half = AnalysisPlan(mcnemar="exact").as_locked_before_form_2()
    assert (half.method, half.mcnemar, half.sequences) == ("delong", "exact", "pooled")
