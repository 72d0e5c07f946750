"""What the law room concludes about a system: three axes, never one risk level."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Record
from ftgov.records.digest import Digest

Overall = Literal[
    "out_of_scope",
    "prohibited",
    "prohibited_from_future_date",
    "high_risk",
    "not_high_risk_by_6_3",
    "transparency",
    "minimal",
    "model_only",
    "undetermined",
]


class Reason(Record):
    """Why a conclusion was reached: the rule, its article, and plain words."""

    rule: str
    reference: str
    text: str


class Obligation(Record):
    """A duty that follows from a classification."""

    id: str
    reference: str
    who: str
    text: str = Field(description="what the duty asks for, in our own words")
    applies_from: str | None = Field(default=None, description="ISO date; None: not settled")
    applies_today: bool | None = Field(description="None where the date is contested")
    readings: tuple[str, ...] = Field(default=(), description="the day in each reading, ISO dates")
    status: Literal["settled", "contested"] = "settled"
    note: str = ""
    evidence: str = Field(default="", description="what is asked for to show it, in our own words")
    controls: tuple[str, ...] = Field(
        default=(), description="ids of the public OSCAL catalogue of the Act"
    )


class Classification(Record):
    """The result of `classify`; field names are those of the command's JSON."""

    pack: str
    pack_digest: Digest
    as_of: str
    overall: Overall
    roles: tuple[str, ...] = ()
    prohibited_now: tuple[str, ...] = ()
    prohibited_later: tuple[str, ...] = ()
    high_risk_route: tuple[str, ...] = ()
    derogation_6_3: Literal[
        "n/a", "blocked_by_profiling", "available", "not_met", "undetermined"
    ] = "n/a"
    high_risk_from: str | None = None
    transparency: tuple[str, ...] = ()
    art50_2_due: str | None = None
    gpai_role: Literal[
        "none",
        "original_provider",
        "original_provider_systemic",
        "modifier_provider",
        "modifier_provider_systemic",
        "undetermined",
    ] = "none"
    gpai_threshold_flop: float | None = None
    gpai_threshold_exact: str | None = None
    gpai_obligations: tuple[str, ...] = ()
    art25: tuple[str, ...] = ()
    fria: bool | None = Field(default=False, description="None: undetermined, see missing")
    register_under: tuple[str, ...] = Field(default=(), alias="register")
    legacy: dict[str, str | bool | None] | None = None
    missing: tuple[str, ...] = ()
    possible: tuple[Overall, ...] = Field(default=(), description="classes still reachable")
    why: tuple[Reason, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    obligations_open: tuple[str, ...] = Field(
        default=(), description="ids of duties that unknown facts may add"
    )

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class RegimeClassification(Record):
    """What a law of another regime than the AI Act says of the facts."""

    pack: str
    pack_digest: Digest
    regime: str
    as_of: str
    overall: Literal["applies", "does_not_apply", "undetermined"]
    terms: dict[str, bool | None] = Field(description="the law's own words; None: open")
    missing: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    note: str = ""
