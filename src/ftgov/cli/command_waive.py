"""`ftgov waive`: accept a failed rule for a time; two people sign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.secrets import passphrase_option, signing_key
from ftgov.cli.trust_options import key_option, stamp_of, stamp_option, trust_options
from ftgov.cli.waiver_text import terms_lines
from ftgov.errors import UsageError

if TYPE_CHECKING:
    from ftgov.api.signed import Trust
    from ftgov.api.waivers import Ask
    from ftgov.records.waiver import VerifiedWaiver
    from ftgov.signing.envelope import Stamp
    from ftgov.signing.keys import SigningKey
    from ftgov.store.workspace import Workspace


@command(
    "ftgov waive FTG-QUAL-001 --model honest --expires 2027-01-10 --reason 'Checked by hand' "
    "--key ada",
    "ftgov waive --approve ftg-qual-001.3f2a9c1b.1 --key ben",
    "ftgov waive --list --model honest",
)
@click.argument("policy", required=False)
@click.option("--model", help="The model it is for; with --list, whose waivers.")
@click.option("--expires", metavar="DATE", help="The day on which it ends, at most 90 days away.")
@click.option("--reason", help="Why the failure is acceptable until then.")
@click.option("--conditions", help="What must be done meanwhile.")
@click.option("--max-uses", type=click.IntRange(1), help="How many assessments may use it.")
@click.option(
    "--versions",
    type=(click.IntRange(1), click.IntRange(1)),
    help="First and last version of the rule; by default the present one.",
)
@click.option("--gate", "gates", multiple=True, help="Where the rule stands, if not by default.")
@click.option("--system", help="The system it is for, where the model serves several.")
@click.option("--approve", metavar="WAIVER", help="Approve this waiver; not its author's key.")
@click.option("--list", "listing", is_flag=True, help="List the waivers of --model, verified.")
@key_option
@stamp_option
@passphrase_option
@trust_options
@workspace_option
@actor_option
def waive(
    console: Console,
    policy: str | None,
    model: str | None,
    expires: str | None,
    reason: str | None,
    conditions: str | None,
    max_uses: int | None,
    versions: tuple[int, int] | None,
    gates: tuple[str, ...],
    system: str | None,
    approve: str | None,
    listing: bool,
    key: str,
    tsa: str | None,
    passphrase_file: Path | None,
    trust: Path | None,
    trust_root: str | None,
    workspace: Path,
    actor: str,
) -> None:
    """Accept that the rule POLICY fails for a model, for a time and with a reason.

    The author signs first; it counts once another person approves it under another key, in another
    role. It holds for the model's present weights in one system, for the rule as it is written now,
    and only for failures: what could not be assessed is never waived.
    """
    from ftgov import api
    from ftgov.api.signed import Trust
    from ftgov.api.waivers import Ask

    with api.open_workspace(workspace) as opened:
        by = _By(Trust(trust, trust_root), actor, stamp_of(opened, tsa))
        if listing:
            _list(console, opened, _named("--model", model), system, by)
            return
        if approve:
            _show(console, opened, approve)
            _approve(console, opened, approve, signing_key(opened, key, passphrase_file), by)
            return
        signing = signing_key(opened, key, passphrase_file)
        rule, until = _named("POLICY", policy), _named("--expires", expires)
        why = _named("--reason", reason)
        ask = Ask(rule, until, why, conditions, max_uses, versions, gates)
        _ask(console, opened, _Wanted(_named("--model", model), system, ask), signing, by)


class _By(NamedTuple):
    """By which trust pack, who acts, and what stamps the time."""

    trust: Trust
    actor: str
    stamp: Stamp | None


class _Wanted(NamedTuple):
    """A waiver that is asked for, and for which model."""

    model: str
    system: str | None
    ask: Ask


def _named(option: str, value: str | None) -> str:
    if value is None:
        raise UsageError(f"{option} is missing.", next_step="See ftgov waive --help.")
    return value


def _list(console: Console, opened: Workspace, model: str, system: str | None, by: _By) -> None:
    from ftgov.api.waivers import proposed, waivers_for

    found = waivers_for(opened, model, system=system, trust=by.trust)
    plain = [each.model_dump(mode="json") for each in found]
    lines: list[str] = []
    for each in found:
        failing = proposed(opened, each.terms.name).failing
        lines += [_line(each), *terms_lines(each.terms, failing)]
    console.result({"waivers": plain}, lines or ["There is no waiver."])


def _show(console: Console, opened: Workspace, name: str) -> None:
    """Show all that an approver signs, before they open their key."""
    from ftgov.api.waivers import proposed

    found = proposed(opened, name)
    lines = [f"You sign the waiver {name}:", *terms_lines(found.terms, found.failing)]
    if not console.as_json:
        console.result(None, lines)
    else:
        for line in lines:
            console.progress(line)


def _approve(console: Console, opened: Workspace, name: str, key: SigningKey, by: _By) -> None:
    from ftgov.api.waivers import approve_waiver

    approved = approve_waiver(
        opened, name, key=key, trust=by.trust, timestamp=by.stamp, actor=by.actor
    )
    console.result(approved, [_line(approved)])


def _ask(console: Console, opened: Workspace, wanted: _Wanted, key: SigningKey, by: _By) -> None:
    from ftgov.api.waivers import waive as asked

    made = asked(
        opened,
        wanted.model,
        wanted.ask,
        key=key,
        system=wanted.system,
        trust=by.trust,
        timestamp=by.stamp,
        actor=by.actor,
    )
    lines = [
        f"{made.name} waits for an approver, and ends on {made.expires_at}",
        f"Next, another person: ftgov waive --approve {made.name} --key THEIRS",
    ]
    console.result(made, lines)


def _line(waiver: VerifiedWaiver) -> str:
    terms = waiver.terms
    people = f"by {waiver.author or 'nobody'}, approved by {waiver.approver or 'nobody'}"
    state = f"does not count: {waiver.fault}" if waiver.fault else people
    return inert(f"{terms.name}  {terms.rule}  until {terms.expires_at}  {state}")


COMMAND = waive
