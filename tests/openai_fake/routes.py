"""The paths of the fake: which part of the account's state answers which request."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import Message
from email.parser import BytesParser
from typing import NamedTuple
from urllib.parse import unquote

from openai_fake import admin_routes, evaluations, stores
from openai_fake.account import Account
from openai_fake.seeds import Json
from openai_fake.wire import Answer, Asked, Paging, Refused, page, shown

Respond = Callable[..., Answer]


class Route(NamedTuple):
    """One operation: its method, its path as the specification writes it, and what answers it."""

    method: str
    template: str
    respond: Respond
    admin: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern; a part in braces is one segment."""
        return re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", self.template) + "$")


def _found(kept: dict[str, Json], name: str, noun: str) -> Json:
    if name not in kept:
        raise Refused(404, f"No such {noun}: {name}", code="not_found")
    return kept[name]


def _job(account: Account, name: str) -> Json:
    return _found(account.jobs, name, "fine-tuning job")


def _jobs(account: Account, asked: Asked) -> Answer:
    wanted = [
        (name.removeprefix("metadata[").removesuffix("]"), value)
        for name, value in asked.query
        if name.startswith("metadata[")
    ]
    rows = list(account.jobs.values())[::-1]
    if wanted:
        rows = [row for row in rows if all((row["metadata"] or {}).get(k) == v for k, v in wanted)]
    return shown(page(rows, asked, Paging(ends=False), account))


def _create(account: Account, asked: Asked) -> Answer:
    request = asked.json
    for name in ("model", "training_file"):
        if not isinstance(request.get(name), str):
            raise Refused(400, f"Missing required parameter: '{name}'.")
    for name in ("training_file", "validation_file"):
        if request.get(name) and request[name] not in account.files:
            raise Refused(400, f"invalid {name}: {request[name]}", code="invalid_file")
    return shown(account.create_job(request))


def _events(account: Account, asked: Asked, name: str) -> Answer:
    _job(account, name)
    return shown(page(account.events(name), asked, Paging(ends=False), account))


def _checkpoints(account: Account, asked: Asked, name: str) -> Answer:
    _job(account, name)
    return shown(page(account.checkpoints(name), asked, Paging(10), account))


def _set(status: str) -> Respond:
    def respond(account: Account, asked: Asked, name: str) -> Answer:
        if _job(account, name)["status"] in {"succeeded", "failed", "cancelled"}:
            raise Refused(400, f"Job has already completed: {name}")
        return shown(account.set_status(name, status))

    return respond


def _permissions(account: Account, asked: Asked, model: str) -> Answer:
    if not account.is_checkpoint(model):
        raise Refused(404, f"No such checkpoint: {model}", code="not_found")
    return shown(page(account.given.get(model, []), asked, Paging(10), account))


def _files(account: Account, asked: Asked) -> Answer:
    purpose = asked.get("purpose")
    rows = [row for row in account.files.values() if purpose in {None, row["purpose"]}][::-1]
    how = Paging(10_000, 10_000)
    found = page(rows, asked, how, account)
    # The specification has these as text always, even where there is nothing.
    return shown({**found, **{key: found[key] or "" for key in ("first_id", "last_id")}})


def _file(account: Account, asked: Asked, name: str) -> Answer:
    return shown(_found(account.files, name, "File object"))


def _content(account: Account, asked: Asked, name: str) -> Answer:
    entry = _found(account.files, name, "File object")
    if entry.get("expires_at", account.now) < account.now:
        raise Refused(404, f"No such File object: {name}", code="not_found")
    if entry["purpose"] == "fine-tune" and not account.training_downloads:
        raise Refused(400, "To help mitigate abuse, downloading of fine-tune training files is "
                      "disabled for free accounts.")  # fmt: skip
    return Answer(200, account.content(name), "application/octet-stream")


def _upload(account: Account, asked: Asked) -> Answer:
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + asked.body)
    if not message.is_multipart():
        raise Refused(400, "The body is not multipart/form-data.")
    purpose, filename, content = "", "", b""
    for part in message.walk():
        assert isinstance(part, Message)
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if name == "purpose" and isinstance(payload, bytes):
            purpose = payload.decode().strip()
        elif name == "file" and isinstance(payload, bytes):
            filename, content = part.get_filename() or "upload", _exact(asked, payload)
    if not purpose or not filename:
        raise Refused(400, "Missing required parameter: 'file' or 'purpose'.")
    return shown(account.upload(filename, purpose, content))


def _exact(asked: Asked, payload: bytes) -> bytes:
    """Return a part's bytes as they were sent; the mail parser may change line ends."""
    start = asked.body.find(b'name="file"')
    begin = asked.body.index(b"\r\n\r\n", start) + 4
    boundary = asked.body.split(b"\r\n", 1)[0]
    end = asked.body.index(b"\r\n" + boundary, begin)
    return asked.body[begin:end]


def _delete_file(account: Account, asked: Asked, name: str) -> Answer:
    _found(account.files, name, "File object")
    del account.files[name]
    return shown({"id": name, "object": "file", "deleted": True})


def _models(account: Account, asked: Asked) -> Answer:
    return shown({"object": "list", "data": account.models()})


def _model(account: Account, asked: Asked, name: str) -> Answer:
    kept = {row["id"]: row for row in account.models()}
    return shown(_found(kept, name, "model"))


