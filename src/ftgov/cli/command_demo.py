"""`ftgov demo`: from nothing to signed and verified reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console
from ftgov.cli.options import command
from ftgov.errors import InvalidBundle


@command("ftgov demo", "ftgov demo my-first-report --json")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("ftgov-demo"))
@click.pass_context
def demo(ctx: click.Context, console: Console, folder: Path) -> None:
    """Run the recorded fine-tune to signed, verified reports in a new FOLDER.

    Needs no key, no network and no prompt. Everything is computed from the recorded answers.
    """
    from ftgov import api

    made = api.demo(folder, progress=console.progress)
    for missing in dict.fromkeys(result.files.pdf_missing for result in made.results):
        if missing:
            console.warn(f"no PDF was written. {missing}")
    console.result(_plain(made), _lines(console, made))
    if any(result.verification.verdict != "valid" for result in made.results):
        fault = InvalidBundle(
            "A bundle of the demonstration does not verify.",
            next_step="Run ftgov verify on it and read the layer that fails.",
        )
        console.complain(fault)
        ctx.exit(fault.exit_code)


def _plain(made: Any) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "trust": str(made.trust),
        "models": [
            {
                "name": result.model,
                "verdict": result.files.dossier.verdict,
                "failed": _failed(result),
                "verification": result.verification.verdict,
                "report": str(result.files.folder),
                "pdf_missing": result.files.pdf_missing,
            }
            for result in made.results
        ],
    }


def _failed(result: Any) -> list[str]:
    return [d.rule for d in result.files.dossier.decisions if d.outcome in {"fail", "error"}]


def _lines(console: Console, made: Any) -> list[str]:
    width = max(len(result.model) for result in made.results)
    lines = ["", console.style("Release verdicts", "strong")]
    for result in made.results:
        verdict = result.files.dossier.verdict
        mark = console.style(f"{verdict.upper():5}", "good" if verdict == "pass" else "bad")
        why = ", ".join(_failed(result)) or "every rule of the gate holds"
        lines.append(f"  {result.model:{width}}  {mark}  {why}")
        lines.append(
            console.style(f"  {'':{width}}         bundle {result.verification.verdict}", "quiet")
        )
    first = made.results[0].files
    shown = "report.html" if first.pdf_missing else "report.pdf"
    lines += ["", console.style("Open next", "strong")]
    lines += [f"  {result.files.folder / shown}" for result in made.results]
    failing = next((r for r in made.results if r.files.dossier.verdict != "pass"), made.results[0])
    lines += [
        "",
        console.style("Try next", "strong"),
        f"  ftgov check {failing.model} --workspace {made.folder}",
        f"  ftgov verify {failing.files.folder / 'bundle'} --trust {made.trust.parent} --recompute",
        f"  ftgov lineage {failing.model} --workspace {made.folder}",
    ]
    return lines


COMMAND = demo
