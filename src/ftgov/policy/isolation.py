"""The parent's side of the worker: asks, waits no longer than allowed, and believes nothing odd.

One worker serves all policies of a call. Where it does not answer in time, dies, or answers with
anything but the agreed form, it is killed, that policy is an error, and the next one gets a new
worker.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from ftgov.policy.form import Policy
from ftgov.policy.limits import START_SECONDS, WALL_SECONDS
from ftgov.policy.pipes import NoAnswer, launch, line_back
from ftgov.records.base import Record
from ftgov.records.canonical import strict_json


class WorkerLost(Exception):
    """The worker did not give a usable answer; the text says what happened."""


class Check(Record):
    """What one validation of a policy came to."""

    state: Literal["pass", "fail", "inconclusive", "error"]
    text: str


class _Judged(Record):
    id: int
    checks: tuple[Check, ...]


class _Compiled(Record):
    id: int
    faults: tuple[str | None, ...]


class _Bound(Record):
    id: int


ReplyT = TypeVar("ReplyT", _Judged, _Compiled, _Bound)


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
        self._values: dict[str, Any] | None = None
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
            self._send_values()

    def judge(self, policy: Policy) -> tuple[Check, ...]:
        """Return what each validation of a policy came to, in order.

        Raises:
            WorkerLost: If the worker gave no usable answer in time.
        """
        asked = [
            {"expression": v.expression, "fail": v.fail_expression, "message": v.message}
            for v in policy.spec.validations
        ]
        reply = self._ask({"op": "judge", "checks": asked}, _Judged)
        if len(reply.checks) != len(asked):
            raise self._lost("answered another question than it was asked")
        return reply.checks

    def compile(self, sources: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        """Return per (source, `bool` or `string`) what is wrong with it, or None.

        Raises:
            WorkerLost: If the worker gave no usable answer in time.
        """
        reply = self._ask({"op": "compile", "sources": list(sources)}, _Compiled)
        if len(reply.faults) != len(sources):
            raise self._lost("answered another question than it was asked")
        return reply.faults

    def _ask(self, request: dict[str, Any], form: type[ReplyT]) -> ReplyT:
        self._start()
        return self._exchange(request, form, self._seconds)

    def _start(self) -> None:
        """Start a worker if there is none, and wait until it has taken the values."""
        if self._process is not None:
            return
        if self._unable is not None:
            # A worker that cannot start would cost every further policy the whole starting time.
            raise WorkerLost(self._unable)
        try:
            self._launch()
            self._send_values()
        except WorkerLost as lost:
            self._unable = f"{lost}, when it was started"
            raise

    def _launch(self) -> None:
        try:
            self._process = launch(self._command)
        except OSError as fault:
            raise WorkerLost(f"the policy worker could not be started: {fault}") from fault

    def _send_values(self) -> None:
        """Send the values, or an empty question, so that starting costs no policy its time."""
        if self._values is None:
            self._exchange({"op": "compile", "sources": []}, _Compiled, START_SECONDS)
        else:
            self._exchange({"op": "bind", "values": self._values}, _Bound, START_SECONDS)

    def _exchange(self, request: dict[str, Any], form: type[ReplyT], seconds: float) -> ReplyT:
        self._count += 1
        line = json.dumps({"id": self._count, **request}, allow_nan=False).encode() + b"\n"
        assert self._process is not None
        try:
            reply = form.model_validate(strict_json(line_back(self._process, line, seconds)))
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
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.wait()