def _delete_model(account: Account, asked: Asked, name: str) -> Answer:
    if name not in account.tuned_models():
        raise Refused(404, f"The model '{name}' does not exist", code="model_not_found")
    account.deleted_models.add(name)
    return shown({"id": name, "object": "model", "deleted": True})


def _moderate(account: Account, asked: Asked) -> Answer:
    given = asked.json.get("input")
    texts = [given] if isinstance(given, str) else given
    return shown(account.moderation(texts, asked.json.get("model", "omni-moderation-latest")))


_RISING = Paging(oldest_first=True)


def _evals(account: Account, asked: Asked) -> Answer:
    return shown(page(list(account.evals.values())[::-1], asked, _RISING, account))


def _eval(account: Account, asked: Asked, name: str) -> Answer:
    return shown(_found(account.evals, name, "eval"))


def _runs(account: Account, asked: Asked, name: str) -> Answer:
    _found(account.evals, name, "eval")
    rows = list(account.runs.get(name, {}).values())[::-1]
    return shown(page(rows, asked, _RISING, account))


def _run(account: Account, asked: Asked, name: str, run: str) -> Answer:
    return shown(_found(account.runs.get(name, {}), run, "eval run"))


def _items(account: Account, asked: Asked, name: str, run: str) -> Answer:
    rows = evaluations.items_of(_found(account.runs.get(name, {}), run, "eval run"))[::-1]
    return shown(page(rows, asked, _RISING, account))


_LISTED = Paging(20, 100)


def _stores(account: Account, asked: Asked) -> Answer:
    found = page(list(account.vector_stores.values())[::-1], asked, _LISTED, account)
    return shown({**found, **{key: found[key] or "" for key in ("first_id", "last_id")}})


def _store(account: Account, asked: Asked, name: str) -> Answer:
    return shown(_found(account.vector_stores, name, "vector store"))


def _store_files(account: Account, asked: Asked, name: str) -> Answer:
    _found(account.vector_stores, name, "vector store")
    found = page(account.vector_files.get(name, [])[::-1], asked, _LISTED, account)
    return shown({**found, **{key: found[key] or "" for key in ("first_id", "last_id")}})


def _batches(account: Account, asked: Asked) -> Answer:
    rows = list(account.batches.values())[::-1]
    found = page(rows, asked, _LISTED, account)
    return shown({**found, **{key: found[key] or "" for key in ("first_id", "last_id")}})


def _batch(account: Account, asked: Asked, name: str) -> Answer:
    return shown(_found(account.batches, name, "batch"))


def _completions(account: Account, asked: Asked) -> Answer:
    rows = list(account.completions.values())[::-1]
    return shown(page(rows, asked, _RISING, account))


def _completion(account: Account, asked: Asked, name: str) -> Answer:
    return shown(_found(account.completions, name, "chat completion"))


def _messages(account: Account, asked: Asked, name: str) -> Answer:
    rows = stores.messages_of(_found(account.completions, name, "chat completion"))
    return shown(page(rows, asked, _RISING, account))


_TUNING = "/fine_tuning/jobs/{fine_tuning_job_id}"

ROUTES = (
    Route("GET", f"{_TUNING}/events", _events),
    Route("GET", f"{_TUNING}/checkpoints", _checkpoints),
    Route("GET", "/fine_tuning/jobs", _jobs),
    Route("GET", _TUNING, lambda account, asked, name: shown(_job(account, name))),
    Route("POST", "/fine_tuning/jobs", _create),
    Route("POST", f"{_TUNING}/cancel", _set("cancelled")),
    Route("POST", f"{_TUNING}/pause", _set("paused")),
    Route("POST", f"{_TUNING}/resume", _set("running")),
    Route(
        "GET",
        "/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions",
        _permissions,
        admin=True,
    ),
    Route("GET", "/files", _files),
    Route("POST", "/files", _upload),
    Route("GET", "/files/{file_id}", _file),
    Route("GET", "/files/{file_id}/content", _content),
    Route("DELETE", "/files/{file_id}", _delete_file),
    Route("GET", "/models", _models),
    Route("GET", "/models/{model}", _model),
    Route("DELETE", "/models/{model}", _delete_model),
    Route("POST", "/moderations", _moderate),
    Route("GET", "/evals", _evals),
    Route("GET", "/evals/{eval_id}", _eval),
    Route("GET", "/evals/{eval_id}/runs", _runs),
    Route("GET", "/evals/{eval_id}/runs/{run_id}", _run),
    Route("GET", "/evals/{eval_id}/runs/{run_id}/output_items", _items),
    Route("GET", "/vector_stores", _stores),
    Route("GET", "/vector_stores/{vector_store_id}", _store),
    Route("GET", "/vector_stores/{vector_store_id}/files", _store_files),
    Route("GET", "/batches", _batches),
    Route("GET", "/batches/{batch_id}", _batch),
    Route("GET", "/chat/completions", _completions),
    Route("GET", "/chat/completions/{completion_id}", _completion),
    Route("GET", "/chat/completions/{completion_id}/messages", _messages),
    *(Route("GET", template, respond, admin=True) for template, respond in admin_routes.TABLE),
)

_COMPILED = tuple((route, route.pattern) for route in ROUTES)


def matched(asked: Asked) -> tuple[Route, tuple[str, ...]] | None:
    """Return the route of a request and the names in its path; None where there is none."""
    for route, pattern in _COMPILED:
        if route.method == asked.method and (hit := pattern.match(asked.path)):
            return route, tuple(unquote(part) for part in hit.groups())
    return None
