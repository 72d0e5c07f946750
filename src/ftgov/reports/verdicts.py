"""The verdict in one sentence that a manager understands, counted from the decisions below it."""

from __future__ import annotations

from ftgov.records.dossier import Dossier


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count} rules"


def sentence_of(dossier: Dossier) -> str:
    """Return the verdict of a dossier as one sentence."""
    total = len(dossier.decisions)
    outcomes = [decision.outcome for decision in dossier.decisions]
    if not total:
        return "No rule was applied: the release gate has nothing to decide on."
    failed = sum(
        1 for one in dossier.decisions if one.outcome == "fail" and one.severity == "error"
    )
    if dossier.verdict == "fail":
        open_ones = outcomes.count("error")
        rest = f" {_rules(open_ones)} could not be assessed." if open_ones else ""
        return f"The release gate failed: {failed} of {_rules(total)} failed.{rest}"
    if dossier.verdict == "error":
        missing = outcomes.count("error")
        return (
            f"The release gate could not be assessed: {missing} of {_rules(total)} lacked "
            "evidence or could not be judged."
        )
    notes = []
    if warned := outcomes.count("warn") + outcomes.count("fail"):
        notes.append(f"{warned} with a warning")
    if waived := outcomes.count("waived"):
        notes.append(f"{waived} waived by a person")
    passed = outcomes.count("pass")
    tail = f"; {' and '.join(notes)}" if notes else ""
    return f"The release gate passed: {passed} of {_rules(total)} met{tail}."
