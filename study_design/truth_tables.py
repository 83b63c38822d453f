"""The columns of reference.csv and lesions.csv, the two sheets of the reference standard.

Nothing that is used while reading may reach this module; import-linter keeps that wall.
"""

from study_design.reference_standard import CaseTruth, Lesion
from study_design.tables.column import Column, Kind, Table
from study_design.tables.shared_columns import (
    box_columns,
    case_column,
    types_column,
    view_column,
)

REFERENCE: Table[CaseTruth] = Table(
    "reference.csv",
    ("case",),
    (
        case_column(lambda one: one.case),
        Column("truth", "1 = malignant, 0 = not", lambda one: one.truth, Kind.FLAG),
        Column(
            "breast_right",
            "malignant, benign, normal or unknown",
            lambda one: one.breast_right.value,
        ),
        Column(
            "breast_left", "malignant, benign, normal or unknown", lambda one: one.breast_left.value
        ),
        Column("density", "breast density a, b, c or d", lambda one: one.density),
        Column("symptoms", "symptoms", lambda one: one.symptoms),
        Column("age_group", "age group", lambda one: one.age_group),
        Column(
            "reference_method",
            "pathology, imaging or follow-up",
            lambda one: one.reference_method,
        ),
        Column(
            "followup_months",
            "months of follow-up",
            lambda one: one.followup_months,
            Kind.NUMBER,
            "months",
        ),
    ),
)

LESIONS: Table[Lesion] = Table(
    "lesions.csv",
    ("case", "lesion", "view"),
    (
        case_column(lambda one: one.case),
        Column(
            "lesion", "lesion; rows of one lesion on two views share it", lambda one: one.lesion
        ),
        view_column(lambda one: one.view.value if one.view else None),
        types_column(lambda one: one.types),
        *box_columns(lambda one: one.where),
        Column("malignant", "1 = malignant, 0 = benign", lambda one: one.malignant, Kind.FLAG),
        Column("pathology", "pathology", lambda one: one.pathology),
        Column("er", "oestrogen receptor: positive, negative or unknown", lambda one: one.er),
        Column("size_mm", "largest diameter", lambda one: one.size_mm, Kind.NUMBER, "mm"),
    ),
)
