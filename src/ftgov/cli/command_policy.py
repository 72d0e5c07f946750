"""`ftgov policy`: lint, test and sign release policies."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.cli.trust_options import key_option
from ftgov.errors import ExitCode, FtgovError


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


@command(
    "ftgov policy bundle gates/ours.yaml --name ours --key owner --output ours.tar",
    "ftgov policy bundle baseline gates/ours.yaml --name ours --version 2 --key owner "
    "--output ours.tar",
    name="bundle",
)
@click.argument("gates", nargs=-1, required=True)
@click.option("--name", required=True, help="What the bundle is called.")
@click.option("--version", type=click.IntRange(1), default=1, show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@key_option
@passphrase_option
@workspace_option
def bundle(
    console: Console,
    gates: tuple[str, ...],
    name: str,
    version: int,
    output: Path,
    key: str,
    passphrase_file: Path | None,
    workspace: Path,
) -> None:
    """Sign GATES, by path or name, as one file that others can check by.

    A gate with a fault is refused. Others name the file with --policy; it counts where their trust
    pack lists the key in the role policy-owner.
    """
    from ftgov import api
    from ftgov.api.keys import load_key
    from ftgov.api.policies import sound_texts
    from ftgov.api.policy_bundles import bundle_policies

    texts = sound_texts(gates)
    with api.open_workspace(workspace) as opened:
        signing = load_key(opened, key, read_passphrase(passphrase_file))
    content = bundle_policies(texts, name=name, version=version, key=signing)
    try:
        output.write_bytes(content)
    except OSError as fault:
        raise FtgovError(
            f"The file {output} cannot be written.", why=str(fault), next_step="Choose another."
        ) from fault
    plain = {"bundle": str(output), "name": name, "version": version, "gates": sorted(texts)}
    console.result(
        {**plain, "spki": signing.spki},
        [f"{output}: {', '.join(sorted(texts))}", f"Next: ftgov check MODEL --policy {output}"],
    )


COMMAND = ExampleGroup(
    "policy",
    [lint, test, bundle],
    "Lint, test and sign release policies.",
    "ftgov policy lint gates/ours.yaml",
    "ftgov policy test gates/ours.yaml",
)
