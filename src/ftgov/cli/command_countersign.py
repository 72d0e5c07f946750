"""`ftgov countersign`: agree with another party's report, or dissent with reasons."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.errors import UsageError

_PATH = click.Path(path_type=Path)


@command(
    "ftgov countersign bundle --trust trust --name 'Jo Doe, community auditor'",
    "ftgov countersign bundle.zip --trust trust --name Jo --dissent --reason 'no group of 65+'",
)
@click.argument("bundle", type=_PATH)
@click.option("--trust", type=_PATH, required=True, help="The trust pack of the report's signer.")
@click.option("--trust-root", help="Fingerprint of the key that signed the trust pack.")
@click.option("--name", required=True, help="Who you are, in your own words.")
@click.option("--dissent", is_flag=True, help="Sign that you do not agree.")
@click.option("--reason", "reasons", multiple=True, help="Why not; may be given again.")
@click.option("--key", default="release", show_default=True, help="Your signing key's name.")
@click.option("--tsa", envvar="FTGOV_TSA", metavar="URL", help="Ask this RFC 3161 authority.")
@click.option(
    "--tsa-certificates",
    envvar="FTGOV_TSA_CERTIFICATES",
    type=click.Path(path_type=Path, dir_okay=False),
    help="PEM of the authority's root, where your workspace's trust pack lacks it.",
)
@passphrase_option
@workspace_option
def countersign(
    console: Console,
    /,
    bundle: Path,
    trust: Path,
    trust_root: str | None,
    name: str,
    dissent: bool,
    reasons: tuple[str, ...],
    workspace: Path,
    **signing: str | Path | None,
) -> None:
    """Sign agreement with BUNDLE's report about the same files, or dissent with reasons.

    The signature is one more file in the bundle. An agreement is refused unless the bundle is
    valid. Your key comes from your own workspace: `ftgov init`, then `ftgov keys new`.
    """
    from ftgov import api
    from ftgov.api.countersigning import countersign as countersign_it
    from ftgov.api.keys import load_key
    from ftgov.api.seals import timestamp_service

    if dissent != bool(reasons):
        raise UsageError(
            "A dissent has reasons, and an agreement has none.",
            next_step="Give --dissent and --reason TEXT together, or neither.",
        )
    passphrase = read_passphrase(_path(signing["passphrase_file"]))
    with api.open_workspace(workspace) as opened:
        key = load_key(opened, str(signing["key"]), passphrase)
        tsa, roots = signing["tsa"], _path(signing["tsa_certificates"])
        service = timestamp_service(opened, str(tsa), roots) if tsa else None
    made = countersign_it(
        bundle,
        trust,
        key=key,
        name=name,
        reasons=reasons,
        trust_root=trust_root,
        service=service,
    )
    console.result(made, [f"{made.kind} by {made.spki}", f"  {made.bundle}: {made.file}"])


def _path(value: str | Path | None) -> Path | None:
    return Path(value) if value is not None else None


COMMAND = countersign
