"""Special categories of personal data: which columns hold them, and on what ground they are used.

Article 4a of the amended Act (Article 10(5) as published) permits processing them to detect and
correct bias under six conditions. It permits: it is no universal gate, another ground of Article
9(2) GDPR does as well.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from ftgov.records.absence import Absent
from ftgov.records.base import Name, Record, Time
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence

Basis = Literal[
    "bias_detection",
    "gdpr_9_2_a",
    "gdpr_9_2_b",
    "gdpr_9_2_c",
    "gdpr_9_2_d",
    "gdpr_9_2_e",
    "gdpr_9_2_f",
    "gdpr_9_2_g",
    "gdpr_9_2_h",
    "gdpr_9_2_i",
    "gdpr_9_2_j",
]
Safeguard = Literal["a", "b", "c", "d", "e", "f"]
POINTS: dict[Safeguard, str] = {
    "a": "other data, synthetic or anonymised ones included, cannot do it",
    "b": "limits on re-use, state-of-the-art security, pseudonymisation",
    "c": "strict controls and documentation of access, confidentiality",
    "d": "no transmission to, or access by, other parties",
    "e": "deletion once the bias is corrected or the retention ends",
    "f": "reasons in the records of processing activities",
}
"""The six conditions of Article 4a(1), in short."""


class SpecialColumns(Record):
    """Columns of a dataset that hold special categories of personal data, as declared."""

    type: Literal["special-columns"] = "special-columns"
    name: Name = Field(description="the dataset")
    columns: tuple[str, ...] = Field(min_length=1)


class BiasBasis(Record):
    """The ground on which special columns of a dataset are used; for bias work, six points."""

    type: Literal["bias-basis"] = "bias-basis"
    name: Name = Field(description="the dataset")
    columns: tuple[str, ...] = Field(min_length=1)
    basis: Basis
    reason: str = Field(min_length=1, max_length=20_000)
    points: dict[Safeguard, str] = {}
    delete_by: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    author: str = Field(min_length=1, max_length=200)
    file: Evidence | None = None

    @model_validator(mode="after")
    def _points_belong_to_bias_work(self) -> BiasBasis:
        if self.points and self.basis != "bias_detection":
            raise ValueError("points (a) to (f) belong to the basis bias_detection")
        return self


class UploadOverride(Record):
    """A person's decision that declared columns go to a hosted API all the same, with the reason.

    Point (d) of Article 4a(1) allows no transmission to other parties for bias work; another ground
    of Article 9(2) GDPR may, and who relies on it answers for it.
    """

    type: Literal["upload-override"] = "upload-override"
    name: Name = Field(description="the dataset")
    columns: tuple[str, ...]
    categories: tuple[str, ...] = ()
    reason: str = Field(min_length=1, max_length=20_000)
    author: str = Field(min_length=1, max_length=200)
    decided_at: Time


class StatedCategories(Record):
    """What a dataset's own record says of special categories; none stated is an empty tuple."""

    name: Name
    categories: tuple[str, ...]


class SpecialCategories(Record):
    """What is declared of the datasets of one model, and the grounds recorded for it."""

    columns: tuple[SpecialColumns, ...] = ()
    bases: tuple[BiasBasis, ...] = ()
    stated: tuple[StatedCategories, ...] = Field(
        default=(), description="what the datasets' records say; unknown and unsaid are left out"
    )

    @property
    def held(self) -> bool:
        """Tell whether any dataset is said to hold special categories, by columns or as a whole."""
        return bool(self.columns) or any(each.categories for each in self.stated)


def stated_of(dataset: Dataset) -> StatedCategories | None:
    """Return what a dataset's record says of special categories; None where it says nothing."""
    said = dataset.special_categories
    if isinstance(said, Absent):
        none = said.absent == "not_applicable"
        return StatedCategories(name=dataset.name, categories=()) if none else None
    return None if said is None else StatedCategories(name=dataset.name, categories=said)


def contradictions(found: SpecialCategories) -> tuple[str, ...]:
    """Return where a dataset's record and the declaration of its columns do not fit each other."""
    declared = {each.name: each.columns for each in found.columns}
    faults = []
    for each in found.stated:
        columns = declared.get(each.name, ())
        if columns and not each.categories:
            faults.append(
                f"{each.name}: its record says that it holds no special category, yet columns are "
                f"declared ({', '.join(columns)})"
            )
        elif each.categories and not columns:
            faults.append(
                f"{each.name}: its record states {', '.join(each.categories)}, but no column is "
                "declared that holds them"
            )
    return tuple(faults)


def basis_faults(found: SpecialCategories, *, bias_detection: bool = True) -> tuple[str, ...]:
    """Return what is missing before declared columns may be used; empty where all is recorded.

    Args:
        found: What is declared, and the grounds recorded.
        bias_detection: Whether the law of the day knows that ground for this system at all.
    """
    faults = list(contradictions(found))
    known = [base for base in found.bases if bias_detection or base.basis != "bias_detection"]
    for declared in found.columns:
        grounds = [basis for basis in known if basis.name == declared.name]
        for column in declared.columns:
            mine = [basis for basis in grounds if column in basis.columns]
            if not mine:
                faults.append(f"{declared.name}, column {column}: no ground is recorded")
            elif all(_lacking(basis) for basis in mine):
                lacking = ", ".join(_lacking(mine[-1]))
                faults.append(f"{declared.name}, column {column}: Art. 4a(1) lacks {lacking}")
    return tuple(faults)


def _lacking(basis: BiasBasis) -> list[str]:
    """Return the points of Article 4a(1) that a ground lacks; another ground needs none."""
    if basis.basis != "bias_detection":
        return []
    lacking = [f"({point})" for point in POINTS if not basis.points.get(point, "").strip()]
    return lacking if basis.delete_by else [*lacking, "a last day"]


def upload_fault(found: SpecialCategories, *, override: str | None) -> str | None:
    """Return why a file with declared columns may not go to a hosted API, or None.

    Args:
        found: What is declared; for the file's dataset.
        override: The reason of a person who decided otherwise; blank for none.
    """
    if not found.held or (override and override.strip()):
        return None
    named = [f"{each.name}: {', '.join(each.columns)}" for each in found.columns]
    declared = {each.name for each in found.columns}
    named += [
        f"{each.name}: {', '.join(each.categories)}"
        for each in found.stated
        if each.categories and each.name not in declared
    ]
    return (
        f"special categories of personal data would reach another party ({'; '.join(named)}); "
        "point (d) of Art. 4a(1) forbids it for bias work"
    )
