"""The energy counters of NVIDIA accelerators, read by ourselves before and after.

CodeCarbon doesn't say whether an accelerator's counter could be read. These readings do, through
NVML's total energy (nvmlDeviceGetTotalEnergyConsumption, millijoules since the driver was loaded,
Volta and newer); without NVML they say that nothing was read.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

_MILLIJOULES_PER_KWH = 3.6e9


class GpuReading(NamedTuple):
    """What the counters said.

    Attributes:
        names: The accelerators that were seen.
        kwh: The sum of their counters' growth; None where no counter could be read.
        moved: Whether every accelerator's counter was read twice and had grown.
    """

    names: tuple[str, ...]
    kwh: float | None
    moved: bool


class GpuCounters:
    """Reads the counters twice."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._before: dict[int, int] = {}
        self._names: tuple[str, ...] = ()

    def begin(self) -> None:
        """Read all counters a first time; a machine without accelerators has none."""
        try:
            nvml = importlib.import_module("pynvml")
            nvml.nvmlInit()
            count = int(nvml.nvmlDeviceGetCount())
        except Exception:  # noqa: BLE001 - no driver, no library, no permission: nothing was read
            return
        self._nvml = nvml
        self._names = tuple(self._name(index) for index in range(count))
        self._before = self._read()

    def end(self) -> GpuReading:
        """Read all counters again, and return how far they moved."""
        if self._nvml is None or not self._names:
            return GpuReading((), None, moved=False)
        after = self._read()
        grown = [after[index] - held for index, held in self._before.items() if index in after]
        complete = len(grown) == len(self._names)
        return GpuReading(
            self._names,
            sum(grown) / _MILLIJOULES_PER_KWH if complete else None,
            moved=complete and all(part > 0 for part in grown),
        )

    def _handle(self, index: int) -> Any:
        return self._nvml.nvmlDeviceGetHandleByIndex(index)

    def _name(self, index: int) -> str:
        name = self._nvml.nvmlDeviceGetName(self._handle(index))
        return name.decode() if isinstance(name, bytes) else str(name)

    def _read(self) -> dict[int, int]:
        """Return millijoules by index, without the accelerators that have no counter."""
        found = {}
        for index in range(len(self._names)):
            try:
                found[index] = int(
                    self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle(index))
                )
            except self._nvml.NVMLError:
                continue
        return found
