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
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ftgov.policy.limits import (
    CPU_SECONDS,
    KEPT_PROGRAMS,
    KEPT_SOURCE,
    MEMORY_LIMIT,
    MESSAGE_LIMIT,
    SOURCE_LIMIT,
)

# What the bindings raise; C++'s bad_alloc arrives as MemoryError.
_RAISED = (RuntimeError, MemoryError, ValueError, TypeError, ArithmeticError, LookupError)


class Refused(Exception):
    """An expression that cannot be used, in words for its author."""


class Session:
    """The environment of one worker: declared variables, and the values bound to them."""

    def __init__(self) -> None:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_bindings, ext_strings

        self._cel = cel
        kinds, anything = cel.Type, cel.Type.DYN
        self._types = {"bool": kinds.BOOL, "string": kinds.STRING}
        self._extensions = [ext_strings.ExtStrings(), ext_bindings.ExtBindings()]
        self._fixed = {
            "findings": kinds.List(anything),
            "special": anything,
            # A time inside a map is not understood by the bindings; a qualified name is.
            "assessment.assessed_at": kinds.TIMESTAMP,
            "assessment.tool": kinds.STRING,
            "signing.time": kinds.STRING,
            "signing.signed_at": kinds.TIMESTAMP,
            "signatures": kinds.List(anything),
            "now": kinds.TIMESTAMP,
        }
        open_ones = ("evidence", "slices", "classification", "duties", "subject", "job")
        self._env = self._environment(dict.fromkeys(open_ones, anything))
        self._typed: Any = None
        self._bound: Any = None
        self._programs: dict[tuple[str, str], Any] = {}
        self.rules: list[Any] = []

    def _environment(self, variables: dict[str, Any]) -> Any:
        return self._cel.NewEnv(variables=variables | self._fixed, extensions=self._extensions)

    def declare(self, types: dict[str, str]) -> None:
        """Set the types by which `lint` compiles; a name that is not declared is an error there."""
        kinds = self._cel.Type
        table = {
            "double": kinds.DOUBLE,
            "int": kinds.INT,
            "string": kinds.STRING,
            "dyn": kinds.DYN,
            "map": kinds.Map(kinds.STRING, kinds.DYN),
            "maps": kinds.List(kinds.Map(kinds.STRING, kinds.DYN)),
        }
        self._typed = self._environment({name: table[kind] for name, kind in types.items()})

    def bind(self, values: dict[str, Any]) -> None:
        """Bind a view's values; times arrive as text."""
        flat = dict(values)
        assessment, signing = flat.pop("assessment"), flat.pop("signing")
        flat["now"] = datetime.fromisoformat(flat["now"])
        flat["assessment.assessed_at"] = datetime.fromisoformat(assessment["assessed_at"])
        flat["assessment.tool"] = assessment["tool"]
        flat["signing.time"] = signing["time"]
        if "signed_at" in signing:
            flat["signing.signed_at"] = datetime.fromisoformat(signing["signed_at"])
        self._bound = self._env.Activation(flat)

    def compile(self, source: str, kind: str) -> Any:
        """Compile a source that must give a `bool` or a `string`, as it will be evaluated.

        Raises:
            Refused: If it is too long, does not compile, or may give anything else.
        """
        if found := self._programs.get((source, kind)):
            return found
        compiled = self._compiled(self._env, source, kind)
        if len(source) <= KEPT_SOURCE and len(self._programs) < KEPT_PROGRAMS:
            self._programs[source, kind] = compiled
        return compiled

    def lint(self, source: str, kind: str) -> None:
        """Compile a source by the declared types as well, where there are any.

        `has()` asks about a field that a declared name would swallow, so such sources are compiled
        without types.

        Raises:
            Refused: As `compile` does, and where a value is used as what it is not.
        """
        self.compile(source, kind)
        if self._typed is not None and "has(" not in source:
            self._compiled(self._typed, source, kind)

    def _compiled(self, env: Any, source: str, kind: str) -> Any:
        if len(source.encode("utf-8", "surrogatepass")) > SOURCE_LIMIT:
            raise Refused(f"the expression is longer than {SOURCE_LIMIT} bytes")
        try:
            compiled = env.compile(source)
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

    def judge(self, check: Sequence[Any]) -> dict[str, str]:
        """Return the state and the message of one validation: expression, fail, message."""
        expression, fail, message = check
        try:
            state = self._state(expression, fail)
        except Refused as fault:
            return {"state": "error", "text": f"the expression {fault}"}
        try:
            text = self.value(message, "string")
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


def answers(session: Session, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the replies to one request: one a rule for `judge`, else one."""
    match request["op"]:
        case "judge":
            for index in request["rules"]:
                _renew_cpu()
                yield {"rule": index, "checks": [session.judge(c) for c in session.rules[index]]}
            return
        case "compile":
            yield {"faults": [_fault(session, *asked) for asked in request["sources"]]}
            return
        case _:  # begin, bind, rules and declare
            if request.get("values") is not None:
                session.bind(request["values"])
            if request.get("types") is not None:
                session.declare(request["types"])
            session.rules = request.get("rules", session.rules)
    yield {}


def _fault(session: Session, source: str, kind: str) -> str | None:
    _renew_cpu()
    try:
        session.lint(source, kind)
    except Refused as fault:
        return str(fault)
    return None


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
        for reply in answers(session, request):
            replies.write(json.dumps({"id": request["id"], **reply}).encode() + b"\n")
            replies.flush()


if __name__ == "__main__":
    main()
