"""From one policy and one view to one decision: the only place where an outcome is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ftgov.policy.form import Gate, Policy, Validation
from ftgov.policy.isolation import Arbiter, Check, WorkerLost
from ftgov.policy.levels import why_unsure
from ftgov.policy.paths import measures_read
from ftgov.policy.view import View
from ftgov.records.decision import Decision, Figure

Outcome = Literal["pass", "fail", "warn", "waived", "error"]
TimeSource = Literal["system-clock", "given"]


def needs(policy: Policy) -> tuple[str, ...]:
    """Return every path a policy cannot do without: what it requires, and each measure it reads.

    A measure that an expression reads is needed even where `||` would hide its absence.
    """
    found = {_short(path): None for path in policy.spec.requires}
    for _, source in policy.sources():
        found |= dict.fromkeys(measures_read(source))
    return tuple(found)


def rule_on(
    arbiter: Arbiter, gate: Gate, policy: Policy, view: View, *, now: str, time_source: TimeSource
) -> Decision:
    """Return the decision of one policy; whatever goes wrong on the way is outcome `error`.

    Args:
        arbiter: The worker, already bound to the view's values.
        gate: The gate the policy belongs to.
        policy: The rule.
        view: What the rule sees.
        now: The time of the decision, RFC 3339 UTC text.
        time_source: Where that time comes from.
    """
    outcome, message = _conclusion(arbiter, policy, view)
    effective = policy.spec.effective_on
    if outcome == "fail" and effective is not None and effective > now[:10]:
        outcome, message = "warn", f"{message} This rule is in force from {effective}."
    return Decision(
        rule=policy.id,
        version=policy.metadata.version,
        gate=gate.name,
        title=policy.metadata.title,
        severity=policy.spec.severity,
        outcome=outcome,
        message=message,
        remedy=policy.spec.remedy,
        refs=policy.metadata.refs,
        figures=_deciding(policy, view),
        policy=gate.digest,
        decided_at=now,
        time_source=time_source,
    )


def _conclusion(arbiter: Arbiter, policy: Policy, view: View) -> tuple[Outcome, str]:
    unusable = [why for path in needs(policy) if (why := _why_unusable(view, path, policy))]
    if unusable:
        return "error", "; ".join(unusable)
    try:
        checks = arbiter.judge(policy)
    except WorkerLost as lost:
        return "error", f"This rule could not be evaluated: {lost}."
    asked = policy.spec.validations
    states = [_state(check, each) for check, each in zip(checks, asked, strict=True)]
    return _outcome(states), _message(checks, policy, view)


def _why_unusable(view: View, path: str, policy: Policy) -> str | None:
    """Return why evidence cannot be judged by: it is absent, or less sure than is asked."""
    return view.why_absent(path) or why_unsure(view.values, path, policy.spec.confidence)


def _state(check: Check, asked: Validation) -> str:
    """Return what a check counts as: not passing is an error where the policy says so."""
    if check.state in {"fail", "inconclusive"} and asked.otherwise == "error":
        return "error"
    return check.state


def _outcome(states: Iterable[str]) -> Outcome:
    """Return the worst: a failure is certain, an error is not, and only all passes are a pass."""
    seen = set(states)
    if seen & {"fail", "inconclusive"}:
        return "fail"
    return "pass" if seen == {"pass"} else "error"


def _message(checks: tuple[Check, ...], policy: Policy, view: View) -> str:
    """Return what the validations say that did not pass, or all of them if all did."""
    telling = [check for check in checks if check.state != "pass"] or list(checks)
    texts = [
        f"Inconclusive: {check.text}{_n_needed(policy, view)}"
        if check.state == "inconclusive"
        else check.text
        for check in telling
    ]
    return " ".join(texts)


def _n_needed(policy: Policy, view: View) -> str:
    found = [
        view.values["evidence"].get(analyzer, {}).get(measure, {}).get("n_needed")
        for analyzer, _, measure in (path.partition(".") for path in needs(policy))
    ]
    known = [number for number in found if number]
    return f" An n of about {max(known)} would decide it." if known else ""


def _deciding(policy: Policy, view: View) -> tuple[Figure, ...]:
    """Return the figures of the measures needed, with the slices that made an aggregate.

    An aggregate that is a smallest or largest has the value of the slice it was taken from; slices
    that a policy reads itself are given whole.
    """
    paths = needs(policy)
    found: list[Figure] = []
    for identity in dict.fromkeys(path.removeprefix("slices.") for path in paths):
        figures = view.figures.get(identity, ())
        if f"slices.{identity}" in paths:
            found += figures
            continue
        values = {figure.value for figure in figures if not _is_part(figure)}
        found += [
            figure
            for figure in figures
            if not _is_part(figure) or (figure.value is not None and figure.value in values)
        ]
    return tuple(found)


def _is_part(figure: Figure) -> bool:
    return bool(figure.slice or figure.between)


def _short(path: str) -> str:
    """Return `evidence.a.b` and `a.b` as the same measure id; other roots stay as they are."""
    root, _, rest = path.partition(".")
    return rest if root == "evidence" else path
