"""The parent's side of the worker: asks, waits no longer than allowed, and believes nothing odd.

One worker serves all policies of a call, and keeps what it compiled for the next. Where it does not
answer in time, dies, or answers with anything but the agreed form, it is killed, that policy is an
error, and the next one gets a new worker.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, TypeVar

from ftgov.policy.limits import START_SECONDS, WALL_SECONDS
from ftgov.policy.pipes import Lines, NoAnswer, launch
from ftgov.records.base import Record
from ftgov.records.canonical import strict_json


class WorkerLost(Exception):
    """The worker did not give a usable answer; the text says what happened."""


class Asked(NamedTuple):
    """A validation as the worker gets it: CEL sources, the second None where there is none."""

    expression: str
    fail: str | None
    message: str


class Check(Record):
    """What one validation of a policy came to."""

    state: Literal["pass", "fail", "inconclusive", "error"]
    text: str


class _Judged(Record):
    id: int
    rule: int
    checks: tuple[Check, ...]


class _Compiled(Record):
    id: int
    faults: tuple[str | None, ...]


class _Done(Record):
    id: int


ReplyT = TypeVar("ReplyT", _Judged, _Compiled, _Done)
Rules = Sequence[Sequence[Asked]]


class Arbiter:
    """A worker process to ask, as a context manager; it starts when it is first needed.

    Args:
        command: The program to run; by default this interpreter with the worker module.
        seconds: The wall time that one policy may take.
    """

    def __init__(
        self, *, command: Sequence[str] | None = None, seconds: float = WALL_SECONDS
    ) -> None:
        self._command = command or (sys.executable, "-P", "-m", "ftgov.policy.worker")
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: Lines | None = None
        self._values: dict[str, Any] | None = None
        self._rules: Rules = ()
        self._types: dict[str, str] | None = None
        self._count = 0
        self._unable: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def bind(self, values: dict[str, Any]) -> None:
        """Set the values that the following policies see.

        Raises:
            WorkerLost: If a running worker does not take them.
        """
        self._values = values
        if self._process is not None:
            self._exchange({"op": "bind", "values": values}, _Done, START_SECONDS)

    def load(self, rules: Rules) -> None:
        """Set the rules that `judge` names by their index.

        Raises:
            WorkerLost: If a running worker does not take them.
        """
        self._rules = rules
        if self._process is not None:
            self._exchange({"op": "rules", "rules": rules}, _Done, START_SECONDS)

    def judge(self, indexes: Sequence[int]) -> Iterator[tuple[Check, ...] | WorkerLost]:
        """Yield per rule what its validations came to, in order, or how the worker was lost."""
        done = 0
        while done < len(indexes):
            try:
                for found in self._judged(indexes[done:]):
                    done += 1
                    yield found
            except WorkerLost as lost:
                done += 1
                yield lost

    def compile(self, sources: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        """Return per (source, `bool` or `string`) what is wrong with it, or None.

        Raises:
            WorkerLost: If the worker gave no usable answer in time.
        """
        self._start()
        reply = self._exchange({"op": "compile", "sources": sources}, _Compiled, self._seconds)
        if len(reply.faults) != len(sources):
            raise self._lost("answered another question than it was asked")
        return reply.faults

    def declare(self, types: dict[str, str]) -> None:
        """Let `compile` know the types of what may be read, so that it finds misused figures.

        Args:
            types: Qualified name to `double`, `int`, `string`, `map`, `maps` (a list) or `dyn`.

        Raises:
            WorkerLost: If the worker gave no usable answer in time.
        """
        self._types = types
        if self._process is not None:
            self._exchange({"op": "declare", "types": types}, _Done, START_SECONDS)

    def _judged(self, indexes: Sequence[int]) -> Iterator[tuple[Check, ...]]:
        self._start()
        request: dict[str, Any] | None = {"op": "judge", "rules": indexes}
        for index in indexes:
            reply = self._exchange(request, _Judged, self._seconds)
            if reply.rule != index or len(reply.checks) != len(self._rules[index]):
                raise self._lost("answered another question than it was asked")
            request = None
            yield reply.checks

    def _start(self) -> None:
        """Start a worker if there is none, and wait until it has taken all that was set."""
        if self._process is not None:
            return
        if self._unable is not None:
            # A worker that cannot start would cost every further policy the whole starting time.
            raise WorkerLost(self._unable)
        try:
            self._launch()
            # Asked once, if only for nothing, so that starting costs no policy its time.
            known = {"values": self._values, "rules": self._rules, "types": self._types}
            self._exchange({"op": "begin", **known}, _Done, START_SECONDS)
        except WorkerLost as lost:
            self._unable = f"{lost}, when it was started"
            raise

    def _launch(self) -> None:
        try:
            self._process = launch(self._command)
        except OSError as fault:
            raise WorkerLost(f"the policy worker could not be started: {fault}") from fault
        self._lines = Lines(self._process)

    def _exchange(
        self, request: dict[str, Any] | None, form: type[ReplyT], seconds: float
    ) -> ReplyT:
        """Return the reply to a request, or the next one to the last request where it is None."""
        assert self._lines is not None
        try:
            if request is None:
                line = self._lines.next(seconds)
            else:
                if not self._lines.is_quiet:
                    raise self._lost("answered more than it was asked")
                self._count += 1
                asked = json.dumps({"id": self._count, **request}, allow_nan=False).encode()
                line = self._lines.ask(asked + b"\n", seconds)
            reply = form.model_validate(strict_json(line))
        except NoAnswer as fault:
            raise self._lost(str(fault)) from fault
        except ValueError as fault:
            raise self._lost("answered with something that is no reply") from fault
        if reply.id != self._count:
            raise self._lost("answered another question than it was asked")
        return reply

    def _lost(self, what: str) -> WorkerLost:
        """Kill the worker, so that nothing it says later is taken for an answer."""
        self._stop()
        return WorkerLost(f"the policy worker {what}")

    def _stop(self) -> None:
        process, self._process, self._lines = self._process, None, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.wait()
