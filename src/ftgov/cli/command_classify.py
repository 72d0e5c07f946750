"""`ftgov classify`: a system under the EU AI Act, on a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import ExitCode
from ftgov.records.law import Classification, RegimeClassification

if TYPE_CHECKING:
    from ftgov.law.facts import Unstated


@command(
    "ftgov classify --facts system.yaml",
    "ftgov classify --facts system.yaml --law-as-of 2027-12-02 --json",
)
@click.option("--facts", type=click.Path(path_type=Path), help="YAML with the facts.")
@click.option("--system", help="A system recorded in the workspace, instead of --facts.")
@click.option(
    "--unstated", type=click.Choice(["no", "unknown"]), default="unknown", show_default=True
)
@click.option("--law-pack", help="The law pack's id; by default the one in force on the day.")
@click.option("--law-as-of", help="The day, YYYY-MM-DD; by default today.")
@workspace_option
@click.pass_context
def classify(
    ctx: click.Context,
    console: Console,
    facts: Path | None,
    system: str | None,
    unstated: Unstated,
    law_pack: str | None,
    law_as_of: str | None,
    workspace: Path,
) -> None:
    """Classify a system under the EU AI Act, or another law, from facts; not legal advice.

    Exit status 12 if a missing fact leaves the class undetermined.
    """
    from ftgov.api.classification import Asked, classify_asked
    from ftgov.api.clock import now_text
    from ftgov.api.law import classify_regime_file, regime_of

    as_of = law_as_of or now_text()[:10]
    other = regime_of(law_pack)
    if other is not None and facts is not None and system is None:
        found = classify_regime_file(facts, other, as_of=as_of, unstated=unstated)
        console.result(found, _regime_lines(console, found))
        ctx.exit(ExitCode.NOT_ASSESSABLE if found.overall == "undetermined" else ExitCode.DONE)
    asked = Asked(facts, system, workspace, unstated)
    result = classify_asked(asked, as_of=as_of, pack_id=law_pack)
    console.result(result, _lines(console, result))
    if result.overall == "undetermined":
        ctx.exit(ExitCode.NOT_ASSESSABLE)


def _row(name: str, value: object) -> str:
    shown = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"  {name:22}{inert(shown)}"


def _lines(console: Console, result: Classification) -> list[str]:
    title = result.overall.replace("_", " ")
    lines = [f"{console.style(title, 'strong')}  (as of {result.as_of}, {result.pack})", ""]
    rows = {
        "roles": result.roles,
        "high-risk route": result.high_risk_route,
        "high-risk from": result.high_risk_from,
        "prohibited now": result.prohibited_now,
        "prohibited later": result.prohibited_later,
        "transparency": result.transparency,
        "model role": result.gpai_role,
        "register under": result.register_under,
        "missing facts": result.missing,
    }
    lines += [_row(name, value) for name, value in rows.items() if value]
    lines += ["", "Why"]
    lines += [f"  {inert(why.reference)}: {inert(why.text)}" for why in result.why]
    today = [duty for duty in result.obligations if duty.applies_today]
    later = len(result.obligations) - len(today)
    still = f", {len(result.obligations_open)} open" if result.obligations_open else ""
    lines += ["", f"Obligations: {len(today)} apply on that day, {later} later or contested{still}"]
    for duty in result.obligations:
        lines.append(f"  {duty.id:9} {duty.applies_from or 'open':10}  {inert(duty.reference)}")
    return [
        *lines,
        "",
        "Not legal advice: a reading of dated rules from the facts that were given.",
    ]


def _regime_lines(console: Console, found: RegimeClassification) -> list[str]:
    title = console.style(found.overall.replace("_", " "), "strong")
    lines = [f"{title}  (as of {found.as_of}, {found.pack})"]
    if found.missing:
        lines.append(_row("missing facts", found.missing))
    lines += ["", "Why"]
    lines += [f"  {inert(why.reference)}: {inert(why.text)}" for why in found.why]
    lines += ["", f"Obligations: {len(found.obligations)}"]
    for duty in found.obligations:
        lines.append(f"  {duty.id:9} {duty.applies_from}  {inert(duty.text)} ({duty.reference})")
    note = f" {found.note}" if found.note else ""
    return [*lines, "", f"Not legal advice.{note}"]


COMMAND = classify
