"""`ftgov audit`: run the analyzers on a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.errors import ExitCode
from ftgov.records.finding import Finding

_MARKS = {
    "pass": ("pass", "good"),
    "fail": ("fail", "bad"),
    "inconclusive": ("inconclusive", "weak"),
    "measured": ("measured", "strong"),
    "not_assessed": ("not assessed", "weak"),
    "not_applicable": ("n/a", "quiet"),
}
_NOTHING_SEEN = {"not_assessed", "not_applicable"}


@command("ftgov audit honest", "ftgov audit honest --analyzer group_fairness --json")
@click.argument("model")
@click.option("--system", help="The system it is audited for, where it serves several.")
@click.option("--analyzer", "analyzers", multiple=True, help="Run only this one; repeatable.")
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Nominal coverage of the intervals.",
)
@click.option("--law-pack", help="The law pack's id; by default the one in force today.")
@workspace_option
@actor_option
@click.pass_context
def audit(
    ctx: click.Context,
    console: Console,
    model: str,
    system: str | None,
    analyzers: tuple[str, ...],
    confidence: float,
    law_pack: str | None,
    workspace: Path,
    actor: str,
) -> None:
    """Run the analyzers on MODEL and keep the assessment.

    Exit status 10 if a finding of severity error was made, be it that an analyzer broke; 3 if
    nothing at all could be assessed.
    """
    from ftgov import api
    from ftgov.records.dossier import AnalysisSettings

    with api.open_workspace(workspace) as opened:
        console.progress(f"auditing {model}")
        assessment = api.audit(
            opened,
            model,
            system=system,
            analyzers=analyzers,
            settings=AnalysisSettings(confidence=confidence),
            law_pack=law_pack,
            actor=actor,
        )
    lines = []
    for finding in assessment.findings:
        word, style = _MARKS[finding.outcome]
        lines.append(f"{console.style(f'{word:>12}', style)}  {inert(finding.title)}")
        lines.append(f"{'':12}  {inert(finding.summary)}")
    if assessment.classification:
        lines.append(f"{'law':>12}  {assessment.classification.overall.replace('_', ' ')}")
    console.result(assessment, [*lines, "", f"Next: ftgov check {model}"])
    ctx.exit(status_of(assessment.findings))


def status_of(findings: Sequence[Finding]) -> ExitCode:
    """Return the exit status of an audit.

    An error counts whatever its outcome is: an analyzer that broke, or evidence that could not be
    read, may hide the very failure that was looked for.
    """
    if any(finding.severity == "error" for finding in findings):
        return ExitCode.FINDINGS
    if all(finding.outcome in _NOTHING_SEEN for finding in findings):
        return ExitCode.NOTHING_TO_AUDIT
    return ExitCode.DONE


COMMAND = audit
