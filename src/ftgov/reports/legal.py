"""The law page: what the classification says, in words a manager and a lawyer can both read."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ftgov.records.answer import ModificationCompute
from ftgov.records.duty_state import DutyState
from ftgov.records.law import Classification
from ftgov.reports.duties import duty_groups, not_owed, state_counts
from ftgov.reports.numbers import significant
from ftgov.reports.shapes import LawView, Pair
from ftgov.reports.text import sentence_case
from ftgov.reports.words import CLASSES, DEROGATION, MODEL_ROLES, SHORT_CLASSES


def law_view(
    found: Classification,
    duties: Sequence[DutyState] = (),
    compute: ModificationCompute | None = None,
) -> LawView:
    """Return a classification as printed.

    Args:
        found: The classification.
        duties: How each duty of the pack stands.
        compute: The modification's compute, where jobs changed a model.
    """
    return LawView(
        pack=found.pack,
        pack_digest=found.pack_digest,
        as_of=found.as_of,
        headline=CLASSES[found.overall],
        axes=_axes(found, compute),
        missing=found.missing,
        why=tuple(Pair(term=w.rule, text=w.text, reference=w.reference) for w in found.why),
        duties=duty_groups(found.obligations, duties),
        states=state_counts(duties),
        not_owed=not_owed(found, duties),
    )


def _axes(found: Classification, compute: ModificationCompute | None) -> tuple[Pair, ...]:
    listed = ", ".join
    return (
        Pair(term="Class of the system", text=_class_text(found)),
        Pair(
            term="Transparency duties",
            text=f"Article {listed(found.transparency)}." + _due(found.art50_2_due)
            if found.transparency
            else "None found.",
        ),
        Pair(
            term="Role towards the model", text=_model_text(found) + _compute_text(found, compute)
        ),
        Pair(term="Roles of the organisation", text=_sentences(found.roles) or "Not stated."),
        Pair(term="Registration", text=_registration(found)),
    )


def _due(date: str | None) -> str:
    return f" Article 50(2) is due on {date}." if date else ""


def _class_text(found: Classification) -> str:
    parts = [CLASSES[found.overall]]
    if found.prohibited_now:
        parts.append(f"Prohibited today: {', '.join(found.prohibited_now)}.")
    if found.prohibited_later:
        parts.append(f"Prohibited later: {', '.join(found.prohibited_later)}.")
    if found.high_risk_route:
        routes = ", ".join(
            route.replace("_", " ").replace(":", " ") for route in found.high_risk_route
        )
        since = f", duties apply from {found.high_risk_from}" if found.high_risk_from else ""
        parts.append(f"Route: {routes}{since}.")
    if DEROGATION[found.derogation_6_3]:
        parts.append(DEROGATION[found.derogation_6_3])
    if found.overall == "undetermined" and found.possible:
        reachable = ", ".join(SHORT_CLASSES[name] for name in found.possible)
        parts.append(f"Still possible: {reachable}.")
    return " ".join(parts)


def _model_text(found: Classification) -> str:
    limit = ""
    if found.gpai_threshold_flop is not None:
        limit = (
            " The threshold for a modification is "
            f"{significant(found.gpai_threshold_flop, 3)} FLOP of training compute, by the law "
            "pack named above."
        )
    return MODEL_ROLES[found.gpai_role] + limit


def _compute_text(found: Classification, compute: ModificationCompute | None) -> str:
    """Return what the jobs computed together, against the threshold at the upper end."""
    if compute is None:
        return ""
    if compute.unknown:
        names = ", ".join(f"{each.job} ({each.why})" for each in compute.unknown)
        return f" The compute of these jobs can't be told: {names}."
    ends = " to ".join(significant(float(end), 2) for end in (compute.low, compute.high))
    jobs = f"{len(compute.jobs)} job{'s' if len(compute.jobs) != 1 else ''}"
    text = f" The modification took {ends} FLOP over {jobs} (5 % to 95 %)"
    if not found.gpai_threshold_exact:
        return f"{text}."
    share = Fraction(compute.high) / Fraction(found.gpai_threshold_exact)
    return (
        f"{text}, at the upper end {significant(float(share), 2)} of that threshold; synthetic "
        "data for a base with systemic risk is not in it."
    )


def _sentences(names: tuple[str, ...]) -> str:
    return ", ".join(sentence_case(name) for name in names)


def _registration(found: Classification) -> str:
    register = (
        f"EU database, Article {', '.join(found.register_under)}."
        if found.register_under
        else "No registration duty found."
    )
    fria = {
        True: " A fundamental rights impact assessment is due (Article 27).",
        False: "",
        None: " Whether a fundamental rights impact assessment is due can't be determined.",
    }
    return register + fria[found.fria]
