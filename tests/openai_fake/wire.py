"""What the fake is asked and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import parse_qsl

from openai_fake.seeds import Json


class Asked(NamedTuple):
    """A request: path below the API's root, and its query with repeated names kept."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the last value of a query parameter."""
        return dict(self.query).get(name, default)

    @property
    def json(self) -> Any:
        """The body as JSON; an empty one is an empty object."""
        return json.loads(self.body) if self.body else {}


class Answer(NamedTuple):
    """A response as it goes over the wire."""

    status: int
    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Refused(Exception):
    """Ends a request with an error of the host's form."""

    def __init__(self, status: int, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.answer = refusal(status, message, code=code)


def refusal(
    status: int, message: str, *, code: str | None = None, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """Return an error as the host words it."""
    kind = {401: "authentication_error", 429: "rate_limit_error"}.get(status)
    kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return Answer(status, json.dumps(body).encode(), headers=headers)


def shown(value: Any) -> Answer:
    """Return JSON as an answer; what begins with an underscore is the fake's own."""
    return Answer(200, json.dumps(_public(value)).encode())


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        if "_suffix" in value:
            value = {key: part for key, part in value.items() if key != "_suffix"}
        if value.get("object") == "list":
            value = {**value, "data": [_public(part) for part in value["data"]]}
    return value


def query_of(text: bytes) -> tuple[tuple[str, str], ...]:
    """Return a query string's names and values in their order."""
    return tuple(parse_qsl(text.decode(), keep_blank_values=True))


class Turns(Protocol):
    """How an account answers what the specification leaves open."""

    lost_cursor: Literal["error", "empty", "restart"]
    fullest_page: int


class Paging(NamedTuple):
    """How a list is cut into pages: as each of the host's lists does."""

    default: int = 20
    most: int | None = None
    ends: bool = True
    oldest_first: bool = False


def page(
    items: Sequence[Json],
    asked: Asked,
    how: Paging,
    account: Turns,
) -> Json:
    """Return a page of a list whose newest comes first.

    Args:
        items: All of the list, newest first.
        asked: The request, with `limit`, `after` and `order`.
        how: Default and greatest limit, whether first and last id are told, and the default order.
        account: Says how a cursor that is not in the list is answered, and how many things a page
            has at most, whatever was asked for.

    Raises:
        Refused: If the limit is none, or the cursor is unknown and that is an error.
    """
    order = asked.get("order") or ("asc" if how.oldest_first else "desc")
    rows = items[::-1] if order in {"asc", "ascending"} else items
    lost_cursor = account.lost_cursor
    limit = min(_limit(asked.get("limit"), how), account.fullest_page)
    after, start = asked.get("after"), 0
    if after:
        places = [place for place, row in enumerate(rows) if row["id"] == after]
        if places:
            start = places[0] + 1
        elif lost_cursor == "error":
            raise Refused(400, f"No object with the id '{after}' to start after.")
        elif lost_cursor == "empty":
            start = len(rows)
    cut = list(rows[start : start + limit])
    found: Json = {"object": "list", "data": cut, "has_more": start + limit < len(rows)}
    if how.ends:
        found["first_id"] = cut[0]["id"] if cut else ("" if how.oldest_first else None)
        found["last_id"] = cut[-1]["id"] if cut else ("" if how.oldest_first else None)
    return found


def _limit(text: str | None, how: Paging) -> int:
    if text is None:
        return how.default
    try:
        limit = int(text)
    except ValueError:
        raise Refused(400, "Invalid type for 'limit'.") from None
    if limit < 1 or (how.most is not None and limit > how.most):
        raise Refused(400, f"Invalid 'limit': {limit} is out of range.")
    return limit
