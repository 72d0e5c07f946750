"""What an archive run read, and how long each model still answers."""

from __future__ import annotations

from ftgov.records.base import Record


class ResourceTally(Record):
    """What was read of one resource: counts of things.

    `failed` are things that could not be read whole, and are left for the next run; `partial` are
    things of which the host refused a part; `refused` says why the resource itself could not be
    read, or not to its end; `contradicted` are things that are not what was recorded of them
    before, by people or from files of their own; `ended` is the day since which the host has the
    resource no more, as it had announced.
    """

    resource: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    flagged: int = 0
    failed: int = 0
    partial: int = 0
    contradicted: int = 0
    refused: str | None = None
    ended: str | None = None


class Ending(Record):
    """A model and the day on which it stops answering."""

    model: str
    native: str | None
    shutdown: str
    days_left: int
    because: str


class ArchiveResult(Record):
    """What a run did: nothing of it is lost where it is not complete; the next run goes on."""

    provider: str
    tenant: str | None
    resources: tuple[ResourceTally, ...]
    requests: int
    bytes: int
    captures: int
    countdown: tuple[Ending, ...]
    complete: bool


class Planned(Record):
    """A resource that a run would read: where, with which key, and what is archived of it."""

    resource: str
    path: str
    key: str
    archived: int
    note: str = ""


class Tally(ResourceTally, frozen=False):
    """The counts of one resource while it is read."""

    def done(self) -> ResourceTally:
        """Return the counts as a record."""
        return ResourceTally.model_validate(self.model_dump())

    def said(self) -> str:
        """Return the counts as a line."""
        parts = [f"{self.read} read", f"{self.new} new", f"{self.changed} changed"]
        parts += [
            f"{n} {word}"
            for word in ("gone", "flagged", "failed", "partial", "contradicted")
            if (n := getattr(self, word))
        ]
        return f"{self.resource}: {', '.join(parts)}"
