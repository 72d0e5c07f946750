"""From one policy and one view to one decision: the only place where an outcome is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftgov.policy.form import Gate, Policy, Validation
from ftgov.policy.isolation import Asked, Check, WorkerLost
from ftgov.policy.levels import why_unsure
from ftgov.policy.paths import limits_of, measures_read
from ftgov.policy.view import View
from ftgov.policy.waivers import settle
from ftgov.records.decision import Cause, Decision, Figure, Limit, Outcome, TimeSource
from ftgov.records.subject import Subject
from ftgov.records.waiver import VerifiedWaiver


class Rule(NamedTuple):
    """A policy of a gate with all that can be read off it before there is anything to judge."""

    gate: Gate
    policy: Policy
    needs: tuple[str, ...]
    limits: tuple[Limit, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The validations as the worker gets them."""
        return tuple(
            Asked(each.expression, each.fail_expression, each.message)
            for each in self.policy.spec.validations
        )


class Pardons(NamedTuple):
    """The waivers at hand, and the subject that they must be about."""

    waivers: Sequence[VerifiedWaiver]
    subject: Subject

    def settle(self, rule: Rule, decision: Decision) -> Decision:
        """Return a decision as the waivers leave it; a rule may say that it cannot be waived."""
        found = settle(
            decision,
            self.waivers,
            self.subject,
            rule=lambda: rule.policy.digest,
            now=decision.decided_at,
        )
        if found.waiver is None or rule.policy.spec.waivable:
            return found
        said = f"{decision.message} This rule cannot be waived; {found.waiver.name} does not count."
        return decision.model_copy(update={"message": said})


class Conclusion(NamedTuple):
    """What a rule comes to: outcome, why it is no pass, and the text."""

    outcome: Outcome
    cause: Cause | None
    message: str


class Moment(NamedTuple):
    """The time of a decision, RFC 3339 UTC text, and where it comes from."""

    now: str
    source: TimeSource


def rules_of(gates: Sequence[Gate]) -> tuple[Rule, ...]:
    """Return every policy of every gate, ready to be judged, in their order."""
    return tuple(
        Rule(gate, policy, needs(policy), _limits(policy))
        for gate in gates
        for policy in gate.policies
    )


def needs(policy: Policy) -> tuple[str, ...]:
    """Return every path a policy cannot do without: what it requires, and each measure it reads.

    A measure or duty that an expression reads is needed even where `||` would hide its absence.
    """
    found = {_short(path): None for path in policy.spec.requires}
    for _, source in policy.sources():
        found |= dict.fromkeys(measures_read(source))
    return tuple(found)


def _limits(policy: Policy) -> tuple[Limit, ...]:
    """Return the limits under which a policy passes, as its expressions state them."""
    return tuple(
        Limit(path=_short(".".join(read.parts)), comparison=comparison, limit=limit)
        for check in policy.spec.validations
        for read, comparison, limit in limits_of(check.expression)
    )


def barred(rule: Rule, view: View) -> Conclusion | None:
    """Return why a rule cannot be judged at all: absent, stale or unsure evidence; None if it can.

    Stale evidence that would pass is no pass, and stale evidence that would fail is no verdict.
    """
    policy = rule.policy
    if absent := [why for path in rule.needs if (why := view.why_absent(path))]:
        return Conclusion("error", "missing", "; ".join(absent))
    if stale := view.why_stale(policy.spec.max_age_days):
        return Conclusion("error", "stale", stale)
    level = policy.spec.confidence
    if unsure := [why for path in rule.needs if (why := why_unsure(view.values, path, level))]:
        return Conclusion("error", "unsure", "; ".join(unsure))
    return None


def concluded(rule: Rule, view: View, answer: tuple[Check, ...] | WorkerLost) -> Conclusion:
    """Return what a rule comes to, given what the worker said of its validations."""
    if isinstance(answer, WorkerLost):
        text = f"This rule could not be evaluated: {answer}."
        return Conclusion("error", "unassessable", text)
    spec = rule.policy.spec
    states = {_state(check, each) for check, each in zip(answer, spec.validations, strict=True)}
    text = _message(answer, rule, view)
    if states == {"pass"}:
        return Conclusion("pass", None, text)
    if "fail" in states:
        return Conclusion("fail", "failed", text)
    if "error" in states:
        return Conclusion("error", "unassessable", text)
    return Conclusion(spec.on_inconclusive, "inconclusive", text)


def decision_of(rule: Rule, view: View, found: Conclusion, moment: Moment) -> Decision:
    """Return the decision of one rule; before its day in force a failure is a warning."""
    policy, message, outcome = rule.policy, found.message, found.outcome
    effective = policy.spec.effective_on
    if outcome == "fail" and effective is not None and effective > moment.now[:10]:
        outcome, message = "warn", f"{message} This rule is in force from {effective}."
    return Decision(
        rule=policy.id,
        version=policy.metadata.version,
        gate=rule.gate.name,
        title=policy.metadata.title,
        severity=policy.spec.severity,
        outcome=outcome,
        cause=found.cause,
        message=message,
        remedy=policy.spec.remedy,
        refs=policy.metadata.refs,
        figures=_deciding(rule, view),
        limits=rule.limits,
        policy=rule.gate.digest,
        decided_at=moment.now,
        time_source=moment.source,
    )


def _state(check: Check, asked: Validation) -> str:
    """Return what a check counts as: not passing is an error where the policy says so."""
    if check.state in {"fail", "inconclusive"} and asked.otherwise == "error":
        return "error"
    return check.state


def _message(checks: tuple[Check, ...], rule: Rule, view: View) -> str:
    """Return what the validations say that did not pass, or all of them if all did."""
    telling = [check for check in checks if check.state != "pass"] or list(checks)
    texts = [
        f"Inconclusive: {check.text}{_n_needed(rule, view)}"
        if check.state == "inconclusive"
        else check.text
        for check in telling
    ]
    return " ".join(texts)


def _n_needed(rule: Rule, view: View) -> str:
    found = [
        view.values["evidence"].get(analyzer, {}).get(measure, {}).get("n_needed")
        for analyzer, _, measure in (path.partition(".") for path in rule.needs)
    ]
    known = [number for number in found if number]
    return f" An n of about {max(known)} would decide it." if known else ""


def _deciding(rule: Rule, view: View) -> tuple[Figure, ...]:
    """Return the figures of the measures needed, with the slices that made an aggregate.

    An aggregate that is a smallest or largest has the value of the slice it was taken from; slices
    that a policy reads itself are given whole.
    """
    paths = rule.needs
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
