"""The estimate: its anchors, its widths, its labels, and what it refuses."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from ftgov.energy.asked import Question, answer
from ftgov.energy.cases import read_cases
from ftgov.energy.estimate import Estimate, estimate
from ftgov.energy.factors import LABELS, factor
from ftgov.energy.job import Job
from ftgov.energy.plain import as_json
from ftgov.energy.power import bound
from ftgov.energy.wording import form_text, lines
from ftgov.errors import UsageError

SEVEN = (7e9, 7e9)
SMALL = Question(tokens="1e6", model="gpt-4o-mini")
LARGE = Question(tokens="1e8", model="gpt-4o", region="swedencentral")
LORA = Question(tokens="2.5e7", params="8e9", method="lora", gpu="H100", hours=3)
DPO = Question(tokens="1e7", model="gpt-4.1-nano", method="dpo")
FOUR = [SMALL, LARGE, LORA, DPO]


@pytest.mark.parametrize("question", FOUR, ids=["small", "large", "lora", "dpo"])
def test_every_figure_is_a_range_with_boundaries_a_label_and_sourced_factors(
    question: Question,
) -> None:
    result = answer(question)
    plain = as_json(result)
    ranges = [plain["flop"], plain["co2e_kg"], plain["water_l"], plain["embodied_co2e_kg"]]
    ranges += list(plain["energy_kwh"].values())
    assert all(0 < r["low"] < r["mid"] < r["high"] for r in ranges)
    energy = plain["energy_kwh"]
    assert list(energy) == ["accelerator", "it", "facility"]
    for end in ("low", "mid", "high"):
        assert energy["accelerator"][end] < energy["it"][end] < energy["facility"][end]
    assert result.label in LABELS
    assert {"prior.power.draw", "prior.flop.forward"} <= {row["id"] for row in plain["factors"]}
    for row in plain["factors"]:
        assert row["source"]
        assert row["published"] <= row["retrieved"]
        assert row["low"] <= row["value"] <= row["high"]
    shares = [driver["share"] for driver in plain["drivers"]]
    assert len(shares) == len(plain["narrow_by"]) == 3
    assert shares == sorted(shares, reverse=True)
    assert 0.5 < sum(shares) <= 1.02


def test_json_holds_six_figures_and_text_two() -> None:
    result = answer(LARGE)
    plain = json.loads(json.dumps(as_json(result)))
    for value in (plain["flop"]["mid"], plain["energy_kwh"]["it"]["low"], plain["co2e_kg"]["high"]):
        assert value == float(f"{value:.6g}")
    shown = "\n".join(lines(result))
    quoted = re.findall(r"\d[\d,]*\.?\d*(?:e[+-]\d+)?", shown.split("\n\n", 1)[1].split("\n\n")[0])
    assert len(quoted) >= 21
    for number in quoted:
        digits = re.sub(r"e.*", "", number).replace(",", "").replace(".", "").lstrip("0")
        significant = digits.rstrip("0") if "." not in number else digits
        assert len(significant) <= 2, number


@pytest.mark.parametrize(
    ("method", "passes"), [("full", 6.0), ("lora", 4.0)], ids=["all weights", "adapters"]
)
def test_compute_is_parameters_times_tokens_times_passes(method: Any, passes: float) -> None:
    result = estimate(Job(1e9, SEVEN, method))
    assert result.flop.low < passes * 7e9 * 1e9 < result.flop.high
    assert result.flop.high / result.flop.low < 1.4
    assert result.flop_done.mid > result.flop.low


def test_preference_optimisation_adds_a_forward_pass() -> None:
    plain, preferred = estimate(Job(1e9, SEVEN)), estimate(Job(1e9, SEVEN, "dpo"))
    ratio = preferred.flop.mid / plain.flop.mid
    assert 8 / 6 * 0.95 < ratio < 6 / 4 * 1.05


def test_a_seed_gives_the_same_figures_and_another_nearly_the_same() -> None:
    job = Job(1e7, (8e9, 28e9))
    assert as_json(estimate(job, seed=3)) == as_json(estimate(job, seed=3))
    one, other = (estimate(job, seed=seed).energy.facility for seed in (3, 4))
    assert one != other
    for mine, yours in zip(one, other, strict=True):
        assert abs(math.log(mine / yours)) < 0.05


@pytest.mark.parametrize(
    ("job", "widest"),
    [
        (Job(1e7, (4e9, 16e9)), 12),
        (Job(1e7, SEVEN), 8),
        (Job(1e7, SEVEN, "lora", "datacentre", gpu="H100"), 6),
        (Job(1e7, SEVEN, "full", "local", gpu="A100"), 18),
        (Job(1e9, SEVEN, "full", "local", gpu="A100", hours=300), 3),
        (Job(1e9, SEVEN, "full", "local", gpu="RTX4090", hours=300), 3),
    ],
)
def test_ranges_are_no_wider_than_promised(job: Job, widest: float) -> None:
    energy = estimate(job).energy
    assert energy.it.width <= widest
    assert energy.facility.width <= widest * 1.05


def test_what_is_known_narrows_the_range() -> None:
    hosted = estimate(Job(1e9, SEVEN))
    centre = estimate(Job(1e9, SEVEN, "full", "datacentre", gpu="H100"))
    timed = estimate(Job(1e9, SEVEN, "full", "datacentre", gpu="H100", gpus=8, hours=6))
    widths = [each.energy.it.width for each in (hosted, centre, timed)]
    assert widths == sorted(widths, reverse=True)
    assert [each.label for each in (hosted, centre, timed)] == [
        "estimated-flop",
        "estimated-flop",
        "estimated-tdp",
    ]


def test_an_unknown_region_is_a_wider_mixture_and_says_so() -> None:
    anywhere, sweden = (estimate(Job(1e7, SEVEN, zone=zone)) for zone in (None, "SE"))
    assert anywhere.co2e_kg.width > 2 * sweden.co2e_kg.width
    assert anywhere.co2e_kg.mid > 3 * sweden.co2e_kg.mid
    assert any("not one number for the world" in each.text for each in anywhere.remarks)
    assert not any("not one number" in each.text for each in sweden.remarks)


def test_an_unknown_model_says_which_parameters_were_assumed_or_refuses() -> None:
    question = Question(tokens="1e6", model="our-own-model")
    result = answer(question)
    text = " ".join(each.text for each in result.remarks)
    assert "our-own-model" in text
    assert "1.0 and 1,000 billion active parameters are assumed" in text
    assert result.energy.facility.width > 100
    with pytest.raises(UsageError, match="--strict refuses"):
        answer(question._replace(strict=True))


def test_a_fine_tuned_name_has_the_size_of_its_base() -> None:
    tuned = answer(SMALL._replace(model="ft:gpt-4o-mini-2024-07-18:acme::abc"))
    assert tuned.job.parameters == answer(SMALL).job.parameters
    assert any("are assumed" in each.text for each in tuned.remarks)


def test_the_bound_holds_on_every_case_whose_hours_are_known() -> None:
    timed = [case for case in read_cases() if case.hours and case.gpu and case.gpus]
    assert len(timed) >= 15
    for case in timed:
        site: Any = "local" if case.regime == "local" else "datacentre"
        job = Job(1.0, SEVEN, site=site, gpu=case.gpu, gpus=case.gpus, hours=case.hours)
        most = bound(job)
        assert most is not None
        assert most[0] > case.kwh, case.id


def test_the_form_s_lines_have_mwh_and_at_most_a_hundred_words() -> None:
    for question in FOUR:
        form = form_text(answer(question))
        assert form["energy_mwh"].endswith(" MWh")
        assert re.match(r"[\d.e,-]+ \([\d.e,-]+ to [\d.e,-]+\) MWh$", form["energy_mwh"])
        assert 30 < len(form["method"].split()) <= 100
        assert "Article 53(5)" in form["method"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tokens": "1e30"}, "can't be meant"),
        ({"tokens": "0"}, "can't be meant"),
        ({"tokens": "-1"}, "can't be meant"),
        ({"tokens": "many"}, "is no number"),
        ({"tokens": "inf"}, "is no number"),
        ({"tokens": "1e999999999"}, "is no number"),
        ({"params": "9e9,8e9"}, "is crossed"),
        ({"params": "1,2,3"}, "more than two"),
        ({"params": "-7e9"}, "can't be meant"),
        ({"params": "7e9", "model": "gpt-4o"}, "both given"),
        ({"hours": 0.0}, "can't be meant"),
        ({"hours": -3.0}, "can't be meant"),
        ({"hours": float("nan")}, "can't be meant"),
        ({"hours": 1e9}, "can't be meant"),
        ({"gpus": 0}, "can't be meant"),
        ({"tokens": "1000.5"}, "is no whole number"),
        ({"model": "", "params": None}, "names no model"),
        ({"model": " ", "params": None}, "names no model"),
        ({"model": "ft::org::id", "params": None}, "names no model"),
        ({"gpu": "H1000"}, "no accelerator"),
        ({"region": "Atlantis"}, "no zone"),
        ({"seed": -1}, "is negative"),
    ],
)
def test_absurd_and_malformed_jobs_are_refused(changes: dict[str, Any], words: str) -> None:
    question = Question(tokens="1e6", params="7e9")
    if "model" not in changes and "params" not in changes:
        question = question._replace(params="7e9")
    with pytest.raises(UsageError, match=re.escape(words)):
        answer(question._replace(**changes))


def test_hours_shorter_than_any_hardware_allows_name_both_sides() -> None:
    with pytest.raises(UsageError) as caught:
        answer(LORA._replace(tokens="1e12"))
    assert "3.0 hours contradict 1.0e+12 tokens on 1 x H100" in caught.value.what
    assert "need at least" in caught.value.why
    with pytest.raises(UsageError, match=r"100,000 of the fastest accelerators"):
        answer(Question(tokens="1e15", params="8e9", hours=0.01))


def test_improbable_hours_are_told_and_refused_where_asked() -> None:
    rushed = LORA._replace(tokens="3e8", hours=3.0)
    idle = LORA._replace(tokens="1e5", hours=100.0)
    for question in (rushed, idle):
        result = answer(question)
        assert [each.kind for each in result.remarks].count("contradiction") == 1
        with pytest.raises(UsageError, match="contradicts itself"):
            answer(question._replace(strict=True))


def test_hours_without_accelerators_bound_nothing_and_it_is_said() -> None:
    result: Estimate = answer(Question(tokens="1e11", params="70e9", hours=1.0))
    assert result.bound_kwh is None
    assert result.label == "estimated-flop"
    assert any("no bound is given" in each.text for each in result.remarks)
    assert answer(SMALL).bound_kwh is None
    known: Estimate = answer(SMALL._replace(hours=2.0, gpus=8))
    assert known.bound_kwh == pytest.approx(
        2 * 8 * factor("gpu.B200.node").high * factor("pue.hyperscale").high / 1000
    )
    assert known.bound_kwh is not None
    assert known.bound_kwh > known.energy.facility.high


def test_accelerators_without_hours_are_told_to_be_unused() -> None:
    unused = "is not used: without the hours"
    for question in (SMALL._replace(gpus=4), LORA._replace(gpus=2, hours=None)):
        assert any(unused in each.text for each in answer(question).remarks)
    for question in (LORA._replace(gpus=8, hours=None), LORA._replace(gpus=2), SMALL):
        assert not any(unused in each.text for each in answer(question).remarks)


def test_a_machine_of_one_s_own_may_hold_a_small_card() -> None:
    job = Job(1e7, SEVEN, "lora", "local")
    own, hosted = estimate(job), estimate(job._replace(site="hosted"))
    assert {"gpu.T4.peak", "gpu.RTX4090.tdp"} <= {row.id for row in own.factors}
    assert "gpu.T4.peak" not in {row.id for row in hosted.factors}
    small, large = (estimate(job._replace(gpu=gpu)) for gpu in ("RTX3090", "H100"))
    assert own.energy.it.high > small.energy.it.mid
    assert own.energy.it.low < large.energy.it.mid
    assert own.energy.it.width > max(each.energy.it.width for each in (small, large, hosted))
    assert any("T4" in each.text and "as likely" in each.text for each in own.remarks)


def test_a_nearly_right_name_is_told_the_nearest() -> None:
    result = answer(SMALL._replace(model="gpt-4o-mni"))
    assert any("the nearest it knows is gpt-4o-mini" in each.text for each in result.remarks)
    assert not any("nearest" in each.text for each in answer(SMALL._replace(model="zz")).remarks)
