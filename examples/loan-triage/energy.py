"""Energy of one training run with CodeCarbon, offline, and whether a counter was read at all."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import store

COUNTRY = "DEU"
#: Germany 2023 (Our World in Data), fixed here so that the result does not depend on tables.
GRID_G_PER_KWH = 381.0
#: The place of the machine is not needed: the grid intensity above is what counts.
PRIVATE_FIELDS = ("longitude", "latitude", "region")
COUNTER_MODES = ("rapl", "intel_power_gadget", "nvml", "powermetrics", "amdsmi", "powercap")


def hardware_facts(tracker: Any) -> list[dict[str, Any]]:
    """Say for each part how its power was obtained; no output field of CodeCarbon says so."""
    facts: list[dict[str, Any]] = []
    for part in tracker._hardware:  # noqa: SLF001
        kind = type(part).__name__.lower()
        if kind == "cpu":
            facts.append(
                {
                    "kind": "cpu",
                    "model": getattr(part, "_model", None),
                    "mode": getattr(part, "_mode", None),
                    "tdp_w": getattr(part, "_tdp", None),
                }
            )
        elif kind == "ram":
            total = part.total_power()
            facts.append({"kind": "ram", "mode": "constant", "power_w": total.W})
        else:
            # A graphics card is only listed when its driver's counter could be opened.
            facts.append({"kind": kind, "mode": "nvml" if kind == "gpu" else "unknown"})
    return facts


@contextmanager
def measured(job: str, target: Path) -> Iterator[None]:
    """Track the enclosed work and write ``codecarbon.json``; one tracker per process."""
    # The tracker prints some forty lines otherwise, some of them whatever its log level is.
    logging.getLogger("codecarbon").disabled = True
    import codecarbon

    tracker = codecarbon.OfflineEmissionsTracker(
        country_iso_code=COUNTRY,
        force_carbon_intensity_g_co2e_kwh=GRID_G_PER_KWH,
        project_name=f"loan-triage.{job}",
        measure_power_secs=5,
        save_to_file=False,
        log_level="critical",
    )
    tracker.start()
    try:
        yield
    finally:
        tracker.stop()
        emissions = asdict(tracker.final_emissions_data)
        hardware = hardware_facts(tracker)
        for field in PRIVATE_FIELDS:
            emissions.pop(field, None)
        # The full version string would identify the machine's kernel build.
        emissions["os"] = platform.system()
        record = {
            "tool": "codecarbon",
            "version": codecarbon.__version__,
            "grid_intensity_g_per_kwh": GRID_G_PER_KWH,
            "emissions": emissions,
            "hardware": hardware,
            "counters_read": any(part["mode"] in COUNTER_MODES for part in hardware),
        }
        store.write_json(target, record)
