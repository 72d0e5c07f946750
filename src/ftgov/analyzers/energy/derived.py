"""What follows from a tool's figure: the building, water, and the making of the machines."""

from __future__ import annotations

from ftgov.analyzers import figures
from ftgov.analyzers.energy import known, tool_figures
from ftgov.analyzers.energy.tool_record import ToolRecord
from ftgov.energy.factors import Factor, factor
from ftgov.energy.footprint import Footprint, footprint
from ftgov.energy.ranges import LEVEL, Range, of, six
from ftgov.energy.sampling import Source
from ftgov.records.job import Job
from ftgov.records.measurement import Assurance, Measurement

_DRAWS = 4_000
_SEED = 0
_DRAWN = f"5 % to 95 % of {_DRAWS:,} draws over the tool's range and dated factors (seed {_SEED})"
_PRODUCT = "the ends of the tool's range times those of the PUE"
_NO_ACCELERATOR = "the energy tool saw no accelerator"


def derived(record: ToolRecord, job: Job) -> tuple[list[Measurement], tuple[Factor, ...]]:
    """Return the figures that follow from a tool's own, and the factors that they rest on.

    The tool's range is read as a triangle about its figure, in logarithms: a factor of three either
    way is as likely up as down.
    """
    import numpy as np

    source = Source(np.random.default_rng(_SEED), _DRAWS, {}, {})
    ends = tool_figures.kwh_range(record)
    row = factor("pue.local" if known.site_of(job) == "local" else "pue.hyperscale")
    wall = row._replace(low=ends.low, value=tool_figures.at_wall(record), high=ends.high)
    machines = source.triangular("machines", wall, log=ends.low > 0)
    building = machines * source.triangular("building", source.use(row))
    gpu = known.accelerator_of(record)
    cost = footprint(
        source.generator,
        it_kwh=machines,
        facility_kwh=building,
        accelerator_hours=np.full(_DRAWS, record.seconds / 3600.0 * record.accelerators),
        zone=known.zone_of(job, record),
        gpu=gpu,
        site=known.site_of(job),
    )
    label = tool_figures.label(record)
    # The building's overhead, water and machines come from tables, whatever read the energy.
    estimate: Assurance = "assumed" if label == "measured-software" else label
    facility = _figure(
        record,
        "facility_energy",
        "kWh",
        of(building),
        how="the machines' energy x PUE",
        label=estimate,
    )
    water = _figure(
        record,
        "job_water",
        "L",
        of(cost.water_onsite_l + cost.water_offsite_l),
        how="cooling on site and making the electricity off site",
        label=estimate,
    )
    rows = tuple({each.id: each for each in (row, *cost.factors)}.values())
    return [_accelerators(record), facility, water, _embodied(record, cost, estimate)], rows


def _figure(
    record: ToolRecord, name: str, unit: str, values: Range, *, how: str, label: Assurance
) -> Measurement:
    grounds = figures.Grounds((record.file.digest,), LEVEL, label)
    low, mid, high = (six(part) for part in values)
    about = figures.About(f"energy.{name}", grounds, how, unit=unit)
    made = _PRODUCT if name == "facility_energy" else _DRAWN
    # A range that rests on an assumed one is assumed too, however it was computed.
    told = made if record.counted else f"assumed range, no confidence interval: {made}"
    return figures.figure(about, mid, figures.interval(low, high, LEVEL, told))


def _accelerators(record: ToolRecord) -> Measurement:
    grounds = figures.Grounds((record.file.digest,), LEVEL, tool_figures.label(record))
    about = figures.About(
        "energy.accelerator_energy",
        grounds,
        "the tool's own figure of the accelerators",
        unit="kWh",
    )
    if record.gpu_kwh is None:
        return figures.absent(about, _NO_ACCELERATOR)
    reach = tool_figures.counter_error(record)
    ends = figures.interval(
        record.gpu_kwh * reach.low, record.gpu_kwh * reach.high, LEVEL, reach.method
    )
    return figures.figure(about, record.gpu_kwh, ends)


def _embodied(record: ToolRecord, cost: Footprint, label: Assurance) -> Measurement:
    how = "the job's share of making the machines; in no other figure"
    if not record.accelerators:
        grounds = figures.Grounds((record.file.digest,), LEVEL, label)
        about = figures.About("energy.embodied_co2e", grounds, how, unit="kg")
        return figures.absent(about, _NO_ACCELERATOR)
    return _figure(record, "embodied_co2e", "kg", of(cost.embodied_kg), how=how, label=label)
