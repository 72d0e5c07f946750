"""Judges answers against the published specification of the API.

The specification calls itself OpenAPI 3.1 but keeps two forms of 3.0, `nullable` and the boolean
`exclusiveMinimum`, which JSON Schema 2020-12 doesn't know; they are rewritten first. Nothing else
of it is changed, but what `DRIFT` lists: where the host's own guide says more than it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs

from openai_fake.wire import Answer, Asked

SPECIFICATION = Path("spec") / "openai" / "openapi-2.3.0.json"

_JOB, _EVENT = "FineTuningJob", "FineTuningJobEvent"

DRIFT: tuple[tuple[tuple[str, ...], Any], ...] = (
    # The guide describes events of safety checks; the specification's list lacks the type.
    ((_EVENT, "properties", "type"), "moderation_checks"),
    # The specification's own example of a paused job says so; its list lacks the word.
    ((_JOB, "properties", "status"), "paused"),
    # The specification's own examples of these have null where its schema forbids it.
    (("EvalRun", "properties", "error"), None),
    (("EvalRunOutputItem", "properties", "sample", "properties", "error"), None),
)
"""What the host is known to answer beside its specification: where, and the value."""

RAW = "/files/{file_id}/content"
"""The one operation that answers a file's bytes; the specification has a JSON string there."""


def normalised(node: Any) -> Any:
    """Return a schema in JSON Schema 2020-12, whatever form of OpenAPI it came in."""
    if isinstance(node, list):
        return [normalised(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: normalised(value) for key, value in node.items() if key != "nullable"}
    for word, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if made.get(word) is True:
            made[word] = made.pop(plain)
        elif made.get(word) is False:
            del made[word]
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


class Judge:
    """Judges answers of operations by the specification's schemas."""

    def __init__(self, shared: Path) -> None:
        document = json.loads((shared / SPECIFICATION).read_bytes())
        for path, value in DRIFT:
            node = document["components"]["schemas"]
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = {"anyOf": [node[path[-1]], {"const": value}]}
        self._schemas = normalised(document["components"]["schemas"])
        self._operations = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path, operations)
            for path, operations in document["paths"].items()
        ]
        self._operations.sort(key=lambda row: row[1].count("{"))
        self._compiled: dict[str, Any] = {}

    def faults(self, asked: Asked, answer: Answer) -> list[str]:
        """Return what the specification has against an answer; an unknown operation is a fault.

        Errors are not judged: the specification describes almost none.
        """
        path, operation = self._operation(asked)
        if operation is None:
            return [f"{asked.method} {asked.path}: the specification has no such operation"]
        if answer.status >= 400 or path == RAW:
            return []
        described = operation["responses"].get(str(answer.status))
        if described is None:
            return [f"{asked.method} {asked.path}: status {answer.status} is not described"]
        media = described.get("content", {}).get(answer.media)
        if media is None:
            return [f"{asked.method} {asked.path}: {answer.media} is not described"]
        schema = normalised(media["schema"])
        return [
            f"{asked.method} {asked.path}: {'/'.join(map(str, fault.instance_path))}: "
            f"{fault.message}"
            for fault in self._validator(schema).iter_errors(answer.json)
        ]

    def schema_faults(self, name: str, content: Any) -> list[str]:
        """Return what a named schema has against a value."""
        validator = self._validator({"$ref": f"#/components/schemas/{name}"})
        return [str(fault.message) for fault in validator.iter_errors(content)]

    def _operation(self, asked: Asked) -> tuple[str, Any]:
        for pattern, path, operations in self._operations:
            if asked.method.lower() in operations and pattern.match(asked.path):
                return path, operations[asked.method.lower()]
        return "", None

    def _validator(self, schema: Any) -> Any:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            whole = {**schema, "components": {"schemas": self._schemas}}
            self._compiled[key] = jsonschema_rs.Draft202012Validator(whole)
        return self._compiled[key]
