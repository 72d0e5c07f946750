"""From the tool's figure to the wall's: ranges, labels, calibration."""

from __future__ import annotations

import pytest

from ftgov.energy.factors import factor
from ftgov.energy.wall import Calibration, Part, at_the_wall, parse_calibration, parts_of
from ftgov.errors import UsageError


def test_counters_get_the_metered_ratio_and_guesses_a_factor_of_three() -> None:
    gpu = factor("wall.gpu")
    found = at_the_wall((Part("gpu", 2.0, counted=True), Part("cpu", 1.0, counted=True)))
    assert found.kwh == pytest.approx((3 * gpu.low, 3 * gpu.value, 3 * gpu.high))
    assert found.label == "measured-software"
    mixed = at_the_wall((Part("gpu", 2.0, counted=True), Part("ram", 1.0, counted=False)))
    assert mixed.label == "estimated-tdp"
    assert mixed.kwh.high == pytest.approx(2 * gpu.high + 3)
    assert {row.id for row in mixed.factors} == {"wall.gpu", "wall.rated"}
    alone = at_the_wall((Part("cpu", 1.0, counted=True),))
    assert [row.id for row in alone.factors] == ["wall.cpu"]


def test_nothing_that_worked_is_nothing_that_was_measured() -> None:
    assert at_the_wall(()).label == "estimated-tdp"
    assert at_the_wall((Part("cpu", 0.0, counted=True),)).label == "estimated-tdp"


def test_a_record_that_contradicts_itself_is_believed_in_no_counter() -> None:
    hardware = [{"kind": "cpu", "mode": "rapl"}]
    emissions = {"energy_consumed": 1.0, "cpu_energy": 1.0}
    for claim, counted in ((True, True), (False, False), ("yes", False)):
        record = {"emissions": emissions, "hardware": hardware, "counters_read": claim}
        assert parts_of(record) == (Part("cpu", 1.0, counted=counted),)


def test_what_no_part_states_is_counted_only_if_all_that_it_may_be_was() -> None:
    rapl, ram = {"kind": "cpu", "mode": "rapl"}, {"kind": "ram", "mode": "constant"}
    whole = {"energy_consumed": 1.0}
    alone = {"emissions": whole, "hardware": [rapl], "counters_read": True}
    assert parts_of(alone) == (Part("cpu", 1.0, counted=True),)
    (rest, memory) = parts_of(alone | {"hardware": [rapl, ram]})
    assert (rest, memory) == (Part("cpu", 1.0, counted=False), Part("ram", 0.0, counted=False))


def test_the_whole_is_the_sum_of_the_parts_ranges() -> None:
    found = at_the_wall((Part("gpu", 2.0, counted=True), Part("ram", 1.0, counted=False)))
    assert len(found.ranges) == 2
    assert found.kwh == pytest.approx([sum(ends) for ends in zip(*found.ranges, strict=True)])


def test_a_site_s_meter_stands_for_the_table_where_counters_were_read() -> None:
    chosen = Calibration(1.2, 1.25, 1.3)
    found = at_the_wall((Part("gpu", 2.0, counted=True),), chosen)
    assert found.kwh == pytest.approx((2.4, 2.5, 2.6))
    assert found.factors == ()
    guessed = at_the_wall((Part("cpu", 1.0, counted=False),), chosen)
    assert guessed.kwh.high == pytest.approx(3.0)


def test_parts_are_counted_only_if_all_of_a_kind_were() -> None:
    hardware = [{"kind": "gpu", "mode": "nvml"}, {"kind": "gpu", "mode": "power samples"}]
    record = {"emissions": {"gpu_energy": 1.0, "cpu_energy": 0.0}, "hardware": hardware}
    assert parts_of(record) == (Part("gpu", 1.0, counted=False),)
    orphan = {"emissions": {"ram_energy": 1.0}, "hardware": []}
    assert parts_of(orphan) == (Part("ram", 1.0, counted=False),)


def test_a_calibration_is_read_from_one_number_or_three() -> None:
    row = factor("wall.single")
    one = parse_calibration("1.31")
    assert one == pytest.approx((1.31 * row.low, 1.31, 1.31 * row.high))
    assert one.low < one.factor < one.high
    assert parse_calibration("1.31,1.31,1.31") == one
    assert parse_calibration(",".join(map(str, one))) == one
    for text in ("0.5", "5"):
        ends = parse_calibration(text)
        assert 0.5 <= ends.low < ends.high <= 5
    assert parse_calibration("1.2, 1.3,1.4") == Calibration(1.2, 1.3, 1.4)
    for text in ("", "x", "1,2", "1,2,3,4", "nan", "1.3,1.2,1.4", "0.1", "1,2,9", "-1", "inf"):
        with pytest.raises(UsageError, match="calibration"):
            parse_calibration(text)
