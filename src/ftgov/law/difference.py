"""What changed in the law between two days or packs: for all, or for one system's facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ftgov.law.pack_records import Pack, PackDate
from ftgov.records.calendar import Change, Difference
from ftgov.records.law import Classification, Obligation

_COMPARED = (
    *("overall", "roles", "prohibited_now", "prohibited_later", "high_risk_route"),
    *("derogation_6_3", "high_risk_from", "transparency", "art50_2_due", "gpai_role"),
    *("gpai_threshold_exact", "gpai_obligations", "art25", "fria", "register_under", "legacy"),
    *("possible", "missing"),
)


def system_difference(before: Classification, after: Classification) -> Difference:
    """Return what changed for one system: conclusions that differ, and its duties."""
    changes = _changes(
        {name: _shown(getattr(before, name)) for name in _COMPARED},
        {name: _shown(getattr(after, name)) for name in _COMPARED},
    )
    return Difference(
        before=f"{before.pack} as of {before.as_of}",
        after=f"{after.pack} as of {after.as_of}",
        changes=changes,
        duties=_changes(_duties(before.obligations), _duties(after.obligations)),
    )


def pack_difference(before: Pack, after: Pack) -> Difference:
    """Return what differs between two packs: dates, rules, points, acts, facts and duties."""
    return Difference(
        before=before.id,
        after=after.id,
        changes=_changes(_content(before), _content(after)),
        duties=_changes(
            {duty.id: f"{duty.reference}: {duty.text}" for duty in before.obligations},
            {duty.id: f"{duty.reference}: {duty.text}" for duty in after.obligations},
        ),
    )


def _content(pack: Pack) -> dict[str, str | None]:
    found: dict[str, str | None] = {f"date {key}": _days(when) for key, when in pack.dates.items()}
    found |= {f"provision {rule}": "exists" for rule in sorted(pack.rules)}
    found |= {f"Art. 5(1)({point})": what.text for point, what in pack.art5_points.items()}
    found |= {f"Annex III {item}": what.text for item, what in pack.annex3_items.items()}
    found |= {f"Annex I {act}": f"section {place}" for act, place in pack.annex1_acts.items()}
    return found


def _days(when: PackDate) -> str:
    if when.status == "settled":
        readings = when.readings()
        late = when.effective_annex_1
        return readings[0].isoformat() + (f", Annex I {late.isoformat()}" if late else "")
    return f"contested: {' or '.join(day.isoformat() for day in when.readings())}"


def _duties(duties: Iterable[Obligation]) -> dict[str, str | None]:
    return {duty.id: f"{duty.reference}, {_when(duty)}" for duty in duties}


def _when(duty: Obligation) -> str:
    if duty.applies_today:
        return f"applies since {duty.applies_from or duty.readings[-1]}"
    if duty.status == "contested":
        return f"contested: from {' or '.join(duty.readings)}"
    return f"applies from {duty.applies_from}" if duty.applies_from else "no day yet"


def _shown(value: object) -> str | None:
    if isinstance(value, tuple):
        return ", ".join(value) or None
    if isinstance(value, dict):
        return ", ".join(f"{key} {held}" for key, held in value.items() if held) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value is not None else None


def _changes(
    before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> tuple[Change, ...]:
    """Return what differs, in the order of the later state, what only the earlier had last."""
    names = [*after, *(name for name in before if name not in after)]
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(Change(name=name, before=one, after=two) for name, one, two in pairs if one != two)
