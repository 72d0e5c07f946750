"""Facts of Azure's control plane, from JSON that a person exported: region, SKU, deployments.

The data plane that jobs are read from knows neither where it is nor what is deployed. Source: the
Azure Resource Manager's `Microsoft.CognitiveServices/accounts` and `accounts/deployments`, as
`az cognitiveservices account show` and `... account deployment list` print them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.api.archive.standing import archived_name
from ftgov.api.recording import append, keep_files
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.text_files import read_text
from ftgov.providers.lax import Lax, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Where
from ftgov.records.archived import Archived, ArchivedPart, Flag
from ftgov.records.base import Record
from ftgov.records.deployment import Deployment
from ftgov.records.digest import digest_bytes
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation
from ftgov.store.workspace import Workspace

RESOURCE = "arm.deployments"
_ACCOUNT = "microsoft.cognitiveservices/accounts"


class ExportedFacts(NamedTuple):
    """What exported files say: the region, and each deployment with the file that tells of it."""

    region: str | None
    files: dict[Path, Evidence]
    deployments: tuple[tuple[Path, dict[str, Any]], ...]


def read_arm(files: Sequence[Path], account: str) -> ExportedFacts:
    """Read exported files: each one resource, or a list of them, or `{"value": [...]}`.

    Args:
        files: JSON files.
        account: The host name of the endpoint; an account with another endpoint is refused.

    Raises:
        UsageError: If a file is absent, no such JSON, or about another account; names the file.
    """
    region = None
    found: list[tuple[Path, dict[str, Any]]] = []
    for path in files:
        for resource in _resources(path):
            kind = str(resource.get("type", "")).lower()
            if kind == _ACCOUNT:
                _require_account(path, resource, account)
                region = _text(resource.get("location")) or region
            elif kind == f"{_ACCOUNT}/deployments":
                found.append((path, resource))
            else:
                raise _no_export(path, f"it holds a resource of the type '{kind}'")
    return ExportedFacts(region, {path: describe_file(path) for path in files}, tuple(found))


def record_arm(
    workspace: Workspace, exported: ExportedFacts, where: Where, *, actor: str, now: str
) -> None:
    """Record deployments, and keep the files that tell of them."""
    if not exported.files:
        return
    keep_files(workspace, exported.files)
    records: list[Record] = []
    for path, resource in exported.deployments:
        flags: list[Flag] = []
        file = exported.files[path]
        deployment = _deployment(Lax(resource, flags), file, where, now)
        if deployment is None:
            raise _no_export(path, "a deployment has no name")
        part = ArchivedPart(
            resource=RESOURCE,
            items=1,
            content=digest_bytes(item_bytes(resource)),
            responses=(file.digest,),
        )
        seen = Archived(
            name=archived_name(where, RESOURCE, deployment.name),
            provider=where.provider,
            tenant=where.tenant,
            resource=RESOURCE,
            native_id=str(resource.get("id") or resource["name"])[:1024],
            observed_at=now,
            parts=(part,),
            files=(file,),
            flags=tuple(flags),
        )
        records += [r for r in (deployment, seen) if not _stands(workspace, r)]
    append(workspace, records, actor=actor, recorded_at=now)


def _stands(workspace: Workspace, record: Record) -> bool:
    """Return whether the same is recorded, but for the time of the look."""
    if not isinstance(record, Deployment | Archived):
        return False
    standing = workspace.ledger.get(type(record), record.name)
    if isinstance(standing, Archived) and isinstance(record, Archived):
        return standing.parts == record.parts and standing.flags == record.flags
    if isinstance(standing, Deployment):
        return standing.model_copy(update={"observation": None}) == record.model_copy(
            update={"observation": None}
        )
    return False


def _deployment(resource: Lax, file: Evidence, where: Where, now: str) -> Deployment | None:
    name = resource.text("name", required=True)
    if name is None:
        return None
    sku, properties = resource.inner("sku"), resource.inner("properties")
    model = properties.inner("model") if properties else None
    native = model.text("name") if model else None
    return Deployment(
        name=name_of(f"{where.tenant}.{name}"),
        provider=where.provider,
        model=name_of(native) if native else None,
        model_version=model.text("version") if model else None,
        region=where.region,
        sku=sku.text("name") if sku else None,
        capacity=sku.count("capacity") if sku else None,
        state=properties.text("provisioningState") if properties else None,
        observation=Observation(
            provider=where.provider,
            tenant=where.tenant,
            native_id=name,
            observed_at=now,
            source="file",
            raw=file.digest,
            assurance="asserted",
        ),
    )


def _resources(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(read_text(path))
    except ValueError as fault:
        raise _no_export(path, str(fault)) from fault
    if isinstance(content, dict) and isinstance(content.get("value"), list):
        content = content["value"]
    listed = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) for each in listed):
        raise _no_export(path, "it holds what is no object")
    return listed


def _require_account(path: Path, resource: dict[str, Any], account: str) -> None:
    properties = resource.get("properties")
    endpoint = properties.get("endpoint") if isinstance(properties, dict) else None
    if isinstance(endpoint, str) and f"//{account}" not in endpoint.lower():
        raise _no_export(path, f"it is about {endpoint}, not about {account}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _no_export(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is no export of this Azure OpenAI account.",
        why=why,
        next_step="az cognitiveservices account show ... > account.json; "
        "az cognitiveservices account deployment list ... > deployments.json",
    )
