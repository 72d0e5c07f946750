"""`ftgov sign-off`: approve or reject a model's assessment, in a role, under a key."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.cli.trust_options import key_option, stamp_of, stamp_option, trust_options


@command(
    "ftgov sign-off honest --role risk-owner --decision approve --key ada",
    "ftgov sign-off honest --role risk-owner --decision reject --reason 'Too few rows' --key ada",
    name="sign-off",
)
@click.argument("model")
@click.option("--role", required=True, help="The role that the trust pack gives your key.")
@click.option("--decision", type=click.Choice(["approve", "reject"]), required=True)
@click.option("--reason", default="", help="Why.")
@click.option("--system", help="The system it is about, where the model serves several.")
@key_option
@stamp_option
@passphrase_option
@trust_options
@workspace_option
@actor_option
def sign_off(
    console: Console,
    model: str,
    role: str,
    decision: Literal["approve", "reject"],
    reason: str,
    system: str | None,
    key: str,
    tsa: str | None,
    passphrase_file: Path | None,
    trust: Path | None,
    trust_root: str | None,
    workspace: Path,
    actor: str,
) -> None:
    """Sign a decision on MODEL's current assessment.

    It speaks of that assessment alone: a new audit needs new sign-offs. A later one under the same
    key replaces it. Policies see whose it is and in which role, by the trust pack.
    """
    from ftgov import api
    from ftgov.api.keys import load_key
    from ftgov.api.sign_offs import sign_off as sign
    from ftgov.api.signed import Trust

    with api.open_workspace(workspace) as opened:
        made = sign(
            opened,
            model,
            role=role,
            decision=decision,
            key=load_key(opened, key, read_passphrase(passphrase_file)),
            reason=reason,
            system=system,
            trust=Trust(trust, trust_root),
            timestamp=stamp_of(opened, tsa),
            actor=actor,
        )
    lines = [
        f"{made.decision} as {made.role}, on assessment {made.assessment}",
        f"Next: ftgov check {model}",
    ]
    console.result(made, lines)


COMMAND = sign_off
