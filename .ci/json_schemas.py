"""Write or check templates/schemas: the JSON Schemas of what a bundle holds, from the models.

A schema says what the models say: a test compares the two, and validates real bundles with them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ftgov.records.predicates import ReviewOutcome, SimpleVerificationResult
from ftgov.signing.predicate import Predicate
from ftgov.signing.withheld import Withheld
from ftgov.transparency.log_entry import LogEntry

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "schemas"
PUBLISHED: dict[str, tuple[type[BaseModel], str]] = {
    "dossier-predicate": (Predicate, "The predicate of a report's statement"),
    "countersignature-predicate": (ReviewOutcome, "The predicate of an agreement or dissent"),
    "verification-result-predicate": (SimpleVerificationResult, "The predicate of decisions"),
    "log-entry": (LogEntry, "log/report.entry.json"),
    "withheld": (Withheld, "attestations/withheld.json"),
}


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one published format."""
    model, title = PUBLISHED[name]
    made = model.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://ftgov.dev/schema/{name}/v1.json",
        **made,
        "title": title,
    }


def files() -> dict[str, str]:
    """Return the content of each schema's file by its name."""
    return {
        f"{name}.v1.json": json.dumps(schema_of(name), indent=2, sort_keys=True) + "\n"
        for name in PUBLISHED
    }


def main(arguments: list[str]) -> int:
    """Write the schemas, or say which differ from the models."""
    if arguments == ["--write"]:
        FOLDER.mkdir(exist_ok=True)
        for name, text in files().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    if arguments != ["--check"]:
        print("usage: json_schemas.py [--check | --write]", file=sys.stderr)
        return 2
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    wrong = sorted(n for n in found.keys() | files().keys() if found.get(n) != files().get(n))
    for name in wrong:
        print(f"{name} is not what the models say; run .ci/json_schemas.py --write")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
