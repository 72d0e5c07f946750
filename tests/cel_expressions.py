"""Random boolean CEL expressions over what policies see, for a comparison of two engines."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

VALUES: dict[str, Any] = {
    "evidence": {
        "a": {
            "ratio": {"value": 0.9, "low": 0.8, "high": 1.0, "level": 0.95, "n": 400, "unit": "1"},
            "count": {"value": 0.0, "low": 0.0, "high": 0.0, "level": 0.95, "n": 0, "unit": "row"},
        },
        "b": {"change": {"value": -0.05, "low": -0.1, "high": 0.0, "level": 0.9, "unit": "kWh"}},
    },
    "slices": {
        "a": {
            "ratio": [
                {"value": 0.5, "low": 0.4, "high": 0.6, "slice": {"g": "x"}},
                {"value": 0.7, "low": 0.6, "high": 0.8, "slice": {"g": "y"}},
                {"value": 0.9, "low": 0.9, "high": 0.9, "slice": {"g": "z"}},
            ]
        }
    },
    "findings": [
        {"id": "a.all", "outcome": "measured", "severity": "note"},
        {"id": "b.all", "outcome": "not_assessed", "severity": "error"},
    ],
    "classification": {"overall": "high_risk", "missing": [], "roles": ["provider", "deployer"]},
    "duties": {"HO-1": {"state": "present"}, "TRA-1": {"state": "missing", "evidence": "stale"}},
    "subject": {"model": "tuned", "kind": "tuned", "weights": 2},
    "job": {"name": "tune", "provider": "openai"},
    "special": {"declared": False, "columns": [], "grounds": [], "faults": []},
    "assessment": {"assessed_at": "2026-11-20T09:00:00Z", "tool": "ftgov 0.1"},
    "signing": {"time": "unproven"},
    "signatures": [
        {"holder": "Ada", "role": "approver", "decision": "approve"},
        {"holder": "Ben", "role": "officer", "decision": "reject"},
    ],
    "now": "2026-11-21T09:00:00Z",
}
"""A view as the worker gets it; some fields are absent on purpose."""

_NUMBERS = (
    *("evidence.a.ratio.low", "evidence.a.ratio.n", "evidence.a.count.high", "subject.weights"),
    *("evidence.b.change.low", "0.8", "-0.1", "0.0", "1.0", "2", "0", "-1", "400"),
)
_ABSENT_NUMBERS = (
    *("evidence.b.change.n", "evidence.a.none.low", "subject.none"),
    *("(9223372036854775807 + 1)", "(1 / 0)", "(1 % 0)"),
)
_TEXTS = (
    *("subject.model", "classification.overall", "duties['HO-1'].state", "evidence.b.change.unit"),
    *("duties['TRA-1'].evidence", "'tuned'", "'high_risk'", "'present'", "''", "'kWh'"),
)
_ABSENT_TEXTS = ("job.region", "duties['HO-1'].evidence", "duties['none'].state")
_LISTS = (
    *("classification.roles", "classification.missing", "special.columns"),
    *("['provider', 'x']", "[]"),
)
_ITEMS = {
    "findings": ("{}.outcome == 'measured'", "{}.severity != 'note'"),
    "signatures": ("{}.role == 'approver'", "{}.decision == 'approve'"),
    "slices.a.ratio": ("{}.low >= 0.4", "has({}.low)", "{}.slice['g'] == 'x'", "{}.high < 0.7"),
    "classification.roles": ("{}.startsWith('p')", "{}.contains('oy')", "{} == 'provider'"),
}
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")


def expression(chance: Random, depth: int = 4, *, sure: bool = False) -> str:
    """A boolean expression; no number in it is infinite or none.

    Args:
        chance: What decides.
        depth: How deep it may nest.
        sure: Whether nothing in it may fail: cel-rust fails where an element of `all` or `exists`
            does, though another settles the matter; the language says that it is settled.
    """
    if depth == 0:
        return _atom(chance, sure=sure)
    if chance.random() < 0.25:
        return _macro(chance, depth, sure=sure)
    inner = [expression(chance, chance.randrange(depth), sure=sure) for _ in range(3)]
    forms = (
        "({} && {})", "({} || {})", "!({})", "({} ? {} : {})", "(({}) == ({}))", "{}", "{}",
    )  # fmt: skip
    return chance.choice(forms).format(*inner)


def _macro(chance: Random, depth: int, *, sure: bool) -> str:
    name, macro = chance.choice(list(_ITEMS)), chance.choice(("all", "exists", "exists_one"))
    variable, counted = f"v{depth}", chance.random() < 0.3
    body = chance.choice(_ITEMS[name]).format(variable)
    if chance.random() < 0.5:
        settles = macro != "exists_one" and not counted
        more = expression(chance, depth - 1, sure=sure or settles)
        body = f"{body} {chance.choice(('&&', '||'))} {more}"
    if counted:
        return f"{name}.filter({variable}, {body}).size() {chance.choice(_COMPARE)} 1"
    return f"{name}.{macro}({variable}, {body})"


def _atom(chance: Random, *, sure: bool) -> str:
    kind = chance.randrange(7)
    if kind <= 2:
        numbers = (_number(chance, sure=sure), _number(chance, sure=sure))
        return f"{numbers[0]} {chance.choice(_COMPARE)} {numbers[1]}"
    texts = [_text(chance, sure=sure) for _ in range(2)]
    if kind == 3:
        return f"{texts[0]} {chance.choice(('==', '!='))} {texts[1]}"
    if kind == 4:
        return f"{texts[0]} in {chance.choice(_LISTS)}"
    if kind == 5:
        ages = ("now - assessment.assessed_at < duration('24h')", "assessment.assessed_at <= now")
        return chance.choice((*ages, "now > timestamp('2027-01-01T00:00:00Z')"))
    declared = "special.declared == false"
    return chance.choice(("true", "false", declared, "has(job.region)", "has(job.name)"))


def _text(chance: Random, *, sure: bool) -> str:
    return chance.choice(_TEXTS if sure or chance.random() < 0.85 else _ABSENT_TEXTS)


def _number(chance: Random, *, sure: bool) -> str:
    if chance.random() < 0.2:
        return f"({chance.randint(-9, 9)} {chance.choice('+-*/%')} {chance.randint(1, 9)})"
    if chance.random() < 0.1:
        return f"size({chance.choice(_LISTS)})"
    return chance.choice(_NUMBERS if sure or chance.random() < 0.85 else _ABSENT_NUMBERS)


def moments(values: dict[str, Any]) -> dict[str, Any]:
    """The values with times as times, as an engine takes them that knows them inside a map."""
    made = datetime.fromisoformat(values["assessment"]["assessed_at"]).astimezone(UTC)
    now = datetime.fromisoformat(values["now"]).astimezone(UTC)
    assessment = {**values["assessment"], "assessed_at": made}
    return {**values, "assessment": assessment, "now": now}
