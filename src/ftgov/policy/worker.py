"""The worker process that runs CEL: `python -m ftgov.policy.worker`, one JSON object a line.

Nothing of ftgov but its plain constants is imported here and nothing is written but replies: a
policy that exhausts memory or time takes this process down, and its parent calls that an error.
An expression must be BOOL and a message STRING by the compiler's own word: besides being the rule,
a null result would corrupt the interpreter (cel-expr-python 0.1.3 gives None away without owning
it).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from datetime import datetime
from typing import Any

from ftgov.policy.limits import CPU_SECONDS, MEMORY_LIMIT, MESSAGE_LIMIT, SOURCE_LIMIT

# What the bindings raise; C++'s bad_alloc arrives as MemoryError.
_RAISED = (RuntimeError, MemoryError, ValueError, TypeError, ArithmeticError, LookupError)


class Refused(Exception):
    """An expression that cannot be used, in words for its author."""


class Session:
    """The environment of one worker: declared variables, and the values bound to them."""

    def __init__(self) -> None:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_bindings, ext_strings

        kinds, anything = cel.Type, cel.Type.DYN
        self._types = {"bool": kinds.BOOL, "string": kinds.STRING}
        self._env = cel.NewEnv(
            variables={
                "evidence": anything,
                "slices": anything,
                "findings": kinds.List(anything),
                "classification": anything,
                "subject": anything,
                # A time inside a map is not understood by the bindings; a qualified name is.
                "assessment.assessed_at": kinds.TIMESTAMP,
                "assessment.tool": kinds.STRING,
                "signatures": kinds.List(anything),
                "now": kinds.TIMESTAMP,
            },
            extensions=[ext_strings.ExtStrings(), ext_bindings.ExtBindings()],
        )
        self._bound: Any = None

    def bind(self, values: dict[str, Any]) -> None:
        """Bind a view's values; times arrive as text."""
        flat = dict(values)
        assessment = flat.pop("assessment")
        flat["now"] = datetime.fromisoformat(flat["now"])
        flat["assessment.assessed_at"] = datetime.fromisoformat(assessment["assessed_at"])
        flat["assessment.tool"] = assessment["tool"]
        self._bound = self._env.Activation(flat)

    def compile(self, source: str, kind: str) -> Any:
        """Compile a source that must give a `bool` or a `string`.

        Raises:
            Refused: If it is too long, does not compile, or may give anything else.
        """
        if len(source.encode("utf-8", "surrogatepass")) > SOURCE_LIMIT:
            raise Refused(f"the expression is longer than {SOURCE_LIMIT} bytes")
        try:
            compiled = self._env.compile(source)
            found = compiled.return_type()
        except _RAISED as fault:
            raise Refused(f"does not compile: {_first_line(fault)}") from fault
        if found != self._types[kind]:
            raise Refused(f"must give {kind.upper()}, but gives {found.name()}")
        return compiled

    def value(self, source: str, kind: str) -> Any:
        """Return what a source gives for the bound values.

        Raises:
            Refused: If it cannot be compiled or evaluated, a missing field included.
        """
        compiled = self.compile(source, kind)
        try:
            result = compiled.eval(self._bound)
            if result.type() == self._types[kind]:
                return result.value()
            why = str(result.value()) if result.type().name() == "ERROR" else "no value of its type"
        except _RAISED as fault:
            why = _first_line(fault)
        raise Refused(f"could not be evaluated: {why}")

    def judge(self, check: dict[str, str | None]) -> dict[str, str]:
        """Return the state and the message of one validation."""
        try:
            state = self._state(str(check["expression"]), check["fail"])
        except Refused as fault:
            return {"state": "error", "text": f"the expression {fault}"}
        try:
            text = self.value(str(check["message"]), "string")
            if not 0 < len(text) <= MESSAGE_LIMIT:
                raise Refused(f"has {len(text)} characters, not 1 to {MESSAGE_LIMIT}")
        except Refused as fault:
            # A failure stays one without its words; a pass that cannot say why is none.
            state = "error" if state == "pass" else state
            text = f"the message {fault}"
        return {"state": state, "text": text}

    def _state(self, expression: str, fail: str | None) -> str:
        passes = self.value(expression, "bool")
        if fail is None:
            return "pass" if passes else "fail"
        fails = self.value(fail, "bool")
        if passes and fails:
            raise Refused("and its failExpression are both true: the rule contradicts itself")
        return "pass" if passes else "fail" if fails else "inconclusive"


def _first_line(fault: BaseException) -> str:
    lines = str(fault).removeprefix("INVALID_ARGUMENT: ").strip().splitlines()
    return (lines[0] if lines else type(fault).__name__)[:500]


def answer(session: Session, request: dict[str, Any]) -> dict[str, Any]:
    """Return the reply to one request: `bind`, `compile` or `judge`."""
    match request["op"]:
        case "bind":
            session.bind(request["values"])
            return {}
        case "compile":
            faults: list[str | None] = []
            for source, kind in request["sources"]:
                try:
                    session.compile(source, kind)
                    faults.append(None)
                except Refused as fault:
                    faults.append(str(fault))
            return {"faults": faults}
        case _:
            return {"checks": [session.judge(check) for check in request["checks"]]}


def _confine() -> None:
    """Limit memory, files and core dumps; the CPU limit is renewed for every request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _renew_cpu() -> None:
    """Allow the next request its own seconds: what stops it if the parent is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def main() -> None:
    """Answer requests until standard input ends."""
    # Replies go to a private copy of standard output, so that no library can print among them.
    replies = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    session = Session()
    _confine()
    for line in sys.stdin.buffer:
        _renew_cpu()
        request = json.loads(line)
        reply = {"id": request["id"], **answer(session, request)}
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    main()
