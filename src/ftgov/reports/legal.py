"""The law page: what the classification says, in words a manager and a lawyer can both read."""

from __future__ import annotations

from ftgov.records.law import Classification, Obligation
from ftgov.reports.numbers import significant
from ftgov.reports.shapes import DutyGroup, LawView, ObligationView, Pair
from ftgov.reports.text import sentence_case
from ftgov.reports.words import CLASSES, DEROGATION, MODEL_ROLES, SHORT_CLASSES


def law_view(found: Classification) -> LawView:
    """Return a classification as printed."""
    return LawView(
        pack=found.pack,
        pack_digest=found.pack_digest,
        as_of=found.as_of,
        headline=CLASSES[found.overall],
        axes=_axes(found),
        missing=found.missing,
        why=tuple(Pair(term=w.rule, text=w.text, reference=w.reference) for w in found.why),
        duties=_groups(found.obligations),
    )


def _axes(found: Classification) -> tuple[Pair, ...]:
    listed = ", ".join
    return (
        Pair(term="Class of the system", text=_class_text(found)),
        Pair(
            term="Transparency duties",
            text=f"Article {listed(found.transparency)}." + _due(found.art50_2_due)
            if found.transparency
            else "None found.",
        ),
        Pair(term="Role towards the model", text=_model_text(found)),
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


def _groups(duties: tuple[Obligation, ...]) -> tuple[DutyGroup, ...]:
    """Group duties by the date from which they apply: what applies today first, contested last."""
    grouped: dict[tuple[int, str], list[Obligation]] = {}
    for duty in duties:
        open_date = duty.status == "contested" or duty.applies_today is None
        rank = 2 if open_date else 0 if duty.applies_today else 1
        date = "" if open_date else duty.applies_from or ""
        grouped.setdefault((rank, date), []).append(duty)
    titles = ("Apply today, since {}", "Apply later, from {}", "Date contested or not settled")
    return tuple(
        DutyGroup(
            title=titles[rank].format(date or "the start"),
            duties=tuple(_obligation(duty) for duty in members),
        )
        for (rank, date), members in sorted(grouped.items())
    )


def _obligation(duty: Obligation) -> ObligationView:
    return ObligationView(
        identity=duty.id,
        reference=duty.reference,
        who=duty.who.replace("_", " "),
        text=duty.text,
        note=duty.note,
    )
