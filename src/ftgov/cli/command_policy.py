"""`ftgov policy`: lint and test release policies."""

from __future__ import annotations

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, command
from ftgov.errors import ExitCode


@command("ftgov policy lint baseline", "ftgov policy lint gates/ours.yaml")
@click.argument("gates", nargs=-1, required=True)
@click.pass_context
def lint(ctx: click.Context, console: Console, gates: tuple[str, ...]) -> None:
    """Check GATES, by path or name: form, expressions, names of measures, tests present.

    Exit status 2 if a fault was found.
    """
    from ftgov.api.policies import lint_gates

    faults = lint_gates(gates)
    plain = [{"rule": fault.rule, "fault": fault.message} for fault in faults]
    lines = [f"{fault.rule}: {inert(fault.message)}" for fault in faults]
    console.result({"faults": plain}, lines or [f"{', '.join(gates)}: no fault"])
    if faults:
        ctx.exit(ExitCode.USAGE)


@command("ftgov policy test baseline", "ftgov policy test baseline gates/ours.yaml", name="test")
@click.argument("gates", nargs=-1, required=True)
@click.pass_context
def test(ctx: click.Context, console: Console, gates: tuple[str, ...]) -> None:
    """Run the tests inside GATES, by path or name.

    Exit status 11 if a test fails, 12 if a gate holds no tests.
    """
    from ftgov.api.policies import try_gates

    tried = {gate: try_gates([gate]) for gate in gates}
    trials = [trial for each in tried.values() for trial in each]
    untested = [gate for gate, each in tried.items() if not each]
    failed = [trial for trial in trials if not trial.passed]
    plain = [
        {"rule": t.rule, "test": t.name, "passed": t.passed, "detail": t.detail} for t in trials
    ]
    lines = [f"{t.rule} {t.name}: {inert(t.detail)}" for t in failed]
    lines += [f"{gate}: holds no tests" for gate in untested]
    lines.append(f"{len(trials) - len(failed)} of {len(trials)} hold")
    console.result({"tests": plain, "untested": untested}, lines)
    if failed:
        ctx.exit(ExitCode.GATE_FAILED)
    if untested:
        ctx.exit(ExitCode.NOT_ASSESSABLE)


COMMAND = ExampleGroup(
    "policy",
    [lint, test],
    "Lint and test release policies.",
    "ftgov policy lint gates/ours.yaml",
    "ftgov policy test gates/ours.yaml",
)
