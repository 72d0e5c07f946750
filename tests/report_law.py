"""A classification for the report's tests: a credit desk, high-risk or undetermined."""

from __future__ import annotations

from ftgov.records.duty_state import DutyState, Shown, ShownBy, State
from ftgov.records.law import Classification, Obligation, Reason
from report_findings import PACK


def classification(*, known: bool) -> Classification:
    """Return a high-risk classification, or an undetermined one for the error case."""
    return Classification(
        pack="eu-ai-act-2026-07-27",
        pack_digest=PACK.digest,
        as_of="2026-11-21",
        overall="high_risk" if known else "undetermined",
        roles=("provider", "deployer"),
        high_risk_route=("annex_III:5b",) if known else (),
        high_risk_from="2027-12-02" if known else None,
        derogation_6_3="blocked_by_profiling" if known else "undetermined",
        transparency=("50(1)",),
        gpai_role="none" if known else "undetermined",
        gpai_threshold_flop=3.33e22,
        fria=True if known else None,
        register_under=("49(1)",),
        missing=() if known else ("profiling", "annex_iii_use", "mod_flop"),
        possible=() if known else ("high_risk", "not_high_risk_by_6_3"),
        why=(
            Reason(
                rule="HR-5b",
                reference="Annex III point 5(b)",
                text="The system evaluates the creditworthiness of natural persons.",
            ),
            Reason(
                rule="DER-1",
                reference="Article 6(3), last subparagraph",
                text="It profiles natural persons, so the derogation is not open.",
            ),
            Reason(
                rule="TR-1",
                reference="Article 50(1)",
                text="It interacts directly with natural persons.",
            ),
        ),
        obligations=tuple(_duty(*duty) for duty in DUTIES),
    )


DUTIES = (
    (
        "LIT-1",
        "Article 4(1)",
        "any",
        "Training of the staff that deals with the system.",
        "2025-02-02",
    ),
    (
        "RMS-1",
        "Article 9(1)-(2)",
        "provider",
        (
            "A risk register with known and foreseeable risks, misuse, "
            "post-market data, targeted measures, and the dates of its iterations."
        ),
        "2027-12-02",
    ),
    (
        "DATA-5",
        "Article 10(2)(f)",
        "provider",
        (
            "An examination for biases that may affect health, "
            "safety or rights, or lead to discrimination."
        ),
        "2027-12-02",
    ),
    (
        "TECH-0",
        "Article 11, Annex IV",
        "provider",
        (
            "Technical documentation, drawn up before the "
            "system is placed on the market and kept up to date."
        ),
        "2027-12-02",
    ),
    (
        "LOG-1",
        "Article 12(1)-(3)",
        "provider",
        "Automatic event logs over the lifetime.",
        "2027-12-02",
    ),
    (
        "HO-1",
        "Article 14(1)-(5)",
        "provider",
        "Human oversight: understand, interpret, override, stop.",
        "2027-12-02",
    ),
    (
        "ACC-1",
        "Article 15(1), (3)",
        "provider",
        "Accuracy and its metrics, declared in the instructions.",
        "2027-12-02",
    ),
    ("CA-1", "Article 43(1)-(3)", "provider", "Conformity assessment by internal control.", None),
    (
        "FRIA-1",
        "Article 27",
        "deployer",
        "A fundamental rights impact assessment before first use.",
        "2027-12-02",
    ),
    (
        "TR-1",
        "Article 50(1)",
        "provider",
        "Persons are told that they deal with an AI system.",
        "2026-08-02",
    ),
)


def _duty(identity: str, reference: str, who: str, text: str, start: str | None) -> Obligation:
    return Obligation(
        id=identity,
        reference=reference,
        who=who,
        text=text,
        applies_from=start,
        applies_today=None if start is None else start <= "2026-11-21",
        status="settled" if start else "contested",
        note="" if start else "The date of application is read in two ways.",
    )


_STANDS: dict[str, tuple[State, Shown | None]] = {
    "LIT-1": ("present", "present"),
    "TR-1": ("contradicting", "contradicting"),
    "CA-1": ("stale", "stale"),
    "RMS-1": ("not_yet_applicable", "present"),
}


def duty_states() -> tuple[DutyState, ...]:
    """Return a state of each duty, each of the six words once, and one duty that may be owed."""
    found = []
    for identity, reference, who, text, _ in DUTIES:
        state, evidence = _STANDS.get(identity, ("not_yet_applicable", "missing"))
        shown = ShownBy(by=f"answer:{identity.lower()}", state=evidence or "missing", note="seen")
        found.append(
            DutyState(
                id=identity, state=state, evidence=evidence, shown_by=(shown,), reference=reference,
                who=who, text=text, judge="whether it fits",
            )
        )  # fmt: skip
    spared = DutyState(id="EMO-1", state="not_applicable", note="not owed")
    may_be = DutyState(
        id="REG-2", state="missing", evidence="missing", reference="Article 49(2)", who="provider",
        text="Registration before the market.", judge="whether it is complete",
        note="whether it is owed is open: facts are missing",
    )  # fmt: skip
    return (*found, spared, may_be)
