"""Special categories: declared columns need a ground; six points for bias work, or another one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ftgov.records.special_category import (
    POINTS,
    BiasBasis,
    SpecialCategories,
    SpecialColumns,
    basis_faults,
    upload_fault,
)

DECLARED = SpecialColumns(name="heldout", columns=("ethnicity",))
SIX = dict.fromkeys(POINTS, "recorded")


def basis(**fields: object) -> BiasBasis:
    given: dict[str, object] = {
        "name": "heldout",
        "columns": ["ethnicity"],
        "basis": "bias_detection",
        "reason": "strictly necessary",
        "points": SIX,
        "delete_by": "2027-01-31",
        "author": "Jane Doe",
    }
    return BiasBasis.model_validate({**given, **fields})


def found(*bases: BiasBasis) -> SpecialCategories:
    return SpecialCategories(columns=(DECLARED,), bases=bases)


def test_nothing_declared_asks_for_nothing() -> None:
    assert basis_faults(SpecialCategories()) == ()


def test_declared_columns_need_a_ground() -> None:
    assert basis_faults(found()) == ("heldout, column ethnicity: no ground is recorded",)
    assert basis_faults(found(basis(columns=["religion"]))) != ()


def test_six_points_are_enough_and_each_is_needed() -> None:
    assert basis_faults(found(basis())) == ()
    for point in POINTS:
        (fault,) = basis_faults(found(basis(points={**SIX, point: " "})))
        assert f"({point})" in fault
    (fault,) = basis_faults(found(basis(delete_by=None)))
    assert "a last day" in fault


def test_another_ground_of_the_gdpr_needs_no_points() -> None:
    # Art. 4a permits; it is no universal gate.
    assert basis_faults(found(basis(basis="gdpr_9_2_a", points={}, delete_by=None))) == ()
    with pytest.raises(ValidationError, match="belong to the basis"):
        basis(basis="gdpr_9_2_a")


def test_where_the_law_knows_no_bias_ground_another_is_needed() -> None:
    # Art. 10(5) as published: providers of high-risk systems only
    assert basis_faults(found(basis()), bias_detection=False) != ()


def test_upload_is_refused_unless_a_person_gives_a_reason() -> None:
    assert upload_fault(SpecialCategories(), override=None) is None
    told = upload_fault(found(basis()), override=None)
    assert told
    assert "ethnicity" in told
    assert upload_fault(found(basis()), override="  ") is not None
    assert upload_fault(found(basis()), override="explicit consent to this processor") is None
