"""Accelerators' counters: measured is said only if each was read twice and had grown.

No accelerator is here, so a stand-in plays NVML's few calls and Zeus's window; what is tested is
what is made of their answers.
"""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ftgov.energy.gpu_counters import GpuCounters
from ftgov.energy.zeus_check import ZeusCheck


class _NoCounter(Exception):
    """What NVML raises where a card is older than its counter."""


def _nvml(monkeypatch: pytest.MonkeyPatch, readings: dict[int, list[int | None]]) -> None:
    """Let NVML show one card for each key, whose counter gives the readings one by one."""
    held = {index: iter(values) for index, values in readings.items()}

    def total(index: int) -> int:
        value = next(held[index])
        if value is None:
            raise _NoCounter
        return value

    module: Any = ModuleType("pynvml")
    module.NVMLError = _NoCounter
    module.nvmlInit = lambda: None
    module.nvmlDeviceGetCount = lambda: len(readings)
    module.nvmlDeviceGetHandleByIndex = lambda index: index
    module.nvmlDeviceGetName = lambda index: b"Card" if index else "Card"
    module.nvmlDeviceGetTotalEnergyConsumption = total
    monkeypatch.setitem(sys.modules, "pynvml", module)


@pytest.mark.parametrize(
    ("readings", "kwh", "moved"),
    [
        ({0: [0, 3_600_000_000], 1: [5, 3_600_000_005]}, 2.0, True),
        ({0: [7, 7]}, 0.0, False),
        ({0: [0, 9], 1: [5, 5]}, 9 / 3.6e9, False),
        ({0: [0, 9], 1: [None, None]}, None, False),
        ({0: [0, None]}, None, False),
    ],
)
def test_every_counter_must_have_grown(
    monkeypatch: pytest.MonkeyPatch,
    readings: dict[int, list[int | None]],
    kwh: float | None,
    moved: bool,
) -> None:
    _nvml(monkeypatch, readings)
    counters = GpuCounters()
    counters.begin()
    found = counters.end()
    assert found.names == ("Card",) * len(readings)
    assert found.kwh == (None if kwh is None else pytest.approx(kwh))
    assert found.moved is moved


def test_without_a_driver_nothing_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    counters = GpuCounters()
    counters.begin()
    assert counters.end() == ((), None, False)
    _nvml(monkeypatch, {})
    bare = GpuCounters()
    bare.begin()
    assert bare.end() == ((), None, False)


def _zeus(monkeypatch: pytest.MonkeyPatch, joules: dict[int, float] | None) -> None:
    monitor: Any = SimpleNamespace(
        begin_window=lambda name: None,
        end_window=lambda name: SimpleNamespace(gpu_energy=joules),
    )
    module: Any = ModuleType("zeus.monitor")
    module.ZeusMonitor = lambda: monitor
    monkeypatch.setitem(sys.modules, "zeus", ModuleType("zeus"))
    monkeypatch.setitem(sys.modules, "zeus.monitor", module)


def test_zeus_is_a_second_reading_of_the_same_window(monkeypatch: pytest.MonkeyPatch) -> None:
    _zeus(monkeypatch, {0: 1.8e6, 1: 1.8e6})
    check = ZeusCheck(wanted=True)
    check.begin()
    found = check.end(1.1)
    assert found is not None
    assert found["gpu_kwh"] == pytest.approx(1.0)
    assert found["codecarbon_over_zeus"] == pytest.approx(1.1)


@pytest.mark.parametrize("joules", [{}, None])
def test_an_empty_answer_of_zeus_is_told(
    monkeypatch: pytest.MonkeyPatch, joules: dict[int, float] | None
) -> None:
    _zeus(monkeypatch, joules)
    check = ZeusCheck(wanted=True)
    check.begin()
    found = check.end(0.0)
    assert found is not None
    assert found["gpu_kwh"] is None
    assert "no accelerator" in found["reason"]


def test_zeus_that_is_absent_or_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeus", None)
    check = ZeusCheck(wanted=True)
    check.begin()
    found = check.end(0.0)
    assert found is not None
    assert found["reason"]
    unwanted = ZeusCheck(wanted=False)
    unwanted.begin()
    assert unwanted.end(0.0) is None
