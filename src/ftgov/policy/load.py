"""Reading a gate: text in, checked records out; nothing is guessed and nothing is skipped."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import ValidationError

from ftgov.errors import UsageError
from ftgov.policy.form import Fault, Gate, Policy
from ftgov.policy.paths import blind_reads
from ftgov.records.digest import digest_bytes
from ftgov.strict_yaml import Node, YamlFault, line_of, lines_of, literals, parse

__all__ = ["Gate", "load_gate"]

_SHOWN = 5


def load_gate(text: str, *, name: str, file: str | None = None) -> Gate:
    """Read a gate from the text of its YAML file, one policy per document.

    Args:
        text: The whole file; its digest is the digest of these characters as UTF-8.
        name: What the gate is called, for example baseline.
        file: Where the text comes from, as faults should name it; by default the gate's name.

    Raises:
        UsageError: If it is no plain YAML, holds no policy, a key is unknown, missing, repeated or
            of the wrong kind, two policies share an id, or an expression reads `evidence` as a
            whole, which would let deleted evidence pass unseen. It names file, line and key.
    """
    file = file or name
    try:
        read = [node for node in parse(text, file) if literals(node) is not None]
    except YamlFault as fault:
        found = Fault(file=file, line=fault.line, key=fault.key, text=fault.text)
        raise _refused(file, [found]) from fault
    if not read:
        raise _refused(file, [Fault(file=file, line=1, key="", text="the file holds no policy")])
    gate = Gate(
        name=name,
        file=file,
        digest=digest_bytes(text.encode("utf-8")),
        policies=tuple(_policy(node, file) for node in read),
        lines=tuple(lines_of(node) for node in read),
    )
    if faults := [*_repeated(gate), *_blind(gate)]:
        raise _refused(file, faults)
    return gate


def _policy(node: Node, file: str) -> Policy:
    try:
        return Policy.model_validate_json(json.dumps(literals(node)), strict=True)
    except ValidationError as fault:
        faults, lines = [], lines_of(node)
        for error in fault.errors(include_url=False, include_input=False):
            key = ".".join(str(part) for part in error["loc"])
            text = "unknown key" if error["type"] == "extra_forbidden" else error["msg"]
            faults.append(Fault(file=file, line=line_of(lines, key), key=key, text=text))
        raise _refused(file, faults) from fault


def _repeated(gate: Gate) -> Iterable[Fault]:
    seen: set[str] = set()
    for index, policy in enumerate(gate.policies):
        if policy.id in seen:
            yield gate.fault(index, "metadata.id", f"the id '{policy.id}' stands twice")
        seen.add(policy.id)


def _blind(gate: Gate) -> Iterable[Fault]:
    for index, policy in enumerate(gate.policies):
        for key, source in policy.sources():
            for read in blind_reads(source):
                yield gate.fault(
                    index, key, f"'{read}' names no measure: write evidence.analyzer.measure"
                )


def _refused(file: str, faults: list[Fault]) -> UsageError:
    shown = "; ".join(fault.message for fault in faults[:_SHOWN])
    more = f" (and {len(faults) - _SHOWN} more)" if len(faults) > _SHOWN else ""
    return UsageError(
        f"The gate {file} cannot be used: {shown}{more}.",
        why="A gate that is not understood whole could let a model pass that it was meant to stop.",
        next_step=f"Correct the named lines, then: ftgov policy lint {file}",
    )
