"""`ftgov train openai`: a hosted fine-tune, its grounds recorded before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option

if TYPE_CHECKING:
    from ftgov.api.hosted_training import Started

_REQUIRED = ("model", "name", "requested_by", "approved_by", "ticket", "purpose")


@command(
    "ftgov train openai train.jsonl --model gpt-4o-mini-2024-07-18 --name tune-7 "
    "--requested-by ann@example.org --approved-by bob@example.org --ticket RISK-12 "
    '--purpose "Sort letters"',
    "ftgov train openai --resume tune-7",
    name="openai",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--model", help="The base model, as OpenAI calls it.")
@click.option("--name", help="The job's name in the workspace.")
@click.option("--requested-by", help="Who wants it; recorded here, never sent.")
@click.option("--approved-by", help="Who approved it, or unknown; recorded here, never sent.")
@click.option("--ticket", help="Where that was agreed; recorded here, never sent.")
@click.option("--purpose", help="What the model is meant for; recorded here, never sent.")
@click.option("--validation-file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--method",
    type=click.Choice(["supervised", "dpo", "reinforcement"]),
    default="supervised",
    show_default=True,
)
@click.option("--suffix", help="A part of the tuned model's name at OpenAI.")
@click.option("--seed", type=int)
@click.option(
    "--hyperparameter", "hyperparameters", multiple=True, metavar="NAME=VALUE", help="Repeatable."
)
@click.option("--metadata", multiple=True, metavar="NAME=VALUE", help="Sent to OpenAI. Repeatable.")
@click.option("--project", help="The project of the key; OpenAI doesn't say it of a job.")
@click.option(
    "--override-special-categories",
    "override",
    metavar="REASON",
    help="Why data with special categories may be sent; recorded.",
)
@click.option("--erasable", is_flag=True, help="Keep the data so that they can be erased.")
@click.option("--resume", metavar="NAME", help="Go on with a recorded wish; looks for it first.")
@click.option(
    "--send-again", is_flag=True, help="With --resume: send what may have been made already."
)
@click.option("--dry-run", is_flag=True, help="Record the wish and send nothing.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file whose first line is the key; else OPENAI_API_KEY, else the keyring.",
)
@click.option("--base-url", help="Where the API begins; else OPENAI_BASE_URL, else OpenAI's own.")
@workspace_option
@actor_option
def train_openai(
    console: Console,
    file: Path | None,
    resume: str | None,
    send_again: bool,
    dry_run: bool,
    key_file: Path | None,
    base_url: str | None,
    workspace: Path,
    actor: str,
    **wanted: Any,
) -> None:
    """Fine-tune on FILE at OpenAI, with requester, approver, ticket, purpose and data recorded.

    They and the digests of the data are in the ledger before anything is sent. The call that costs
    money is sent once, under a nonce; where its answer is lost, the nonce is looked up, and
    `--resume` looks again; what may have been made is sent anew with `--send-again` only. Data with
    declared special categories are not sent without a reason.
    """
    from ftgov.api import open_workspace
    from ftgov.api.hosted_training import start_openai
    from ftgov.api.hosted_wishes import record_wish

    if send_again and resume is None:
        raise click.UsageError("--send-again goes with --resume NAME.")
    with open_workspace(workspace) as opened:
        name = resume
        if name is None:
            job = record_wish(opened, _wish(file, wanted), actor=actor)
            name = job.name
            console.progress(f"recorded the wish for {name} with the digests of its data")
        if dry_run:
            console.result(
                {"job": name, "sent": False},
                [f"recorded {inert(name)}; nothing was sent", f"Next: {_again(name)}"],
            )
            return
        started = start_openai(
            opened,
            name,
            base_url=base_url,
            key=key_file,
            override=wanted["override"],
            send_again=send_again,
            actor=actor,
            say=console.progress,
        )
    _tell(console, started)


def _tell(console: Console, started: Started) -> None:
    status = started.job.status
    native = inert(status.native or "unknown") if status else "unknown"
    told = "was there already" if started.found else "was created"
    console.result(
        {
            "job": started.job.name,
            "native_id": started.native_id,
            "nonce": started.nonce,
            "found": started.found,
            "status": status.normal if status else None,
            "sent": True,
        },
        [
            f"{inert(started.job.name)}: {inert(started.native_id)} {told} ({native})",
            "Next: ftgov archive openai",
        ],
    )


def _wish(file: Path | None, wanted: dict[str, Any]) -> Any:
    from ftgov.api.hosted_wishes import Wish

    absent = [f"--{name.replace('_', '-')}" for name in _REQUIRED if not wanted[name]]
    if file is None or absent:
        missing = [*(["FILE"] if file is None else []), *absent]
        raise click.UsageError(
            f"Missing: {', '.join(missing)}. A host doesn't say who wanted a job and why, so it is "
            "recorded before."
        )
    pairs: dict[str, Any] = {
        option: dict(_pair(text, option) for text in wanted[option])
        for option in ("hyperparameters", "metadata")
    }
    rest = {key: value for key, value in wanted.items() if key not in pairs}
    return Wish(training_file=file, **rest, **pairs)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise click.UsageError(f"'{text}' of {option} is not written as NAME=VALUE.")
    return name, value


def _again(name: str) -> str:
    return f"ftgov train openai --resume {name}"
