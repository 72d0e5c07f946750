"""`ftgov keys trust-pack|rotate|revoke|chain`: whose keys count, version after version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.cli.secrets import passphrase_option, signing_key
from ftgov.errors import UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)
_root_option = click.option("--root", help="The key that signs the pack; by default its root.")
_pack_option = click.option(
    "--pack", type=_FILE, help="The trust pack; by default the workspace's own."
)


def _pairs(given: tuple[str, ...], option: str, example: str) -> list[tuple[str, str]]:
    """Return NAME=VALUE arguments as pairs."""
    found = [text.partition("=") for text in given]
    if any(not name or not mark or not value for name, mark, value in found):
        raise UsageError(f"{option} takes a name and a value.", next_step=f"{option} {example}")
    return [(name, value) for name, _, value in found]


@command(
    "ftgov keys trust-pack --holder 'Jo Doe' --output trust/trust-pack.json",
    "ftgov keys trust-pack --key board --holder 'Ann Lee' --role approver --output t.json",
    "ftgov keys trust-pack --tsa-certificates tsa.pem --timestamp-required --output t.json",
    name="trust-pack",
)
@click.option("--key", default="release", show_default=True, help="The key to list, by name.")
@click.option("--certificate", type=_FILE, help="PEM of somebody else's key, to list that.")
@click.option("--holder", help="The person or body that holds the key.")
@click.option("--role", default="release-signer", show_default=True)
@click.option("--valid-days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option(
    "--output", type=_FILE, required=True, help="The pack; one there gets a version more."
)
@_root_option
@click.option("--threshold", multiple=True, metavar="ROLE=N", help="How many people must sign.")
@click.option("--tsa-certificates", type=_FILE, multiple=True, help="PEM of an authority's root.")
@click.option("--timestamp-required", is_flag=True, help="Believe no time that is only claimed.")
@click.option("--witness", multiple=True, metavar="NAME=KEY", help="Who cosigns tree heads.")
@click.option("--witnesses-required", type=click.IntRange(0, 100), help="How many must have.")
@passphrase_option
@workspace_option
def trust_pack(
    console: Console,
    key: str,
    certificate: Path | None,
    holder: str | None,
    role: str,
    valid_days: int,
    output: Path,
    root: str | None,
    passphrase_file: Path | None,
    workspace: Path,
    **terms: Any,
) -> None:
    """Write the trust pack that names a key, or the next version of one that is there.

    Give it to the auditor apart from any bundle. It says who may sign, in which role and until
    when, and whose time stamps, logs and witnesses count.
    """
    from ftgov import api
    from ftgov.api import packs_written
    from ftgov.api.keys import certificate_of, key_certificate, read_certificate, spki_of

    with api.open_workspace(workspace) as opened:
        listed = None
        if holder is not None:
            if certificate is not None:
                own = read_certificate(certificate)
            elif spki_of(opened, key) is not None:
                own = key_certificate(opened, key)
            else:  # of a key that an earlier version made
                own = certificate_of(opened, signing_key(opened, key, passphrase_file))
            fields = {"holder": holder, "role": role, "valid_days": valid_days}
            listed = packs_written.Listed(own, None if certificate else key, fields)
        written = packs_written.write_pack(
            opened,
            output,
            listed,
            _changes(terms),
            root=lambda name: signing_key(opened, name, passphrase_file),
            root_name=root,
        )
    plain = {"trust_pack": str(output), "root": written.root, "version": written.version}
    lines = [
        f"trust pack {output}, version {written.version}",
        f"root {written.root}",
        "Pin it: ftgov verify --trust-root " + written.root,
    ]
    console.result(plain, lines)


def _changes(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the options say of a pack's terms, by field; only what was said."""
    from ftgov.api.seals import authority_of
    from ftgov.signing.trust import TrustedWitness

    changes: dict[str, Any] = {}
    if given["threshold"]:
        pairs = _pairs(given["threshold"], "--threshold", "release-signer=2")
        if not all(number.isascii() and number.isdigit() for _, number in pairs):
            raise UsageError("--threshold takes a number.", next_step="--threshold approver=2")
        changes["thresholds"] = {role: int(number) for role, number in pairs}
    if given["tsa_certificates"]:
        changes["authorities"] = tuple(authority_of(path) for path in given["tsa_certificates"])
    if given["timestamp_required"]:
        changes["timestamp_required"] = True
    if given["witness"]:
        pairs = _pairs(given["witness"], "--witness", "court=court.example+1a2b3c4d+AT...")
        try:
            changes["witnesses"] = tuple(TrustedWitness(name=n, key=key) for n, key in pairs)
        except ValueError as fault:
            why = str(fault).splitlines()[-1]
            raise UsageError("A --witness has no sound key.", why=why) from fault
    if given["witnesses_required"] is not None:
        changes["witnesses_required"] = given["witnesses_required"]
    return changes


