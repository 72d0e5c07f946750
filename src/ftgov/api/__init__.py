"""The public Python API: a thin orchestration of the rooms below it.

Typical use:

    from ftgov import api

    with api.open_workspace("loans") as workspace:
        api.audit(workspace, "honest")
        result = api.check(workspace, "honest")
        print(result.verdict)

Every function raises `ftgov.errors.FtgovError` with what went wrong, why, and the next step.
"""

from ftgov.api.audits import audit, current_assessment
from ftgov.api.bundle_gate import check_bundle
from ftgov.api.clock import now_text
from ftgov.api.demonstration import Demonstration, demo
from ftgov.api.erasure import erase
from ftgov.api.fairness import audit_files, group_fairness
from ftgov.api.gates import GateResult, check
from ftgov.api.keys import new_key, trust_pack
from ftgov.api.lineage import lineage, subject_of
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
