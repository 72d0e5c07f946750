"""The public Python API: a thin orchestration of the rooms below it.

Typical use:

    from ftgov import api

    with api.open_workspace("loans") as workspace:
        api.audit(workspace, "honest")
        result = api.check(workspace, "honest")
        print(result.verdict)

Every function raises `ftgov.errors.FtgovError` with what went wrong, why, and the next step.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# At once: the module has the name of its function, and would take that name when it is imported.
from ftgov.api.lineage import lineage, subject_of

if TYPE_CHECKING:
    from ftgov.api.audits import audit, current_assessment
    from ftgov.api.bundle_gate import check_bundle
    from ftgov.api.clock import now_text
    from ftgov.api.demonstration import Demonstration, demo
    from ftgov.api.erasure import erase
    from ftgov.api.fairness import audit_files, group_fairness
    from ftgov.api.gates import GateResult, check
    from ftgov.api.keys import new_key, trust_pack
    from ftgov.api.recording import import_recording
    from ftgov.api.reporting import ReportFiles, report
    from ftgov.api.verification import verify
    from ftgov.api.workspaces import init, open_workspace

__all__ = [
    "Demonstration",
    "GateResult",
    "ReportFiles",
    "audit",
    "audit_files",
    "check",
    "check_bundle",
    "current_assessment",
    "demo",
    "erase",
    "group_fairness",
    "import_recording",
    "init",
    "lineage",
    "new_key",
    "now_text",
    "open_workspace",
    "report",
    "subject_of",
    "trust_pack",
    "verify",
]

# Each name is imported when it is first used: a gate in CI waits for no report and no numerics.
_HOMES = {
    "Demonstration": "demonstration",
    "GateResult": "gates",
    "ReportFiles": "reporting",
    "audit": "audits",
    "audit_files": "fairness",
    "check": "gates",
    "check_bundle": "bundle_gate",
    "current_assessment": "audits",
    "demo": "demonstration",
    "erase": "erasure",
    "group_fairness": "fairness",
    "import_recording": "recording",
    "init": "workspaces",
    "new_key": "keys",
    "now_text": "clock",
    "open_workspace": "workspaces",
    "report": "reporting",
    "trust_pack": "keys",
    "verify": "verification",
}


def __getattr__(name: str) -> object:
    """Return a public name from the module that defines it.

    Raises:
        AttributeError: If there is no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
