"""What a run would read, said without asking anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov.api.archive.hosts import OPENAI_ADMIN_KEY, require_known
from ftgov.api.archive.listings import Listing, azure_listings, openai_listings
from ftgov.api.archive.result import Planned
from ftgov.api.archive.run import Wanted
from ftgov.api.archive.standing import Standing
from ftgov.providers.secrets import Source, find_secret
from ftgov.store.workspace import Workspace


def has_admin_key(file: Path | None) -> bool:
    """Return whether there is a key of the administration.

    Raises:
        UsageError: If the file that is named has none.
    """
    return find_secret(Source(OPENAI_ADMIN_KEY, file)) is not None


def plan_openai(
    workspace: Workspace, *, admin: bool, stored_completions: bool, only: Sequence[str] = ()
) -> tuple[Planned, ...]:
    """Return what a run over OpenAI would read, in order, without asking anybody.

    Args:
        workspace: Where it would go; says how much of it is archived.
        admin: Whether there is an administration's key.
        stored_completions: Whether stored chat completions are wanted.
        only: Resources, by the beginning of their name; empty for all.
    """
    listings = openai_listings(admin=True, stored_completions=stored_completions)
    return _planned(workspace, "openai", listings, admin=admin, only=only)


def plan_azure(workspace: Workspace, *, only: Sequence[str] = ()) -> tuple[Planned, ...]:
    """Return what a run over an Azure OpenAI resource would read; see `plan_openai`."""
    return _planned(workspace, "azure", azure_listings(), admin=False, only=only)


def _planned(
    workspace: Workspace,
    provider: str,
    listings: Sequence[Listing],
    *,
    admin: bool,
    only: Sequence[str],
) -> tuple[Planned, ...]:
    require_known(listings, only)
    wanted = Wanted(only=tuple(only))
    counts = Standing.counts(workspace, provider)
    return tuple(
        Planned(
            resource=each.resource,
            path=each.place.path,
            key="admin" if each.place.admin else "key",
            archived=counts.get(each.resource, 0),
            note="left out: no admin key is set" if each.place.admin and not admin else "",
        )
        for each in listings
        if wanted.asks_for(each.resource)
    )
