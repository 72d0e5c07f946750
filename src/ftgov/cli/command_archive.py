"""`ftgov archive`: everything that a host shows, kept as exact bytes and as records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftgov.cli.archive_check import check
from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, actor_option, command, workspace_option
from ftgov.errors import ExitCode

if TYPE_CHECKING:
    from ftgov.api.archive import ArchiveResult, Asked, Ending, Planned

_SHOWN = 12


def _reading_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of what is read, which both hosts share."""
    for option in reversed(
        (
            click.option("--since", metavar="DATE", help="Only things made from this day on."),
            click.option("--full", is_flag=True, help="Read everything again, known or not."),
            click.option("--dry-run", is_flag=True, help="Say what would be read; ask nobody."),
            click.option(
                "--content",
                type=click.Choice(["none", "results", "training", "all"]),
                default="training",
                show_default=True,
                help="Whose content is fetched: jobs' results, training files too, or all files.",
            ),
            click.option("--only", multiple=True, metavar="RESOURCE", help="Repeatable."),
            click.option(
                "--candidates",
                multiple=True,
                type=click.Path(path_type=Path),
                help="Your own files or folders: one of the same size and name is taken for a "
                "file that the host won't give, and labelled asserted. Repeatable.",
            ),
            click.option(
                "--workers",
                type=click.IntRange(1, 64),
                default=4,
                show_default=True,
                help="How many questions are asked at a time.",
            ),
            click.option(
                "--key-file",
                type=click.Path(path_type=Path, dir_okay=False),
                help="A file whose first line is the key; else the variable, else the keyring.",
            ),
        )
    ):
        function = option(function)
    return function


@command(
    "ftgov archive openai",
    "ftgov archive openai --since 2026-06-01 --candidates data/uploads",
    name="openai",
)
@_reading_options
@click.option(
    "--admin-key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The same for the administration's key: projects, users, costs, audit log.",
)
@click.option("--base-url", help="Where the API begins; else OPENAI_BASE_URL, else OpenAI's own.")
@click.option("--tenant", help="The organisation, where the host doesn't say it.")
@click.option(
    "--stored-completions", is_flag=True, help="Read stored chat completions too: people's texts."
)
@workspace_option
@actor_option
def openai(
    console: Console,
    dry_run: bool,
    key_file: Path | None,
    admin_key_file: Path | None,
    base_url: str | None,
    tenant: str | None,
    stored_completions: bool,
    workspace: Path,
    actor: str,
    **reading: Any,
) -> None:
    """Archive everything that OpenAI shows to your key: evals first, then jobs, files, the rest.

    Keys come from OPENAI_API_KEY and OPENAI_ADMIN_KEY, from files or from the keyring. A run that
    was cut off goes on where it stopped; one that finds nothing new records nothing.
    """
    from ftgov.api import open_workspace
    from ftgov.api.archive import archive_openai, has_admin_key, plan_openai

    with open_workspace(workspace) as opened:
        if dry_run:
            admin = has_admin_key(admin_key_file)
            plan = plan_openai(
                opened, admin=admin, stored_completions=stored_completions, only=reading["only"]
            )
            _show_plan(console, "openai", plan, reading["content"])
            return
        result = archive_openai(
            opened,
            _asked(console, actor, reading),
            base_url=base_url,
            key=key_file,
            admin_key=admin_key_file,
            tenant=tenant,
            stored_completions=stored_completions,
        )
    _show(console, result)


@command(
    "ftgov archive azure --endpoint https://acme.openai.azure.com",
    "ftgov archive azure --arm account.json --arm deployments.json --region swedencentral",
    name="azure",
)
@_reading_options
@click.option("--endpoint", help="The resource's endpoint; else AZURE_OPENAI_ENDPOINT.")
@click.option("--api-version", help="The version of the data plane.")
@click.option("--region", help="Where the resource is; the data plane doesn't say.")
@click.option(
    "--arm",
    "arm_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON that the control plane exported: the account, its deployments. Repeatable.",
)
@workspace_option
@actor_option
def azure(
    console: Console,
    dry_run: bool,
    key_file: Path | None,
    endpoint: str | None,
    api_version: str | None,
    region: str | None,
    arm_files: tuple[Path, ...],
    workspace: Path,
    actor: str,
    **reading: Any,
) -> None:
    """Archive an Azure OpenAI resource: models, files, jobs with events and checkpoints.

    Region and deployments are facts of the control plane: give its exported JSON with --arm. The
    key comes from AZURE_OPENAI_API_KEY, a file or the keyring.
    """
    from ftgov.api import open_workspace
    from ftgov.api.archive import archive_azure, plan_azure

    with open_workspace(workspace) as opened:
        if dry_run:
            _show_plan(
                console, "azure", plan_azure(opened, only=reading["only"]), reading["content"]
            )
            return
        result = archive_azure(
            opened,
            _asked(console, actor, reading),
            endpoint=endpoint,
            key=key_file,
            api_version=api_version,
            region=region,
            arm=arm_files,
        )
    _show(console, result)


