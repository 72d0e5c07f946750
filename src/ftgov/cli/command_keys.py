"""`ftgov keys`: signing keys, and the trust pack that names them."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import ExampleGroup, command, workspace_option
from ftgov.cli.secrets import VARIABLE, passphrase_option, read_passphrase
from ftgov.errors import UsageError


@command("ftgov keys new release --passphrase-file p.txt", "ftgov keys new demo --unencrypted")
@click.argument("name", default="release")
@passphrase_option
@click.option("--unencrypted", is_flag=True, help="Leave the key file without a passphrase.")
@workspace_option
def new(
    console: Console, name: str, passphrase_file: Path | None, unencrypted: bool, workspace: Path
) -> None:
    """Make the ECDSA P-256 signing key NAME; its file is readable by its owner alone."""
    from ftgov import api

    passphrase = read_passphrase(passphrase_file)
    if passphrase is None and not unencrypted:
        raise UsageError(
            "A key needs a passphrase.",
            next_step=f"Give --passphrase-file, set {VARIABLE}, or say --unencrypted.",
        )
    with api.open_workspace(workspace) as opened:
        key = api.new_key(opened, name, None if unencrypted else passphrase)
    plain = {"name": name, "spki": key.spki}
    console.result(plain, [f"key '{name}' {key.spki}", "Next: ftgov keys trust-pack --help"])


@command("ftgov keys list", "ftgov keys list --workspace loans --json", name="list")
@workspace_option
def list_(console: Console, workspace: Path) -> None:
    """List the signing keys of the workspace."""
    from ftgov import api
    from ftgov.api.keys import key_names

    with api.open_workspace(workspace) as opened:
        names = key_names(opened)
    console.result(
        {"keys": list(names)}, names or ["There is no key. Next: ftgov keys new release"]
    )


@command(
    "ftgov keys trust-pack --holder 'Jo Doe' --output trust/trust-pack.json",
    "ftgov keys trust-pack --key release --holder 'Jo Doe' --valid-days 90 --output t.json",
    name="trust-pack",
)
@click.option("--key", default="release", show_default=True, help="The signing key's name.")
@click.option("--holder", required=True, help="The person or body that holds the key.")
@click.option("--role", default="release-signer", show_default=True)
@click.option("--valid-days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option("--output", type=click.Path(path_type=Path), required=True)
@passphrase_option
@workspace_option
def trust_pack(
    console: Console,
    key: str,
    holder: str,
    role: str,
    valid_days: int,
    output: Path,
    passphrase_file: Path | None,
    workspace: Path,
) -> None:
    """Write the trust pack that names a key; give it to the auditor apart from any bundle."""
    from ftgov import api
    from ftgov.api.keys import load_key
    from ftgov.api.tree_heads import made_log_key

    with api.open_workspace(workspace) as opened:
        signing_key = load_key(opened, key, read_passphrase(passphrase_file))
        log = made_log_key(opened)
    root = api.trust_pack(
        output, key=signing_key, holder=holder, role=role, valid_days=valid_days, log=log
    )
    lines = [f"trust pack {output}", f"root {root}", "Pin it: ftgov verify --trust-root " + root]
    console.result({"trust_pack": str(output), "root": root}, lines)


COMMAND = ExampleGroup(
    "keys",
    [new, list_, trust_pack],
    "Make and list signing keys, write a trust pack.",
    "ftgov keys new release --passphrase-file p.txt",
    "ftgov keys trust-pack --holder 'Jo Doe' --output trust/trust-pack.json",
)
