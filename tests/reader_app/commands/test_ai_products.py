"""Files as AI products and papers write them, brought to an imported study by the real command."""

import json

import pytest
from given_ai_products import BOX, L_CC, R_CC, RECORD, REST, Found, Product, found_by

MASS = [("R-CC", ("mass",), 0.8, BOX)]


READ: dict[str, tuple[dict[str, str | bytes], str, Found]] = {
    "percent in the header, side and view apart": (
        {
            "a.csv": "Accession No.;Laterality;View;Lesion type;X;Y;Width;Height;"
            "Abnormality Score (%)\nPH5101;R;CC;Mass;50;60;20;25;87\n"
        },
        "0-100",
        [("R-CC", ("mass",), 87.0, BOX)],
    ),
    "a German spreadsheet": (
        {
            "a.csv": "Fallnummer;Seite;Ansicht;xmin;ymin;xmax;ymax;Befund;Wahrscheinlichkeit\n"
            "PH5101;rechts;CC;50,5;60;70,5;85;Herdbefund;0,87\n"
        },
        "0-1",
        [("R-CC", ("mass",), 0.87, (50.5, 60.0, 20.0, 25.0))],
    ),
    "a Chinese table": (
        {
            "a.csv": (
                "检查号,侧别,体位,x,y,w,h,类型,置信度\nPH5101,右,CC,50,60,20,25,钙化,0.9\n"
            ).encode("gb18030")
        },
        "0-1",
        [("R-CC", ("calcification",), 0.9, BOX)],
    ),
    "JSON Lines": (
        {"a.jsonl": "".join(json.dumps({"image": one, **RECORD}) + "\n" for one in (R_CC, L_CC))},
        "0-1",
        [*MASS, ("L-CC", ("mass",), 0.8, BOX)],
    ),
    "detections within a record, an empty list among them": (
        {
            "a.json": json.dumps(
                [{"image": R_CC, "detections": [RECORD]}, {"image": L_CC, "detections": []}]
            )
        },
        "0-1",
        MASS,
    ),
    "predictions under a name, with what holds for all": (
        {
            "a.json": json.dumps(
                {"created": "2026-01-01", "predictions": [{"file_name": R_CC, **RECORD}]}
            )
        },
        "0-1",
        MASS,
    ),
    "a status that the program ran": (
        {
            "a.csv": f"image,status,x,y,w,h,score,class\n{R_CC},OK,50,60,20,25,0.8,mass\n"
            f"{L_CC},OK,,,,,,\n"
        },
        "0-1",
        MASS,
    ),
    "COCO results with their data set": (
        {
            "set.json": json.dumps(
                {
                    "images": [{"id": 7, "file_name": R_CC}],
                    "categories": [{"id": 1, "name": "mass"}],
                    "annotations": [],
                }
            ),
            "results.json": json.dumps(
                [{"image_id": 7, "category_id": 1, "bbox": list(BOX), "score": 0.8}]
            ),
        },
        "0-1",
        MASS,
    ),
}


@pytest.mark.parametrize("form", READ)
def test_a_form_that_is_known_is_read_rightly(product: Product, form: str) -> None:
    files, scale, wanted = READ[form]
    done = product(files, *REST)
    assert done.status == 0, done.err
    assert product.results.scale == scale
    got = found_by(product.results)
    assert [one[:3] for one in got] == [one[:3] for one in wanted]
    for (*_, box), (*_, right) in zip(got, wanted, strict=True):
        assert box == pytest.approx(right)


def test_shares_of_the_picture_and_files_of_one_picture_are_read(product: Product) -> None:
    files: dict[str, str | bytes] = {
        f"yolo/PHANTOM-5101-{number}.txt": "" for number in range(1, 5)
    }
    files["yolo/PHANTOM-5101-1.txt"] = "1 0.5 0.4 0.1 0.2 0.83\n"
    files["yolo/classes.txt"] = "mass\ncalcification\n"
    assert product(files).status == 0
    ((view, types, score, box),) = found_by(product.results)
    assert (view, types, score) == ("R-CC", ("calcification",), 0.83)
    across, down = product.columns, product.rows
    assert box == pytest.approx((0.45 * across, 0.3 * down, 0.1 * across, 0.2 * down))


def test_scores_of_exams_come_in_as_our_own_table_without_boxes(product: Product) -> None:
    table = "case,status,score_exam,score_right,score_left,scale\nPH5101,finding,93,93,7,0-100\n"
    done = product({"ai_cases.csv": table})
    assert (done.status, done.out) == (0, "product: 0 boxes on 1 case.\n"), done.err
    (case,) = product.results.cases
    assert (case.case, case.score_exam, case.score_left) == ("C001", 93.0, 7.0)
