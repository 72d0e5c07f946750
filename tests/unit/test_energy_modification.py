"""The compute of recorded jobs: the energy room's draws, its priors, and nothing that narrows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftgov.dossier.modification import modification_of, with_compute
from ftgov.energy.compute import COUNTED, NOT_COUNTED
from ftgov.energy.estimate import estimate
from ftgov.energy.job import Job as Asked
from ftgov.energy.modification import job_compute, whole
from ftgov.recompute.figures import NOTHING
from ftgov.recompute.standing import compare_standing
from ftgov.records.answer import JobCompute, UncountedJob
from ftgov.records.canonical import canonical_bytes
from ftgov.records.model import ModelKind, ModelVersion
from ftgov.store.evidence import EvidenceStore
from law_subjects import job, subject

BASE = ModelVersion(name="base", kind="base", parameters=8_000_000_000)


def model(name: str, kind: ModelKind = "tuned", **fields: object) -> ModelVersion:
    return ModelVersion.model_validate({"name": name, "kind": kind, **fields})


def counted(found: JobCompute | UncountedJob) -> JobCompute:
    assert isinstance(found, JobCompute), found
    return found


@pytest.mark.parametrize("method", ["lora", "full", "dpo", "supervised"])
def test_a_job_is_what_the_energy_room_estimates(method: str) -> None:
    words = {"supervised": "unknown"}
    made = job(trained_tokens=200_000_000, method=method)
    asked = Asked(2e8, (8e9, 8e9), words.get(method, method))  # type: ignore[arg-type]
    found, told = counted(job_compute(made, {"base": BASE})), estimate(asked).flop
    for text, value in ((found.low, told.low), (found.mid, told.mid), (found.high, told.high)):
        assert abs(Fraction(text) / Fraction(value) - 1) < Fraction(1, 10**5)
    assert Fraction(found.low) <= Fraction(told.low)
    assert Fraction(found.high) >= Fraction(told.high)
    assert found.parameters == ("8000000000", "8000000000")
    assert "prior.flop.approximation" in found.factors


def test_adapters_take_two_passes_and_all_weights_three() -> None:
    # Kaplan et al. 2020, section 2.1: 2 operations forward, 2 by activations, 2 by weights
    whole_weights = counted(job_compute(job(trained_tokens=10**9, method="full"), {"base": BASE}))
    adapters = counted(job_compute(job(trained_tokens=10**9), {"base": BASE}))
    assert 0.9 * 6 * 8e18 < float(whole_weights.mid) < 1.3 * 6 * 8e18
    assert abs(float(adapters.mid) / float(whole_weights.mid) - 2 / 3) < 1e-4


def test_a_base_that_has_a_prior_uses_it_also_below_a_tuned_model() -> None:
    direct = counted(job_compute(job(base="gpt-4.1-mini", trained_tokens=10**7), {}))
    chain = {"v1": model("v1", parent="gpt-4.1-mini"), "v2": model("v2", parent="v1")}
    second = counted(job_compute(job(base="v1", outputs=["v2"], trained_tokens=10**7), chain))
    assert int(direct.parameters[0]) < int(direct.parameters[1])
    assert (second.low, second.high) == (direct.low, direct.high)
    assert direct.factors[0] == second.factors[0] == "model.gpt-4.1-mini-2025-04-14"
    named = {"base": model("base", "base", snapshot="gpt-4.1-mini-2025-04-14")}
    assert counted(job_compute(job(trained_tokens=10**7), named)).high == direct.high


def test_recorded_parameters_go_before_a_prior_and_an_adapters_own_never_count() -> None:
    models = {"gpt-4.1-mini": model("gpt-4.1-mini", "base", parameters=10**9)}
    made = job(base="gpt-4.1-mini", trained_tokens=10**7)
    assert counted(job_compute(made, models)).parameters == ("1000000000", "1000000000")
    adapter = {"tuned": model("tuned", "adapter", parameters=10**6, parent="base")}
    lacking = job_compute(job(trained_tokens=10**7), adapter)
    assert isinstance(lacking, UncountedJob)
    assert "parameters" in lacking.why
    merged = {"tuned": model("tuned", "merged", parameters=10**9)}
    assert counted(job_compute(job(trained_tokens=10**7), merged)).parameters[0] == "1000000000"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "tokens are not recorded"),
        ({"trained_tokens": 0}, "tokens are not recorded"),
        ({"trained_tokens": 10**17}, "can't be meant"),
        ({"trained_tokens": 5, "method": "reinforcement"}, "rollouts"),
    ],
)
def test_nothing_is_guessed(fields: dict[str, Any], why: str) -> None:
    found = job_compute(job(**fields), {"base": BASE})
    assert isinstance(found, UncountedJob)
    assert why in found.why


def test_a_circle_of_models_ends() -> None:
    models = {"a": model("a", parent="b"), "b": model("b", parent="a")}
    found = job_compute(job(base="a", trained_tokens=5), models)
    assert isinstance(found, UncountedJob)


@given(st.floats(0, 1e30, allow_nan=False))
def test_rounding_is_outwards_and_keeps_six_figures(value: float) -> None:
    down, up = whole(value, up=False), whole(value, up=True)
    exact = Fraction(value)
    assert Fraction(down) <= exact
    assert exact <= Fraction(up)
    for text in (down, up):
        assert len(Decimal(text).normalize().as_tuple().digits) <= 6
    assert Fraction(up) - Fraction(down) <= max(exact / 10**5, Fraction(1))


def test_a_subject_adds_up_its_jobs_and_says_what_counts() -> None:
    first = job("first", outputs=["v1"], trained_tokens=10**7)
    second = job("second", base="v1", trained_tokens=2 * 10**7)
    related = (model("v1", parent="base"),)
    made = subject(made=second, base=BASE, related=related, earlier_jobs=(first,))
    total = modification_of(made)
    assert total
    assert [each.job for each in total.jobs] == ["second", "first"]
    assert int(total.high) == sum(int(each.high) for each in total.jobs)
    assert (total.counted, total.not_counted) == (COUNTED, NOT_COUNTED)
    assert canonical_bytes(total) == canonical_bytes(modification_of(made))
    assert with_compute(made).standing.compute == total


def test_training_from_nothing_is_no_modification_and_no_system_needs_none() -> None:
    scratch = subject(made=job(base=None, method="pretraining", trained_tokens=10**9))
    assert modification_of(scratch) is None
    alone = subject(made=job(trained_tokens=10**9), base=BASE).model_copy(update={"system": None})
    assert with_compute(alone) is alone


def test_a_compute_that_the_jobs_do_not_give_is_told(tmp_path: Path) -> None:
    made = with_compute(subject(made=job(trained_tokens=10**9), base=BASE))
    evidence = EvidenceStore(tmp_path)
    assert compare_standing(made, evidence, None) == NOTHING
    stated = made.standing.compute
    assert stated
    for other in (None, stated.model_copy(update={"high": stated.low})):
        standing = made.standing.model_copy(update={"compute": other})
        altered = made.model_copy(update={"standing": standing})
        (fault,) = compare_standing(altered, evidence, None).differs
        assert "compute" in fault