@command(
    "ftgov keys revoke release --reason superseded",
    "ftgov keys revoke release --reason keyCompromise --at 2026-11-20T00:00:00Z",
)
@click.argument("key", metavar="NAME|FINGERPRINT")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(
        [
            "keyCompromise",
            "affiliationChanged",
            "superseded",
            "cessationOfOperation",
            "privilegeWithdrawn",
            "unspecified",
        ]
    ),
)
@click.option("--at", metavar="TIME", help="From when; by default now. RFC 3339 in UTC.")
@_pack_option
@_root_option
@passphrase_option
@workspace_option
def revoke(
    console: Console,
    key: str,
    reason: str,
    at: str | None,
    pack: Path | None,
    root: str | None,
    passphrase_file: Path | None,
    workspace: Path,
) -> None:
    """Write the trust pack's next version, in which a key is revoked."""
    from ftgov import api
    from ftgov.api.clock import moment_of
    from ftgov.api.keys import spki_of, workspace_pack
    from ftgov.api.trust_packs import revoke as revoke_it
    from ftgov.api.trust_packs import root_name

    with api.open_workspace(workspace) as opened:
        path = pack or workspace_pack(opened)
        spki = key if key.startswith("sha256:") else spki_of(opened, key)
        if spki is None:
            raise UsageError(
                f"No fingerprint is known of a key '{key}'.",
                next_step="Give the fingerprint, sha256:..., as the trust pack has it.",
            )
        signer = signing_key(opened, root_name(opened, path, root), passphrase_file)
        since = moment_of(at).text if at else None
        written = revoke_it(path, signer, spki, reason, at=since)
    plain = {"trust_pack": str(path), "version": written.version, "revoked": spki}
    console.result(plain, [f"revoked {spki}: {reason}", f"{path}, version {written.version}"])


@command("ftgov keys rotate release", "ftgov keys rotate release --valid-days 90 --root board")
@click.argument("name", default="release")
@click.option("--valid-days", type=click.IntRange(1, 3650), default=365, show_default=True)
@_pack_option
@_root_option
@passphrase_option
@workspace_option
def rotate(
    console: Console,
    name: str,
    valid_days: int,
    pack: Path | None,
    root: str | None,
    passphrase_file: Path | None,
    workspace: Path,
) -> None:
    """Make a new key in the place of NAME, and the trust pack's next version.

    The old key is kept under another name and revoked as superseded: what it signed still counts.
    """
    from ftgov import api
    from ftgov.api.keys import workspace_pack
    from ftgov.api.trust_packs import root_name
    from ftgov.api.trust_packs import rotate as rotate_it
    from ftgov.cli.secrets import unlocking

    with api.open_workspace(workspace) as opened:
        path = pack or workspace_pack(opened)
        made = rotate_it(
            opened,
            name,
            path,
            passphrase=unlocking(opened, name, passphrase_file),
            root=root_name(opened, path, root),
            valid_days=valid_days,
        )
    plain = {
        "name": name,
        "spki": made.new,
        "old_name": made.old_name,
        "old_spki": made.old,
        "trust_pack": str(path),
        "version": made.pack.version,
    }
    lines = [
        f"key '{name}' {made.new}",
        f"the old one is '{made.old_name}', revoked as superseded",
        f"{path}, version {made.pack.version}; give it to everyone who has the version before",
    ]
    console.result(plain, lines)


@command(
    "ftgov keys chain trust/trust-pack.v1.json trust/trust-pack.json",
    "ftgov keys chain old.json new.json --json",
)
@click.argument("packs", nargs=-1, required=True, type=_FILE)
def chain(console: Console, packs: tuple[Path, ...]) -> None:
    """Check that trust packs follow each other, oldest first; status 20 if they don't."""
    from ftgov.api.trust_packs import check_versions

    terms = check_versions(packs)
    revoked = [key for key in terms.keys if key.revoked_at is not None]
    plain = {
        "version": terms.version,
        "issued_at": terms.issued_at,
        "root": terms.root.spki,
        "revoked": [{"spki": k.spki, "at": k.revoked_at, "reason": k.reason} for k in revoked],
    }
    lines = [f"version {terms.version} of {terms.issued_at} follows; root {terms.root.spki}"]
    lines += [
        f"  {inert(key.holder)} as {key.role}: revoked at {key.revoked_at} ({key.reason})"
        for key in revoked
    ]
    console.result(plain, lines)
