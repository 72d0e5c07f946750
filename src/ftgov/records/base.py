"""The base of all records, and the small types they share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME_PATTERN = r"^[a-z0-9._-]+$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=128)]
"""The name of a record: `[a-z0-9._-]+`."""

_UTC = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$")


def _utc_text(value: str) -> str:
    if not _UTC.match(value):
        raise ValueError("a time is RFC 3339 in UTC, for example 2026-11-21T09:30:00Z")
    datetime.fromisoformat(value)
    return value


Time = Annotated[str, AfterValidator(_utc_text)]
"""A time: RFC 3339 text in UTC ending in Z, the one form that is stored and hashed."""


def time_text(moment: datetime) -> str:
    """Return a time as RFC 3339 UTC text with whole seconds.

    Raises:
        ValueError: If `moment` has no time zone: a naive time is a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone cannot be recorded")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Record(BaseModel):
    """A frozen record: unknown fields are refused, floats are finite, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
