"""Days that hosts announced in prose, for models whose listing bears no date; the listing wins.

Source: OpenAI, "Deprecations", as read on 2026-11-21.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Announced(NamedTuple):
    """What ends at a host, on which day, where that was said, and the listing that ends with it."""

    what: str
    day: str
    source: str
    resource: str | None = None


_SOURCE: Final = "OpenAI's page on deprecations, read on 2026-11-21"

MODELS: Final = {
    row.what: row
    for row in (
        Announced("gpt-3.5-turbo-0125", "2026-10-23", _SOURCE),
        Announced("gpt-3.5-turbo-1106", "2026-10-23", _SOURCE),
        Announced("gpt-3.5-turbo-0613", "2026-10-23", _SOURCE),
        Announced("gpt-4.1-nano-2025-04-14", "2026-10-23", _SOURCE),
        Announced("o4-mini-2025-04-16", "2026-10-23", _SOURCE),
        Announced("gpt-4o-2024-08-06", "2027-01-14", _SOURCE),
        Announced("gpt-4o-2024-11-20", "2027-01-14", _SOURCE),
        Announced("gpt-4o-mini-2024-07-18", "2027-01-14", _SOURCE),
        Announced("gpt-4.1-2025-04-14", "2027-01-14", _SOURCE),
        Announced("gpt-4.1-mini-2025-04-14", "2027-01-14", _SOURCE),
    )
}
"""Base models by the name of their snapshot; every fine-tune of one ends with it."""

SERVICES: Final = (
    Announced("Evals API", "2026-11-30", _SOURCE, "evals"),
    Announced("creation of fine-tuning jobs", "2027-01-06", _SOURCE),
)
"""Services of OpenAI that end for everybody."""


def ended_on(resource: str, now: str) -> str | None:
    """Return the announced day since which a resource is no more, or None where it should be."""
    top = resource.split(".", maxsplit=1)[0]
    days = (row.day for row in SERVICES if row.resource == top)
    return next((day for day in days if day <= now[:10]), None)
