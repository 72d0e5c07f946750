"""Writing one page while the next one is read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

_AT_ONCE = 8


class Writer:
    """Does one piece of writing at a time, in order, beside whoever asks for it.

    At most one piece waits to be done, so that memory holds two pages and no more. What went wrong
    is raised to whoever asks next, at the latest at the end.

    Attributes:
        disk: Threads for files that can be written side by side.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ftgov-writer")
        self._pending: Future[None] | None = None
        self.disk: Executor = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ftgov-disk")

    def begin(self, work: Callable[[], None]) -> None:
        """Have a piece of writing done, once the one before it is."""
        self.settle()
        self._pending = self._thread.submit(work)

    def settle(self) -> None:
        """Wait until all is written, and raise what went wrong with it."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the last piece end; what went wrong with it is raised unless something else is."""
        try:
            if kind is None:
                self.settle()
        finally:
            self._thread.shutdown()
            self.disk.shutdown()
