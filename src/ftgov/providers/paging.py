"""Paging: a listing read to its end, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ftgov.providers.protocol import Answer, Host, HostError, HostRefused, Query

_LOST: Final = frozenset({400, 404, 410})


class NotWhole(HostError):
    """A listing does not say whether there is more: what it showed is true, and maybe not all."""


class Page(NamedTuple):
    """One page of a listing: the answer, and the things on it."""

    answer: Answer
    items: list[Any]


class Place(NamedTuple):
    """What is listed, and how.

    Attributes:
        path: Where it is asked for.
        limit: How many things a page shall hold; None: the host decides.
        admin: Whether the administration's key is used.
        query: More parameters.
        by_token: Whether the next page is named by a token (`next_page`), not by the last id.
    """

    path: str
    limit: int | None = 100
    admin: bool = False
    query: Query = {}
    by_token: bool = False


def pages(host: Host, place: Place) -> Iterator[Page]:
    """Yield the pages of a listing.

    A cursor that the host no longer knows, because the thing was deleted meanwhile, is replaced by
    the one before it; an empty page, where more was announced, is read as such a loss. A thing that
    comes a second time otherwise ends the reading with an error: some hosts repeat a page for ever.

    Raises:
        HostError: If the host can't be reached, its answer is no listing, or it repeats itself.
        HostRefused: If it won't list this.
        NotWhole: After a page that does not say whether it is the last.
    """
    seen: set[str] = set()
    paged = place.limit is not None
    cursors: list[str] = []
    while True:
        answer, stepped_back, place = _asked(host, place, cursors)
        content = answer.content
        items = content.get("data") if isinstance(content, dict) else None
        if not isinstance(items, list):
            raise _no_listing(place, "its answer has no list `data`")
        ids = [each["id"] for each in items if _has_id(each)]
        fresh = [one for one in ids if one not in seen]
        if len(fresh) < len(ids) and not stepped_back:
            raise _no_listing(place, "it lists the same thing twice")
        if stepped_back:
            items = [each for each in items if not (_has_id(each) and each["id"] in seen)]
        seen.update(fresh)
        yield Page(answer, items)
        more = content.get("has_more", None if paged else False)
        if not isinstance(more, bool):
            raise NotWhole(
                f"The host's listing {place.path} may not be whole.",
                why="its answer does not say in `has_more` whether there is more",
                next_step="Run it again; what it showed was kept, and nothing marked as gone.",
            )
        if not more:
            return
        token = content.get("next_page") if place.by_token else None
        if place.by_token:
            if not isinstance(token, str) or token in seen:
                raise _no_listing(place, "it says that there is more, and not where")
            seen.add(token)
            cursors = [token]
        else:
            if not fresh:
                raise _no_listing(place, "it says that there is more, and lists nothing new")
            cursors = [*cursors, *fresh] if stepped_back else fresh


def _asked(host: Host, place: Place, cursors: list[str]) -> tuple[Answer, bool, Place]:
    """Ask for the page after the last cursor that the host still knows.

    Returns also the place as it is asked from now on: without a limit that the host refused.
    """
    base = dict(place.query)
    if place.limit is not None:
        base["limit"] = place.limit
    if not cursors:
        return _first(host, place, base)
    name, why = "page" if place.by_token else "after", ""
    for back, cursor in enumerate(reversed(cursors)):
        try:
            answer = host.get(place.path, {**base, name: cursor}, admin=place.admin)
        except HostRefused as fault:
            if place.by_token or fault.status not in _LOST:
                raise
            why = fault.why or fault.what
            continue
        if place.by_token or _shows_any(answer):
            return answer, back > 0, place
        why = "it said that there is more, and shows nothing after any of them"
    raise HostError(
        f"The host knows none of the last {len(cursors)} things of {place.path} any more.",
        why=why,
        next_step="Run it again: the list changed while it was read.",
    )


def _shows_any(answer: Answer) -> bool:
    """Return whether an answer may be believed: some hosts know a lost cursor by an empty page."""
    content = answer.content
    return not isinstance(content, dict) or content.get("data") != []


def _first(host: Host, place: Place, query: dict[str, Any]) -> tuple[Answer, bool, Place]:
    """Ask for the first page; a host that refuses the limit is asked without."""
    try:
        return host.get(place.path, query, admin=place.admin), False, place
    except HostRefused as fault:
        if place.limit is None or fault.status != 400:
            raise
    query.pop("limit")
    return host.get(place.path, query, admin=place.admin), False, place._replace(limit=None)


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str) and bool(item["id"])


def _no_listing(place: Place, why: str) -> HostError:
    return HostError(
        f"The host's listing {place.path} can't be read to its end.",
        why=why,
        next_step="Nothing of this page was stored; what was stored before stays.",
    )
