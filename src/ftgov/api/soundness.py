"""Whether gates of people's own say what they seem to, before they judge anything.

CEL stops at the first operand that decides, so a misspelt path behind `||` is never met until the
day on which it would have decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov import analyzers
from ftgov.api.law import shipped_packs
from ftgov.errors import UsageError
from ftgov.policy.form import Gate
from ftgov.policy.lint import Known, declared, misread
from ftgov.records.dossier import Assessment
from ftgov.shipped import shipped

_SHOWN = 5


def known_paths() -> Known:
    """Return what policies may read here: declared measures, and duties of all shipped packs."""
    measures = [measure.id for analyzer in analyzers.discover() for measure in analyzer.measures]
    packs = [each.pack for each in shipped_packs()]
    duties = dict.fromkeys(duty.id for pack in packs for duty in pack.obligations)
    return Known(tuple(measures), tuple(duties))


def require_sound(gates: Sequence[Gate], assessment: Assessment) -> None:
    """Refuse gates with a fault of form or types; those that ship were linted when they were made.

    Args:
        gates: The gates that are to judge.
        assessment: What is judged; the figures in it are known as well as those declared here.

    Raises:
        UsageError: If an expression does not compile by the types of what it reads, or names
            something that does not exist; names file, line and key.
    """
    ours = shipped("policies", "gates").resolve()
    theirs = [gate for gate in gates if not Path(gate.file).resolve().is_relative_to(ours)]
    if not theirs:
        return
    found = known_paths()
    measured = [figure.id for each in assessment.findings for figure in each.measurements]
    known = Known(
        tuple(dict.fromkeys([*found.measures, *measured])),
        tuple(dict.fromkeys([*found.duties, *(duty.id for duty in assessment.duties)])),
    )
    with declared(known) as arbiter:
        faults = [fault.message for gate in theirs for fault in misread(gate, known, arbiter)]
    if faults:
        more = f" (and {len(faults) - _SHOWN} more)" if len(faults) > _SHOWN else ""
        raise UsageError(
            f"A gate with a fault judges nothing: {'; '.join(faults[:_SHOWN])}{more}.",
            why="An expression that reads what does not exist decides otherwise than it says.",
            next_step="ftgov policy lint lists every fault.",
        )
