"""What a policy may read, with its types: the measures that analyzers declare, and our records.

The typed compile of `policy lint` declares every readable path as a qualified name of its own, so
that CEL's checker finds a figure that is used as what it is not: a number compared with text, a
count with a fraction. Evaluation is untyped, so that an absent field is an error, never a default.
Source: CEL language definition, section Name Resolution (a qualified name is one variable).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from ftgov.policy.view_figures import FIELDS
from ftgov.policy.view_records import JOB_FIELDS, SPECIAL_FIELDS, SUBJECT_FIELDS
from ftgov.records.law import Classification

ASSESSMENT_FIELDS = ("assessed_at", "tool")
SIGNING_FIELDS = ("time", "signed_at")
CLASSIFICATION_FIELDS = tuple(
    field.alias or name for name, field in Classification.model_fields.items()
)
FIELDS_OF: dict[str, Sequence[str]] = {
    "classification": CLASSIFICATION_FIELDS,
    "subject": SUBJECT_FIELDS,
    "job": JOB_FIELDS,
    "special": SPECIAL_FIELDS,
    "assessment": ASSESSMENT_FIELDS,
    "signing": SIGNING_FIELDS,
}
"""The roots whose fields are few and known."""

_FIGURE = dict.fromkeys(FIELDS, "double") | {
    "n": "int",
    "n_needed": "int",
    "unit": "string",
    "assurance": "string",
}
_COUNTS = {"subject.weights", "job.seed"}


class Known(NamedTuple):
    """What exists to be read: the measures of installed analyzers, the duties of shipped packs.

    Where no duty is known, none is checked.
    """

    measures: Sequence[str]
    duties: Sequence[str] = ()


def types_of(known: Known) -> dict[str, str]:
    """Return the type of every readable path, as `Arbiter.declare` takes them."""
    found = {"duties": "dyn", "classification": "map", "subject": "map", "job": "map"}
    for measure in known.measures:
        found[f"evidence.{measure}"] = "map"
        found |= {f"evidence.{measure}.{field}": kind for field, kind in _FIGURE.items()}
        found[f"slices.{measure}"] = "maps"
    for root in ("subject", "job"):
        for field in FIELDS_OF[root]:
            path = f"{root}.{field}"
            found[path] = "int" if path in _COUNTS else "string"
    for name, stated in Classification.model_fields.items():
        if _is_text(stated.annotation):
            found[f"classification.{stated.alias or name}"] = "string"
    return found


def _is_text(kind: Any) -> bool:
    """Tell whether a field's type is text or a choice of texts, and never null."""
    return kind is str or (bool(get_args(kind)) and all(isinstance(a, str) for a in get_args(kind)))
