"""The two hosts that are archived: who is asked, with which key, and for what."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from ftgov.api.archive.allocation import allocate_costs
from ftgov.api.archive.arm import read_arm, record_arm
from ftgov.api.archive.contents import RESOURCE, fetch_contents, settle_roles
from ftgov.api.archive.countdown import countdown
from ftgov.api.archive.listings import FILES, Listing, azure_listings, openai_listings
from ftgov.api.archive.result import ArchiveResult
from ftgov.api.archive.run import Run, Wanted
from ftgov.api.archive.standing import Standing
from ftgov.api.archive.views import tenant_of, view_of
from ftgov.api.archive.walk import walk
from ftgov.api.archive.writer import Writer
from ftgov.api.clock import moment_of, now_text
from ftgov.api.recording import ACTOR
from ftgov.errors import UsageError
from ftgov.providers import azure_openai, openai_hosted
from ftgov.providers.openai_hosted import BASE_URL, OpenAIHost, Reach, checked_url
from ftgov.providers.secrets import Secret, Source, find_secret, require_secret
from ftgov.providers.shapes.unit import Where
from ftgov.store.workspace import Workspace

Content = ("none", "results", "training", "all")
OPENAI_KEY: Final = "OPENAI_API_KEY"
OPENAI_ADMIN_KEY: Final = "OPENAI_ADMIN_KEY"
AZURE_KEY: Final = "AZURE_OPENAI_API_KEY"


def _silent(_: str) -> None:
    """Say nothing of progress."""


class Asked(NamedTuple):
    """What a caller asks of an archive run, whichever the host.

    Attributes:
        since: Only things made from this day on, ISO 8601.
        full: Read everything again.
        content: Whose content is fetched: none, results, training or all.
        only: Resources to read, by the beginning of their name; empty for all.
        candidates: Files and folders of one's own that may be what the host holds.
        workers: How many questions are asked at a time.
        actor: Who archives.
        now: When, RFC 3339 UTC; by default the present, at each answer.
        say: Is told of progress.
    """

    since: str | None = None
    full: bool = False
    content: str = "training"
    only: Sequence[str] = ()
    candidates: Sequence[Path] = ()
    workers: int = 4
    actor: str = ACTOR
    now: str | None = None
    say: Callable[[str], None] = _silent

    def wanted(self) -> Wanted:
        """Return what is wanted, checked.

        Raises:
            UsageError: If the day or the kind of content is none.
        """
        if self.content not in Content:
            raise UsageError(
                f"'{self.content}' is no content that can be fetched.",
                next_step=f"One of {', '.join(Content)}.",
            )
        if not 1 <= self.workers <= 64:
            raise UsageError("From 1 to 64 questions can be asked at a time.")
        return Wanted(
            since=_second(self.since) if self.since else None,
            full=self.full,
            content=self.content,
            only=tuple(self.only),
            candidates=tuple(self.candidates),
        )

    def clock(self) -> Callable[[], str]:
        """Return what says what time it is."""
        fixed = moment_of(self.now).text
        return now_text if self.now is None else lambda: fixed


def _second(day: str) -> int:
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError as fault:
        raise UsageError(f"'{day}' is no date.", next_step="Write it as 2026-01-31.") from fault


def openai_reach(
    base_url: str | None,
    key: Secret | Path | str | None,
    admin_key: Secret | Path | str | None,
    clock: Callable[[], str],
    say: Callable[[str], None],
) -> Reach:
    """Return how OpenAI is reached; each key is given, in a file, a variable or the keyring.

    Raises:
        UsageError: If there is no key, or the base URL can't be used.
    """
    found = _given(key) or require_secret(Source(OPENAI_KEY, _file(key)))
    admin = _given(admin_key) or find_secret(Source(OPENAI_ADMIN_KEY, _file(admin_key)))
    url = checked_url(base_url or os.environ.get("OPENAI_BASE_URL") or BASE_URL)
    return Reach(url, found, admin, clock, say)


def _given(key: Secret | Path | str | None) -> Secret | None:
    return Secret(key) if isinstance(key, str) else key if isinstance(key, Secret) else None


def _file(key: Secret | Path | str | None) -> Path | None:
    return key if isinstance(key, Path) else None


def archive_openai(
    workspace: Workspace,
    asked: Asked | None = None,
    *,
    base_url: str | None = None,
    key: Secret | Path | str | None = None,
    admin_key: Secret | Path | str | None = None,
    tenant: str | None = None,
    stored_completions: bool = False,
) -> ArchiveResult:
    """Archive what OpenAI shows to a key: evals first, then jobs, files and the rest.

    A run that is cut off loses at most a page's work, and the next goes on; one that finds nothing
    new records nothing.

    Args:
        workspace: Where to.
        asked: What to read, and how.
        base_url: Where the API begins; by default OPENAI_BASE_URL, else OpenAI's own.
        key: The key, or a file with it; by default OPENAI_API_KEY, else the keyring.
        admin_key: The same of the administration's key (OPENAI_ADMIN_KEY); None found: what needs
            it is left out.
        tenant: The organisation; by default what the host says.
        stored_completions: Whether stored chat completions are read too; they hold what people
            wrote.

    Raises:
        UsageError: If there is no key, or an argument is malformed.
        HostError: If the key is refused, or the host can't be reached at all.
        MissingExtra: If the SDK is not installed.
    """
    wish = asked or Asked()
    clock = wish.clock()
    wish.wanted()
    reach = openai_reach(base_url, key, admin_key, clock, wish.say)
    listings = openai_listings(
        admin=reach.admin_key is not None, stored_completions=stored_completions
    )
    with closing(openai_hosted.connect(reach)) as host:
        where = Where("openai", tenant or tenant_of(host, reach.base_url, wish.say))
        return _archived(workspace, host, where, listings, wish)


def archive_azure(
    workspace: Workspace,
    asked: Asked | None = None,
    *,
    endpoint: str | None = None,
    key: Secret | Path | str | None = None,
    api_version: str | None = None,
    region: str | None = None,
    arm: Sequence[Path] = (),
) -> ArchiveResult:
    """Archive what an Azure OpenAI resource shows: models, files and jobs with all below them.

    Args:
        workspace: Where to.
        asked: What to read, and how.
        endpoint: The resource's endpoint; by default AZURE_OPENAI_ENDPOINT.
        key: The key, or a file with it; by default AZURE_OPENAI_API_KEY, else the keyring.
        api_version: The version of the data plane; by default the newest that is known.
        region: Where the resource is; the data plane does not say.
        arm: JSON that the control plane exported: the account, its deployments.

    Raises:
        UsageError: If there is no key or endpoint, or an argument is malformed.
        HostError: If the key is refused, or the host can't be reached at all.
        MissingExtra: If the SDK is not installed.
    """
    wish = asked or Asked()
    clock = wish.clock()
    wish.wanted()
    url = endpoint or os.environ.get("AZURE_OPENAI_ENDPOINT")
    if not url:
        raise UsageError(
            "No Azure OpenAI resource is named.",
            next_step="Name it with --endpoint, or set AZURE_OPENAI_ENDPOINT.",
        )
    found = _given(key) or require_secret(Source(AZURE_KEY, _file(key)))
    reach = Reach(checked_url(url), found, None, clock, wish.say)
    account = urlsplit(url).hostname or "unknown"
    exported = read_arm(arm, account)
    version = api_version or azure_openai.API_VERSION
    with closing(azure_openai.connect(reach, api_version=version)) as host:
        where = Where("azure", account, region or exported.region)
        result = _archived(workspace, host, where, azure_listings(), wish)
    record_arm(workspace, exported, where, actor=wish.actor, now=clock())
    return result


def _archived(
    workspace: Workspace,
    host: OpenAIHost,
    where: Where,
    listings: Sequence[Listing],
    wish: Asked,
) -> ArchiveResult:
    require_known(listings, wish.only)
    with running(workspace, host, where, wish) as run:
        for listing in listings:
            if run.wanted.asks_for(listing.resource):
                walk(run, listing)
            if listing.resource == "fine_tuning.jobs":
                settle_roles(run)
                fetch_contents(run)
        allocate_costs(run)
    done = tuple(tally.done() for tally in run.tallies.values())
    return ArchiveResult(
        provider=where.provider,
        tenant=where.tenant,
        resources=done,
        requests=host.requests,
        bytes=host.received,
        captures=len(run.captured),
        countdown=countdown(workspace, now=wish.now),
        complete=not any(
            each.refused or each.failed or each.partial or each.contradicted for each in done
        ),
    )


def require_known(listings: Sequence[Listing], only: Sequence[str]) -> None:
    """Refuse a resource that a run would not read, since nothing read looks like all was read.

    Raises:
        UsageError: If a name begins none of the listings.
    """
    names = [listing.resource for listing in listings]
    if any(FILES.resource.startswith(each) for each in only):
        names.append(RESOURCE)
    for each in only:
        if not any(name.startswith(each) for name in names):
            raise UsageError(
                f"A run would read nothing that is called '{each}'.",
                why="Some resources need an administrator's key or an option of their own.",
                next_step=f"--only takes the beginning of one of: {', '.join(names)}.",
            )


@contextmanager
def running(workspace: Workspace, host: OpenAIHost, where: Where, wish: Asked) -> Iterator[Run]:
    """Yield a run over a host, and clean up after it.

    Args:
        workspace: Where it records.
        host: Who is asked.
        where: Which host it is, and for whom.
        wish: What is asked for, and how.

    Raises:
        UsageError: If the wish is malformed.
    """
    wanted = wish.wanted()
    with (
        ThreadPoolExecutor(wish.workers, thread_name_prefix="ftgov-archive") as pool,
        Writer() as writer,
    ):
        yield Run(
            workspace=workspace,
            host=host,
            where=where,
            standing=Standing(workspace, where),
            wanted=wanted,
            pool=pool,
            writer=writer,
            folder=workspace.evidence.scratch(),
            actor=wish.actor,
            clock=wish.clock(),
            say=wish.say,
            tallies={},
            files={},
            captured=[],
            scope=view_of(workspace, host),
        )