@command("ftgov archive countdown", "ftgov archive countdown --json", name="countdown")
@workspace_option
def countdown(console: Console, workspace: Path) -> None:
    """Say how many days each hosted model still answers; asks nobody."""
    from ftgov.api import open_workspace
    from ftgov.api.archive import countdown as counted

    with open_workspace(workspace) as opened:
        endings = counted(opened)
    console.result(
        {"countdown": [each.model_dump(mode="json") for each in endings]},
        [*_endings(console, endings, most=None)] or ["No hosted model with a known end."],
    )


def _asked(console: Console, actor: str, reading: dict[str, Any]) -> Asked:
    from ftgov.api.archive import Asked

    return Asked(actor=actor, say=console.progress, **reading)


def _show(console: Console, result: ArchiveResult) -> None:
    console.result(result, _lines(console, result))
    for each in result.resources:
        if each.refused:
            console.warn(f"{each.resource} was not read to its end: {each.refused}")
        if each.failed:
            console.warn(f"{each.failed} of {each.resource} could not be read; run it again")
        if each.partial:
            console.warn(f"the host refused parts of {each.partial} of {each.resource}")
        if each.ended:
            console.warn(
                f"{each.resource} ended at the host on {each.ended}; what is archived of it stays"
            )
        if each.contradicted:
            console.warn(
                f"{each.contradicted} of {each.resource} are not what was recorded of them; what "
                "was only asserted follows the host now: ftgov lineage"
            )
    if not result.complete:
        click.get_current_context().exit(int(ExitCode.PROVIDER))


def _lines(console: Console, result: ArchiveResult) -> Iterator[str]:
    asked = f"{result.requests} requests, {result.bytes:,} bytes, {result.captures} captures"
    yield f"{result.provider} {inert(result.tenant or '')}: {asked}"
    width = max((len(each.resource) for each in result.resources), default=0)
    for each in result.resources:
        counts = f"{each.read:>7} read {each.new:>7} new {each.changed:>6} changed"
        odd = {
            "gone": each.gone,
            "flagged": each.flagged,
            "failed": each.failed,
            "partial": each.partial,
            "contradicted": each.contradicted,
        }
        rest = "".join(f" {count} {word}" for word, count in odd.items() if count)
        yield f"  {each.resource:<{width}} {counts}{rest}"
    yield from _endings(console, result.countdown, most=_SHOWN)
    yield "Next: ftgov lineage, ftgov archive check"


def _endings(console: Console, endings: Sequence[Ending], *, most: int | None) -> Iterator[str]:
    for each in endings[:most]:
        left = f"{each.days_left} days left" if each.days_left >= 0 else "over"
        kind = "bad" if each.days_left < 14 else "weak"
        shown = console.style(f"{left:>14}", kind)
        yield f"  {each.shutdown} {shown}  {inert(each.model)} ({inert(each.because)})"
    if most is not None and len(endings) > most:
        yield f"  and {len(endings) - most} more: ftgov archive countdown"


def _show_plan(console: Console, provider: str, plan: Sequence[Planned], content: str) -> None:
    lines = [f"Nothing was asked. A run over {provider} would read, in this order:"]
    for each in plan:
        note = f"  ({each.note})" if each.note else ""
        lines.append(f"  {each.path:<34} {each.archived:>7} archived{note}")
    lines.append(f"  and the content of: {content}")
    listed = [each.model_dump(mode="json") for each in plan]
    console.result({"provider": provider, "content": content, "plan": listed}, lines)


COMMAND = ExampleGroup(
    "archive",
    [openai, azure, check, countdown],
    "Archive what a host shows of your fine-tunes, before it is gone.\n\n"
    "Every answer is kept as exact bytes; the records derived from them serve every other command "
    "with the network off.",
    "ftgov archive openai",
    "ftgov archive countdown",
)
