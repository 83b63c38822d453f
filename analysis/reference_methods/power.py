"""Power and sample size of reader studies, as RJafroc answers them."""

import math
import re
from itertools import product

from analysis.mrmc.components import ErrorCovariances
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.power import (
    CasesNeeded,
    PilotComponents,
    PlannedStudy,
    Power,
    cases_needed,
    pilot_components,
    power_of,
)
from analysis.mrmc.reader_foms import reader_foms
from analysis.reference_methods.case_ratings import case_ratings
from analysis.reference_methods.mrmc_rjafroc import EFFECTS
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import Part, ReferenceCase, named, vector

# RJafroc gives up its search here.
MOST_CASES = 2001
LOOP = re.compile(r"for\((\w+) in c\(([^)]*)\)\)")


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    text = case.calls[name]
    for function, ask in (
        ("SsPowerGivenJKOrVarCom", _of_components),
        ("SsPowerGivenJK", _of_pilot),
        ("SsSampleSizeKGivenJ", _cases),
    ):
        call = r_call(text, function)
        if call is not None:
            return ask(case, call, text)
    return None


def _of_components(case: ReferenceCase, call: RCall, text: str) -> tuple[Part, ...]:
    """Return the power for stated components."""
    del case, text
    error = ErrorCovariances(
        *(call.number(name, math.nan) for name in ("Var", "Cov1", "Cov2", "Cov3"))
    )
    components = PilotComponents(
        call.number("VarTR", math.nan), error, int(call.number("KStar", math.nan))
    )
    planned = PlannedStudy(int(call.number("J", math.nan)), int(call.number("K", math.nan)))
    option = call.argument("analysisOption", "RRRC")
    found = power_of(
        planned,
        components,
        effect=call.number("effectSize", math.nan),
        alpha=call.number("alpha", 0.05),
        effects=EFFECTS[option],
    )
    return named(
        **{
            f"power{option}": found.power,
            f"ncp{option}": found.noncentrality,
            f"df2{option}": found.df2,
            f"f{option}": found.critical,
        }
    )


def _of_pilot(case: ReferenceCase, call: RCall, text: str) -> tuple[Part, ...]:
    """Return the power for every number of readers and cases that a call loops over."""
    loops = _loops(call, text)
    grid = list(product(loops["J"], loops["K"]))
    components, observed = _pilot(case)
    found = [
        power_of(
            PlannedStudy(readers, cases),
            components,
            effect=call.number("effectSize", observed),
            alpha=call.number("alpha", 0.05),
            effects=EFFECTS[call.argument("analysisOption", "RRRC")],
        )
        for readers, cases in grid
    ]
    return (
        *vector([readers for readers, _ in grid], "J"),
        *vector([cases for _, cases in grid], "K"),
        *vector([one.power for one in found], "power"),
        *vector([one.noncentrality for one in found], "ncp"),
        *vector([one.df2 for one in found], "df2"),
        *vector([one.critical for one in found], "f"),
    )


def _cases(case: ReferenceCase, call: RCall, text: str) -> tuple[Part, ...]:
    """Return the cases needed for every number of readers that a call loops over."""
    readers = _loops(call, text)["J"]
    components, observed = _pilot(case)
    found: list[CasesNeeded] = [
        cases_needed(
            PlannedStudy(one, MOST_CASES),
            components,
            effect=call.number("effectSize", observed),
            power=call.number("desiredPower", 0.8),
            alpha=call.number("alpha", 0.05),
            effects=EFFECTS[call.argument("analysisOption", "RRRC")],
            most_cases=MOST_CASES,
        )
        for one in readers
    ]
    powers: list[Power] = [one.power for one in found]
    return (
        *vector(readers, "J"),
        *vector([one.cases for one in found], "K"),
        *vector([one.power for one in powers], "power"),
    )


def _pilot(case: ReferenceCase) -> tuple[PilotComponents, float]:
    """Return the components of the pilot data, and the difference between its two arms."""
    study = case_ratings(case)
    found = obuchowski_rockette(reader_foms(study))
    return (
        pilot_components(found, cases=len(study.truth)),
        found.differences[0].inference.estimate,
    )


def _loops(call: RCall, text: str) -> dict[str, list[int]]:
    """Return the numbers that J and K run through: those of a loop, or the one in the call."""
    stated = {
        name: [int(value)]
        for name, value in call.named
        if name in ("J", "K") and value.replace(".", "").isdigit()
    }
    loops = {
        found[1]: [int(float(one)) for one in found[2].split(",")] for found in LOOP.finditer(text)
    }
    return stated | loops
