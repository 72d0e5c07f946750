"""Archiving a host: everything that it shows, as exact bytes and as records that follow from them.

from ftgov import api
from ftgov.api.archive import archive_openai

with api.open_workspace("loans") as workspace:
result = archive_openai(workspace)
print(result.countdown)
"""

from ftgov.api.archive.countdown import countdown
from ftgov.api.archive.events import job_events
from ftgov.api.archive.hosts import Asked, archive_azure, archive_openai
from ftgov.api.archive.planned import has_admin_key, plan_azure, plan_openai
from ftgov.api.archive.result import ArchiveResult, Ending, Planned, ResourceTally

__all__ = [
    "ArchiveResult",
    "Asked",
    "Ending",
    "Planned",
    "ResourceTally",
    "archive_azure",
    "archive_openai",
    "countdown",
    "has_admin_key",
    "job_events",
    "plan_azure",
    "plan_openai",
]
