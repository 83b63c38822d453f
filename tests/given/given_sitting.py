"""What tests of `session` begin with."""

from collections.abc import Callable
from typing import Any

from study_design.geometry import Point
from study_design.vocabulary import AbnormalityType, View

SitDown = Callable[..., Any]


MASS = (AbnormalityType.MASS,)


def open_case(desk: Any) -> None:
    desk.session.open_case()
    desk.session.painted(0.05)


def answer_all(desk: Any) -> None:
    for item in ("birads_right", "birads_left"):
        desk.session.case.answer(item, "1")
    for item in ("rating_right", "rating_left"):
        desk.session.case.answer(item, 3.0)
    desk.session.show_summary()


def validate(desk: Any) -> None:
    answer_all(desk)
    desk.session.validate()


def mark(desk: Any, view: View = View.R_CC) -> Any:
    return desk.session.case.place_mark(view, view.value, points=(Point(10.0, 20.0),), types=MASS)
