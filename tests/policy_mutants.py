"""Policies with one thing wrong: a limit moved, a comparison turned, a word changed."""

from __future__ import annotations

import re

from ftgov.policy.form import Policy

OPERATORS = {
    ">=": ">", "<=": "<", ">": ">=", "<": "<=", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.])-?\d+(\.\d+)?(?=h'|\b)")
_WORD = re.compile(r"'([a-z_-]+)'")


def sources(source: str) -> list[str]:
    """Every source with one number moved, one operator turned, or one word changed."""
    found = []
    for hit in _NUMBER.finditer(source):
        step = 0.0001 if "." in hit.group() else 1
        for moved in (float(hit.group()) - step, float(hit.group()) + step):
            text = f"{moved:.4f}" if "." in hit.group() else f"{moved:.0f}"
            found.append(source[: hit.start()] + text + source[hit.end() :])
    found += [
        source[: hit.start()] + OPERATORS[hit.group()] + source[hit.end() :]
        for hit in re.finditer(r">=|<=|==|!=|&&|\|\||>|<", source)
    ]
    # The word in duties['RMS-1'] is a name, which lint knows, and no limit.
    found += [
        source[: hit.start()] + "'changed'" + source[hit.end() :] for hit in _WORD.finditer(source)
    ]
    return found


def mutants(policy: Policy) -> list[tuple[str, Policy]]:
    """Every mutant of a policy, with what was changed: expressions, confidence, greatest age."""
    found = []
    for index, check in enumerate(policy.spec.validations):
        for field in ("expression", "fail_expression"):
            for source in sources(getattr(check, field) or ""):
                checks = list(policy.spec.validations)
                checks[index] = check.model_copy(update={field: source})
                found.append((source, _with(policy, validations=tuple(checks))))
    if any(check.otherwise == "fail" for check in policy.spec.validations):
        found.append(("waivable", _with(policy, waivable=not policy.spec.waivable)))
    days = policy.spec.max_age_days
    found += [(f"maxAgeDays {n}", _with(policy, max_age_days=n)) for n in (days - 1, days + 1)]
    if any("." in path and "[" not in path for path in measured(policy)):
        levels = [round(policy.spec.confidence + step, 4) for step in (-0.0001, 0.0001)]
        found += [(f"confidence {n}", _with(policy, confidence=n)) for n in levels]
    return found


def measured(policy: Policy) -> list[str]:
    """The required paths that are measures, whose intervals have a level."""
    roots = ("duties.", "subject.", "job.", "special.", "classification.", "assessment.")
    return [
        path for path in policy.spec.requires if not path.startswith(roots) and path != "signatures"
    ]


def _with(policy: Policy, **fields: object) -> Policy:
    return policy.model_copy(update={"spec": policy.spec.model_copy(update=fields)})
