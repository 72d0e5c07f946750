"""`ftgov check`: judge a model's audit by release policies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.errors import ExitCode, FtgovError
from ftgov.records.decision import Decision

_STATUS = {"pass": ExitCode.DONE, "fail": ExitCode.GATE_FAILED, "error": ExitCode.NOT_ASSESSABLE}
_STYLE = {"pass": "good", "fail": "bad", "warn": "weak", "waived": "weak", "error": "bad"}


@command("ftgov check honest", "ftgov check honest --policy gates/ours.yaml --format json")
@click.argument("model")
@click.option("--policy", "policies", multiple=True, help="A gate by path or name; repeatable.")
@click.option("--system", help="The system it is judged for, where it serves several.")
@click.option("--as-of", help="The time that policies see as now, RFC 3339 UTC.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here.")
@workspace_option
@actor_option
@click.pass_context
def check(
    ctx: click.Context,
    console: Console,
    model: str,
    policies: tuple[str, ...],
    system: str | None,
    as_of: str | None,
    form: str,
    output: Path | None,
    workspace: Path,
    actor: str,
) -> None:
    """Judge MODEL's audit by release policies; runs no analyzer.

    Exit status 0 if every rule holds, 11 if one fails, 12 if one can't be assessed.
    """
    from ftgov import api

    with api.open_workspace(workspace) as opened:
        result = api.check(
            opened, model, policies=policies, system=system, as_of=as_of, actor=actor
        )
    plain = {
        "model": model,
        "verdict": result.verdict,
        "decisions": [decision.model_dump(mode="json") for decision in result.decisions],
    }
    if output:
        in_file = _lines(replace(console, color=False), model, result)
        _write(output, json.dumps(plain) if form == "json" else "\n".join(in_file))
        if console.as_json:
            console.result(plain, ())
    else:
        shown = replace(console, as_json=form == "json" or console.as_json)
        shown.result(plain, _lines(console, model, result))
    ctx.exit(_STATUS[result.verdict])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as fault:
        raise FtgovError(
            f"The file {path} cannot be written.", why=str(fault), next_step="Choose another."
        ) from fault


def _decision(console: Console, decision: Decision) -> list[str]:
    mark = console.style(f"{decision.outcome:>6}", _STYLE[decision.outcome])
    lines = [f"{mark}  {decision.rule}  {inert(decision.title)}"]
    if decision.outcome != "pass":
        lines.append(f"        {inert(decision.message)}")
        if decision.remedy:
            lines.append(console.style(f"        to change it: {inert(decision.remedy)}", "quiet"))
        digests = dict.fromkeys(d[7:19] for figure in decision.figures for d in figure.evidence)
        if digests:
            lines.append(console.style(f"        evidence: {', '.join(digests)}", "quiet"))
    return lines


def _lines(console: Console, model: str, result: Any) -> list[str]:
    lines = [line for decision in result.decisions for line in _decision(console, decision)]
    verdict = console.style(result.verdict.upper(), _STYLE[result.verdict])
    failed = [d.rule for d in result.decisions if d.outcome in {"fail", "error"}]
    why = f" ({', '.join(failed)})" if failed else ""
    return [*lines, "", f"{model}: {verdict}{why}"]


COMMAND = check
