"""Zeus as a second reading of the accelerators, where a user has it and asks for it.

Zeus (You et al. 2023, NSDI) reads the same NVML counters by other code; a disagreement shows a
fault of one of the two. It is no dependency: its environment is half a gigabyte.
"""

from __future__ import annotations

import importlib
from typing import Any

_WINDOW = "ftgov"
_JOULES_PER_KWH = 3.6e6


class ZeusCheck:
    """Measures the same window with Zeus; says so where it can't.

    Args:
        wanted: Whether the user asked for it; without, nothing is imported.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._monitor: Any = None
        self._reason = ""

    def begin(self) -> None:
        """Open the window."""
        if not self._wanted:
            return
        try:
            monitor = importlib.import_module("zeus.monitor").ZeusMonitor()
            monitor.begin_window(_WINDOW)
        except Exception as fault:  # noqa: BLE001 - absent, without an accelerator, or at odds with the driver
            self._reason = f"{type(fault).__name__}: {fault}"
            return
        self._monitor = monitor

    def end(self, gpu_kwh: float) -> dict[str, Any] | None:
        """Close the window, and return both readings; None if it wasn't asked for.

        Args:
            gpu_kwh: What CodeCarbon read of the accelerators.
        """
        if not self._wanted:
            return None
        if self._monitor is None:
            return {"tool": "zeus", "gpu_kwh": None, "reason": self._reason}
        try:
            # Without an accelerator this is an empty mapping, and Zeus says nothing about it.
            joules = dict(self._monitor.end_window(_WINDOW).gpu_energy or {})
        except Exception as fault:  # noqa: BLE001 - the same
            return {"tool": "zeus", "gpu_kwh": None, "reason": f"{type(fault).__name__}: {fault}"}
        if not joules:
            return {"tool": "zeus", "gpu_kwh": None, "reason": "Zeus found no accelerator"}
        kwh = sum(joules.values()) / _JOULES_PER_KWH
        ratio = gpu_kwh / kwh if kwh else None
        return {"tool": "zeus", "gpu_kwh": kwh, "codecarbon_over_zeus": ratio}
