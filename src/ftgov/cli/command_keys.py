"""`ftgov keys`: signing keys, and the trust pack that names them."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.keys_trust import chain, revoke, rotate, trust_pack
from ftgov.cli.options import ExampleGroup, command, workspace_option
from ftgov.cli.secrets import VARIABLE, ask_passphrase, passphrase_option, read_passphrase
from ftgov.errors import UsageError


@command(
    "ftgov keys new release --holder 'Jo Doe' --passphrase-file p.txt",
    "ftgov keys new board --uri 'hsm:2?label=board' --passphrase-file pin.txt",
    "ftgov keys new demo --unencrypted",
)
@click.argument("name", default="release")
@passphrase_option
@click.option("--unencrypted", is_flag=True, help="Leave the key file without a passphrase.")
@click.option("--holder", help="Whom PDF readers show as the signer.")
@click.option("--uri", help="The address of a key in a token or a cloud: hsm:2?label=TOKEN.")
@click.option(
    "--public",
    type=click.Path(path_type=Path, dir_okay=False),
    help="PEM of the public half, for a key in a cloud.",
)
@workspace_option
def new(
    console: Console,
    name: str,
    passphrase_file: Path | None,
    unencrypted: bool,
    holder: str | None,
    uri: str | None,
    public: Path | None,
    workspace: Path,
) -> None:
    """Make the ECDSA P-256 signing key NAME, in a file that its owner alone can read.

    With --uri the key stays in its token or cloud, and only its address is kept.
    """
    from ftgov import api
    from ftgov.api.keys import register_key

    secret = read_passphrase(passphrase_file)
    if secret is None and not unencrypted and (uri is None or uri.startswith("hsm:")):
        secret = ask_passphrase("PIN" if uri else "New passphrase", confirm=not uri)
        if secret is None and uri is None:
            raise UsageError(
                "A key needs a passphrase.",
                next_step=f"Give --passphrase-file, set {VARIABLE}, or say --unencrypted.",
            )
    if unencrypted:
        secret = None
    with api.open_workspace(workspace) as opened:
        if uri is None:
            key = api.new_key(opened, name, secret, holder=holder)
        else:
            key = register_key(opened, name, uri, secret, public=public, holder=holder)
    plain = {"name": name, "spki": key.spki, "address": uri}
    console.result(plain, [f"key '{name}' {key.spki}", "Next: ftgov keys trust-pack --help"])


@command("ftgov keys list", "ftgov keys list --workspace loans --json", name="list")
@workspace_option
def list_(console: Console, workspace: Path) -> None:
    """List the signing keys of the workspace, and how its trust pack sees them."""
    from ftgov import api
    from ftgov.api.key_list import list_keys

    with api.open_workspace(workspace) as opened:
        found = list_keys(opened)
    lines = []
    for key in found:
        lines.append(f"{key.name}  {key.spki or 'fingerprint unknown'}")
        where = key.address or ("encrypted file" if key.encrypted else "unencrypted file")
        lines.append(f"    {where}; {key.standing}")
    plain = {"keys": [key.name for key in found], "details": [key._asdict() for key in found]}
    console.result(plain, lines or ["There is no key. Next: ftgov keys new release"])


COMMAND = ExampleGroup(
    "keys",
    [new, list_, rotate, revoke, trust_pack, chain],
    "Make, list, rotate and revoke signing keys; write trust packs.",
    "ftgov keys new release --passphrase-file p.txt",
    "ftgov keys trust-pack --holder 'Jo Doe' --output trust/trust-pack.json",
)
