"""What an admin key reads of the fake: people, keys, projects, the audit log, usage and costs."""

from __future__ import annotations

from collections.abc import Sequence

from openai_fake.seeds import DAY, Json, ident, share

TOLD = (("openai-organization", "acme"), ("openai-project", "proj_acme"))
"""Headers that say whom the host answers."""


def users(now: int) -> list[Json]:
    """Return the people of the organisation."""
    return [
        {
            "object": "organization.user",
            "id": ident("user-", name),
            "name": name.title(),
            "email": f"{name}@acme.example",
            "role": role,
            "added_at": now - 400 * DAY,
        }
        for name, role in (("ada", "owner"), ("grace", "reader"), ("alan", "reader"))
    ]


def projects(now: int) -> list[Json]:
    """Return the projects, one of them archived."""
    rows = (("lending", "EU_STORAGE_PROCESSING", None), ("research", "GLOBAL", None))
    archived = (("old-trials", "GLOBAL", now - 30 * DAY),)
    return [
        {
            "object": "organization.project",
            "id": ident("proj_", name),
            "name": name,
            "created_at": now - (300 - place) * DAY,
            "archived_at": at,
            "status": "archived" if at else "active",
            "external_key_id": None,
            "residency": place_of_data,
        }
        for place, (name, place_of_data, at) in enumerate(rows + archived)
    ]


def project_users(project: Json, people: Sequence[Json]) -> list[Json]:
    """Return who works in a project."""
    return [
        {
            "object": "organization.project.user",
            "id": person["id"],
            "name": person["name"],
            "email": person["email"],
            "role": "owner" if person["role"] == "owner" else "member",
            "added_at": project["created_at"] + 60,
        }
        for person in people
    ]


def service_accounts(project: Json) -> list[Json]:
    """Return the service accounts of a project."""
    return [
        {
            "object": "organization.project.service_account",
            "id": ident("svc_acct_", project["id"]),
            "name": f"{project['name']} trainer",
            "role": "member",
            "created_at": project["created_at"] + 120,
        }
    ]


def project_keys(project: Json, people: Sequence[Json]) -> list[Json]:
    """Return the API keys of a project: redacted, as the host shows them."""
    owner = people[0]
    account = service_accounts(project)[0]
    return [
        _key(
            project,
            "laptop",
            {
                "type": "user",
                "user": {
                    "id": owner["id"],
                    "email": owner["email"],
                    "name": owner["name"],
                    "created_at": owner["added_at"],
                    "role": "owner",
                },
            },
        ),
        _key(
            project,
            "pipeline",
            {
                "type": "service_account",
                "service_account": {
                    key: account[key] for key in ("id", "name", "created_at", "role")
                },
            },
        ),
    ]


def _key(project: Json, name: str, owner: Json) -> Json:
    return {
        "object": "organization.project.api_key",
        "id": ident("key_", project["id"], name),
        "name": name,
        "redacted_value": "sk-proj-...x1Yz",
        "created_at": project["created_at"] + 180,
        "last_used_at": project["created_at"] + 5 * DAY,
        "owner_project_access": "active",
        "owner": owner,
    }


def admin_keys(people: Sequence[Json]) -> list[Json]:
    """Return the admin keys of the organisation, redacted."""
    owner = people[0]
    return [
        {
            "object": "organization.admin_api_key",
            "id": ident("key_", "admin"),
            "name": "archive",
            "redacted_value": "sk-admin-...k9Qw",
            "created_at": owner["added_at"] + DAY,
            "expires_at": None,
            "last_used_at": None,
            "owner": {
                "type": "user",
                "object": "organization.user",
                "id": owner["id"],
                "name": owner["name"],
                "created_at": owner["added_at"],
                "role": "owner",
            },
        }
    ]


def rate_limits(project: Json, models: Sequence[str]) -> list[Json]:
    """Return the limits of a project, one for each model."""
    return [
        {
            "object": "project.rate_limit",
            "id": f"rl-{model}",
            "model": model,
            "max_requests_per_1_minute": 500,
            "max_tokens_per_1_minute": 200_000,
        }
        for model in models
    ]


