"""The paths that need an admin key."""

from __future__ import annotations

import operator
from collections.abc import Callable

from openai_fake import organization
from openai_fake.account import Account
from openai_fake.jobs import BASES
from openai_fake.seeds import Json
from openai_fake.wire import Answer, Asked, Paging, Refused, page, shown

_LISTED = Paging(20, 100)


def _project(account: Account, name: str) -> Json:
    for project in account.projects:
        if project["id"] == name:
            return project
    raise Refused(404, f"Project not found: {name}", code="not_found")


def _projects(account: Account, asked: Asked) -> Answer:
    wanted = asked.get("include_archived") == "true"
    rows = [row for row in account.projects if wanted or row["status"] != "archived"]
    return shown(page(rows, asked, _LISTED, account))


def _of_project(rows: Callable[[Account, Json], list[Json]]) -> Callable[..., Answer]:
    def respond(account: Account, asked: Asked, name: str) -> Answer:
        found = rows(account, _project(account, name))
        return shown(page(found, asked, _LISTED, account))

    return respond


def _retention(account: Account, asked: Asked, name: str) -> Answer:
    kind = "zero_data_retention" if _project(account, name)["name"] == "lending" else "none"
    return shown({"object": "project.data_retention", "type": kind})


def _model_permissions(account: Account, asked: Asked, name: str) -> Answer:
    _project(account, name)
    found = {"object": "project.model_permissions", "mode": "allow_list"}
    return shown({**found, "model_ids": list(BASES)})


def _tool_permissions(account: Account, asked: Asked, name: str) -> Answer:
    _project(account, name)
    names = ("file_search", "web_search", "image_generation", "mcp", "code_interpreter")
    return shown({tool: {"enabled": tool == "file_search"} for tool in names})


def _audit(account: Account, asked: Asked) -> Answer:
    rows = account.audit
    compared = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
    for name, keeps in compared.items():
        if (text := asked.get(f"effective_at[{name}]")) is not None:
            rows = [row for row in rows if keeps(row["effective_at"], int(text))]
    return shown(page(rows, asked, _LISTED, account))


def _buckets(asked: Asked, days: list[Json], most: int) -> Answer:
    """Return a page of days: these lists have a page token in place of a cursor."""
    if asked.get("start_time") is None:
        raise Refused(400, "Missing required parameter: 'start_time'.")
    begin = int(asked.get("start_time") or 0)
    end = int(asked.get("end_time") or 2**40)
    rows = [row for row in days if row["end_time"] > begin and row["start_time"] < end]
    limit = int(asked.get("limit") or 7)
    if not 1 <= limit <= most:
        raise Refused(400, f"Invalid 'limit': {limit} is out of range.")
    start = int((asked.get("page") or "page_0").removeprefix("page_"))
    more = start + limit < len(rows)
    return shown(
        {
            "object": "page",
            "data": rows[start : start + limit],
            "has_more": more,
            "next_page": f"page_{start + limit}" if more else None,
        }
    )


def _costs(account: Account, asked: Asked) -> Answer:
    days = organization.cost_days(account.now, account.cost_days, account.projects)
    return _buckets(asked, days, 180)


def _usage(kind: str) -> Callable[..., Answer]:
    def respond(account: Account, asked: Asked) -> Answer:
        days = organization.usage_days(account.now, account.cost_days, kind, account.projects)
        return _buckets(asked, days, 31)

    return respond


def _org_retention(account: Account, asked: Asked) -> Answer:
    return shown({"object": "organization.data_retention", "type": "modified_abuse_monitoring"})


def _users(account: Account, asked: Asked) -> Answer:
    return shown(page(account.users, asked, _LISTED, account))


def _admin_keys(account: Account, asked: Asked) -> Answer:
    rows = organization.admin_keys(account.users)
    return shown(page(rows, asked, Paging(), account))


_ONE = "/organization/projects/{project_id}"

TABLE: tuple[tuple[str, Callable[..., Answer]], ...] = (
    ("/organization/projects", _projects),
    (_ONE, lambda account, asked, name: shown(_project(account, name))),
    (f"{_ONE}/users", _of_project(lambda a, p: organization.project_users(p, a.users))),
    (f"{_ONE}/service_accounts", _of_project(lambda _, p: organization.service_accounts(p))),
    (f"{_ONE}/api_keys", _of_project(lambda a, p: organization.project_keys(p, a.users))),
    (f"{_ONE}/rate_limits", _of_project(lambda _, p: organization.rate_limits(p, BASES))),
    (f"{_ONE}/data_retention", _retention),
    (f"{_ONE}/model_permissions", _model_permissions),
    (f"{_ONE}/hosted_tool_permissions", _tool_permissions),
    ("/organization/users", _users),
    ("/organization/admin_api_keys", _admin_keys),
    ("/organization/audit_logs", _audit),
    ("/organization/costs", _costs),
    *((f"/organization/usage/{kind}", _usage(kind)) for kind in organization.USAGE),
    ("/organization/data_retention", _org_retention),
)
