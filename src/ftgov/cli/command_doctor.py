"""`ftgov doctor`: what this installation can do, and what is missing for the rest."""

from __future__ import annotations

import importlib.util

from ftgov import __version__
from ftgov.cli.console import Console
from ftgov.cli.options import command
from ftgov.errors import MissingExtra

_EXTRAS = {
    "fairness": ("fairlearn", "group fairness figures"),
    "pdf": ("weasyprint", "the PDF report"),
    "energy": ("codecarbon", "measuring local training runs"),
}


@command("ftgov doctor", "ftgov doctor --json")
def doctor(console: Console) -> None:
    """Say what this installation can do, and the line that brings what is missing."""
    rows = [
        {
            "what": purpose,
            "available": importlib.util.find_spec(module) is not None,
            "next_step": f"pip install 'ftgov[{extra}]'",
        }
        for extra, (module, purpose) in _EXTRAS.items()
    ]
    rows.append(_pango())
    lines = [f"ftgov {__version__}"]
    for row in rows:
        word = console.style("yes", "good") if row["available"] else console.style("no ", "weak")
        hint = "" if row["available"] else f"   {row['next_step']}"
        lines.append(f"  {word}  {row['what']}{hint}")
    console.result({"version": __version__, "checks": rows}, lines)


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