def audit_log(now: int, people: Sequence[Json], owned: Sequence[Json]) -> list[Json]:
    """Return the audit log, newest first: it names no job and no upload, as the real one."""
    kinds = ("project.created", "api_key.created", "checkpoint.permission.created",
             "login.succeeded", "resource.deleted")  # fmt: skip
    found: list[Json] = []
    for place in range(45):
        kind, person = kinds[place % len(kinds)], people[place % len(people)]
        project = owned[place % len(owned)]
        payload: Json = {"id": ident("res_", place)}
        if kind == "checkpoint.permission.created":
            payload["data"] = {
                "project_id": project["id"],
                "fine_tuned_model_checkpoint": "ft:gpt-4o-mini-2024-07-18:acme::0",
            }
        session = {
            "user": {"id": person["id"], "email": person["email"]}, "ip_address": "192.0.2.7",
        }  # fmt: skip
        found.append(
            {
                "id": ident("audit_log-", place),
                "type": kind,
                "effective_at": now - place * 3600,
                "project": {"id": project["id"], "name": project["name"]},
                "actor": {"type": "session", "session": session},
                kind: payload,
            }
        )
    return found


def cost_days(now: int, days: int, owned: Sequence[Json]) -> list[Json]:
    """Return the costs by day, oldest first; midnight to midnight in UTC."""
    first = now // DAY * DAY - (days - 1) * DAY
    return [
        _bucket(
            first + day * DAY, [_cost(day, item, project) for item in _ITEMS for project in owned]
        )
        for day in range(days)
    ]


_ITEMS = ("gpt-4o-mini-2024-07-18 fine-tuning training", "gpt-4o-mini-2024-07-18, input")


def _bucket(start: int, results: list[Json]) -> Json:
    return {
        "object": "bucket", "start_time": start, "end_time": start + DAY, "results": results,
    }  # fmt: skip


def _cost(day: int, item: str, project: Json) -> Json:
    return {
        "object": "organization.costs.result",
        "amount": {"value": round(share(day, item, project["id"]) * 9, 4), "currency": "usd"},
        "line_item": item,
        "project_id": project["id"],
        "api_key_id": None,
        "quantity": float(int(share(day, item) * 1_000_000)),
        "quantity_unit": "tokens",
    }


USAGE = {
    "completions": ("input_tokens", "output_tokens"),
    "embeddings": ("input_tokens",),
    "moderations": ("input_tokens",),
    "images": ("images",),
    "audio_speeches": ("characters",),
    "audio_transcriptions": ("seconds",),
    "vector_stores": ("usage_bytes",),
    "file_search_calls": ("num_requests",),
    "code_interpreter_sessions": ("num_sessions",),
    "web_search_calls": ("num_requests",),
}
"""What is counted of each kind of usage."""

_STORED = {"vector_stores": "usage_bytes", "code_interpreter_sessions": "num_sessions"}
_MORE: dict[str, Json] = {
    "completions": {"batch": None, "service_tier": None},
    "images": {"source": None, "size": None},
    "web_search_calls": {"context_level": None},
}


def usage_days(now: int, days: int, kind: str, owned: Sequence[Json]) -> list[Json]:
    """Return the usage of a kind by day, oldest first."""
    first = now // DAY * DAY - (days - 1) * DAY
    return [
        _bucket(first + day * DAY, [_usage(day, kind, project) for project in owned])
        for day in range(days)
    ]


def _usage(day: int, kind: str, project: Json) -> Json:
    amount = int(share(day, kind, project["id"]) * 10_000)
    named = kind.replace("search_calls", "searches")
    base: Json = {"object": f"organization.usage.{named}.result", "project_id": project["id"]}
    if kind in _STORED:
        return {**base, _STORED[kind]: amount}
    who: Json = {"user_id": None, "api_key_id": None}
    if kind == "file_search_calls":
        return {**base, **who, "num_requests": amount // 100, "vector_store_id": "vs_1"}
    counted = dict.fromkeys(USAGE[kind], amount)
    made: Json = {**base, **who, **counted, "model": "gpt-4o-mini-2024-07-18"}
    return {**made, "num_model_requests": amount // 100, **_MORE.get(kind, {})}
