"""Special categories: declared columns need a ground; six points for bias work, or another one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ftgov.records.absence import NOT_APPLICABLE, UNKNOWN
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_record
from ftgov.records.evidence import Evidence
from ftgov.records.special_category import (
    POINTS,
    BiasBasis,
    SpecialCategories,
    SpecialColumns,
    StatedCategories,
    basis_faults,
    contradictions,
    stated_of,
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


def test_record_and_columns_are_one_truth_and_a_gap_is_a_fault() -> None:
    some = StatedCategories(name="heldout", categories=("health",))
    none = StatedCategories(name="heldout", categories=())
    assert contradictions(SpecialCategories(columns=(DECLARED,), stated=(some,))) == ()
    assert contradictions(SpecialCategories(stated=(none,))) == ()
    (denied,) = contradictions(SpecialCategories(columns=(DECLARED,), stated=(none,)))
    assert "holds no special category" in denied
    gap = SpecialCategories(stated=(some,))
    assert "no column is declared" in contradictions(gap)[0]
    assert basis_faults(gap) == contradictions(gap)
    told = upload_fault(gap, override=None)
    assert told
    assert "heldout: health" in told


@pytest.mark.parametrize(
    ("said", "read"),
    [(None, None), (UNKNOWN, None), (NOT_APPLICABLE, ()), ((), ()), (("health",), ("health",))],
)
def test_what_a_record_says_is_read_for_what_it_is(said: object, read: object) -> None:
    file = Evidence(digest=digest_record("f"), bytes=1, name="f.csv")
    data = Dataset.model_validate(
        {"name": "d", "role": "train", "files": [file], "special_categories": said}
    )
    found = stated_of(data)
    assert (found.categories if found else None) == read
