"""`ftgov doctor`: what this installation can do, and what is missing for the rest."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ftgov import __version__
from ftgov.cli.console import Console
from ftgov.cli.options import command, workspace_option
from ftgov.errors import MissingExtra

_EXTRAS = {
    "fairness": ("fairlearn", "group fairness figures"),
    "pdf": ("weasyprint", "the PDF report"),
    "energy": ("codecarbon", "measuring local training runs"),
    "openai": ("openai", "archiving and starting hosted fine-tunes"),
    "postgres": ("psycopg", "a team's ledger on PostgreSQL"),
}


@command("ftgov doctor", "ftgov doctor --json")
@workspace_option
def doctor(console: Console, workspace: Path) -> None:
    """Say what this installation can do, and the line that brings what is missing.

    In a workspace with a team's database also whether the role it is used as may do too much.
    """
    rows = [
        {
            "what": purpose,
            "available": importlib.util.find_spec(module) is not None,
            "next_step": f"pip install 'ftgov[{extra}]'",
        }
        for extra, (module, purpose) in _EXTRAS.items()
    ]
    rows += [_pango(), *_database(workspace)]
    lines = [f"ftgov {__version__}"]
    for row in rows:
        word = console.style("yes", "good") if row["available"] else console.style("no ", "weak")
        hint = "" if row["available"] else f"   {row['next_step']}"
        lines.append(f"  {word}  {row['what']}{hint}")
    console.result({"version": __version__, "checks": rows}, lines)


def _database(workspace: Path) -> list[dict[str, object]]:
    if not (workspace / "ftgov.toml").is_file():
        return []
    from ftgov import api
    from ftgov.api.workspaces import database_faults

    with api.open_workspace(workspace) as opened:
        faults = database_faults(opened)
    if faults is None:
        return []
    return [
        {
            "what": "a database role that can only read and append",
            "available": not faults,
            "next_step": f"{'; '.join(faults)}: connect as the application role that "
            "ftgov database setup-sql makes",
        }
    ]


def _pango() -> dict[str, object]:
    from ftgov.reports.pdf import missing_libraries

    try:
        missing = missing_libraries()
    except MissingExtra as fault:
        missing = fault.next_step
    return {
        "what": "the system libraries of the PDF report",
        "available": not missing,
        "next_step": missing or "",
    }


COMMAND = doctor
