"""The flow of cases counts every exam once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from study_design.cases.case_import import import_images
from study_design.images.arriving.case_flow import CaseFlow, LeftOut, case_flow, flow_csv
from study_design.images.arriving.file_flow import FileFlow
from study_design.images.case_list import read_images, write_images
from study_design.study_folder import StudyFolder

MakeExam = Callable[..., list[Path]]


def test_a_study_without_images_has_found_nothing(study: StudyFolder) -> None:
    assert case_flow(study) == CaseFlow(0, (), 0, 0, 0)


def test_every_exam_is_excluded_waiting_or_in_the_study(
    study: StudyFolder, make_exam: MakeExam
) -> None:
    for patient in ("A", "B", "C", "D", "E"):
        files = make_exam(patient)
        files[3].unlink() if patient == "E" else None
    import_images(study, [files[0].parent])
    short = {i.case for i in read_images(study) if i.view == "R-CC"} - {
        i.case for i in read_images(study) if i.view == "L-MLO"
    }
    others = sorted({image.case for image in read_images(study)} - short)
    why = {others[0]: "implant", others[1]: "implant", others[2]: "dark; film"}
    write_images(
        study,
        (
            replace(i, excluded=i.case in why, reason=why.get(i.case, ""))
            for i in read_images(study)
        ),
    )
    flow = case_flow(study)
    assert flow == CaseFlow(
        *(5, (LeftOut("implant", 2), LeftOut("dark; film", 1)), 1, 1, 1),
        files=FileFlow(seen=19, taken=19),
        images=19,
    )
    assert flow_csv(flow).decode().splitlines() == [
        "step,reason,exams,files",
        "seen,,,19",
        "duplicate,,,0",
        "taken,,,19",
        "found,,5,",
        "excluded,implant,2,",
        "excluded,dark; film,1,",
        "not decided,,1,",
        "in the study,,1,",
    ]
