"""The base of all records, and the small types they share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME_PATTERN = r"^[a-z0-9._-]+$"
NAME_LENGTH = 128

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=NAME_LENGTH)]
"""The name of a record: `[a-z0-9._-]+`."""

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_UTC = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$")


def _utc_text(value: str) -> str:
    if not _UTC.match(value):
        raise ValueError(
            "a time is RFC 3339 text in UTC with its Z, for example 2026-11-21T09:30:00Z; "
            "one without a zone is refused"
        )
    datetime.fromisoformat(value)
    return value


Time = Annotated[str, AfterValidator(_utc_text)]
"""A time: RFC 3339 text in UTC ending in Z, the one form that is stored and hashed."""


def _day_text(value: str) -> str:
    if not _DAY.match(value):
        raise ValueError("a date is written as 2027-01-14")
    date.fromisoformat(value)
    return value


Day = Annotated[str, AfterValidator(_day_text)]
"""A date: ISO 8601 text."""

Count = Annotated[int, Field(ge=0, lt=2**53)]
"""A number of things that stays below 2^53, so that every JSON reader reads the same."""

BigCount = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,39})$")]
"""A number of things that may not: FLOP, bytes and tokens of large runs, as decimal text."""

Decimal = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,18})?$")]
"""An amount that is counted in decimals, such as money, as the text it was given in."""

Scalar = bool | int | float | str | None
"""A setting of a foreign tool as it was given."""


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
