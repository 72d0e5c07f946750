"""Use per 1,000 requests: tokens in, ranges out; when a fine-tune makes up for its training."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from ftgov.energy.cost import Priced, training_price, use_price
from ftgov.energy.factors.models import ModelPrior, model_prior
from ftgov.energy.inference import BreakEven, Serving, TokenUse, break_even, serving
from ftgov.energy.ranges import Range
from ftgov.energy.use import UseQuestion, as_json, lines, use
from ftgov.errors import UsageError

SHORT = TokenUse(requests=1, input=200, output=200)
LONG = TokenUse(requests=1, input=3_000, output=200)
TRAINING = Range(0.02, 0.07, 0.27)


def _prior(name: str) -> ModelPrior:
    found = model_prior(name)
    assert found is not None
    return found


def _serving(usage: TokenUse, model: str = "gpt-4o-mini", **options: Any) -> Serving:
    return serving(usage, _prior(model).parameters, np.random.default_rng(0), **options)


def _even(tuned: TokenUse, base: TokenUse, other: str = "gpt-4o-mini") -> BreakEven:
    return break_even(
        TRAINING,
        tuned,
        base,
        tuned_parameters=_prior("gpt-4o-mini").parameters,
        base_parameters=_prior(other).parameters,
        rng=np.random.default_rng(0),
    )


@pytest.mark.parametrize("name", ["requests", "input", "cached", "output", "reasoning"])
def test_absurd_counts_are_refused(name: str) -> None:
    absurd = TokenUse(1, 10**30, 0, 10**30)._replace(**{name: 10**30})
    with pytest.raises(UsageError, match="can't be meant"):
        use(UseQuestion("gpt-4o-mini", absurd))


def test_a_name_that_holds_no_model_is_refused_wherever_it_stands() -> None:
    question = UseQuestion("gpt-4o-mini", SHORT, trained_tokens="1e6", longer=LONG)
    for changes in ({"model": ""}, {"longer_model": ""}):
        with pytest.raises(UsageError, match="names no model"):
            use(question._replace(**changes))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="is not known") as caught:
        use(UseQuestion("gpt-4o-mni", SHORT))
    assert "the nearest it knows is gpt-4o-mini" in caught.value.why


def test_published_figures_lie_in_the_range() -> None:
    """Epoch AI 2025: about 0.3 Wh for 500 output tokens of gpt-4o; 1,000 requests are kWh."""
    found = _serving(TokenUse(1, input=100, output=500), "gpt-4o")
    assert found.kwh.low < 0.3 < found.kwh.high
    assert found.kwh.high / found.kwh.low < 20
    long = _serving(TokenUse(1, input=10_000, output=500), "gpt-4o")
    # The same source: 10,000 input tokens raise it about eight times.
    assert 4 < long.kwh.mid / found.kwh.mid < 16


def test_requests_are_shared_out_and_tokens_add_up() -> None:
    one, many = _serving(SHORT), _serving(TokenUse(1_000, input=200_000, output=200_000))
    assert one.kwh == pytest.approx(many.kwh)
    assert one.writing > 0.5
    assert _serving(TokenUse(1, input=200)).writing == 0
    with_reasoning = _serving(TokenUse(1, input=200, output=200, reasoning=100))
    assert with_reasoning.kwh == one.kwh
    assert with_reasoning.reasoning == pytest.approx(one.writing / 2)


def test_cached_tokens_take_less_and_never_nothing() -> None:
    fresh = _serving(TokenUse(1, input=10_000))
    cached = _serving(TokenUse(1, input=10_000, cached=10_000))
    assert 0 < cached.kwh.high < fresh.kwh.mid
    assert 0.01 < cached.kwh.mid / fresh.kwh.mid < 0.2


def test_a_known_place_and_accelerator_narrow_the_range() -> None:
    unknown, known = _serving(SHORT), _serving(SHORT, zone="SE", gpu="h100")
    assert known.co2e_kg.width < unknown.co2e_kg.width
    assert known.kwh.width < unknown.kwh.width
    assert "grid.SE" in {row.id for row in known.factors}
    with pytest.raises(UsageError, match="no accelerator"):
        _serving(SHORT, gpu="abacus")
    with pytest.raises(UsageError, match="no zone"):
        _serving(SHORT, zone="Atlantis")


@pytest.mark.parametrize(
    "usage",
    [
        TokenUse(0, 1),
        TokenUse(1, -1, output=5),
        TokenUse(1, 0),
        TokenUse(1, 5, cached=6),
        TokenUse(1, 5, output=1, reasoning=2),
    ],
)
def test_a_usage_that_contradicts_itself_is_refused(usage: TokenUse) -> None:
    with pytest.raises(UsageError):
        _serving(usage)
    with pytest.raises(UsageError):
        use_price("gpt-4o-mini", usage)


def test_a_shorter_prompt_makes_up_for_the_training() -> None:
    found = _even(SHORT, LONG)
    assert found.requests is not None
    assert found.requests.low < found.requests.mid < found.requests.high
    per_request = found.saved_kwh.mid / 1000
    assert found.requests.mid == pytest.approx(TRAINING.mid / per_request, rel=0.3)
    assert found.never == 0.0
    more = _even(SHORT, LONG._replace(input=30_000)).requests
    assert more is not None
    assert more.mid < found.requests.mid


def test_what_saves_nothing_never_makes_up_for_it() -> None:
    found = _even(LONG, SHORT)
    assert found.requests is None
    assert found.never == 1.0
    assert found.saved_kwh.high < 0
    bigger = _even(LONG, SHORT, other="gpt-4o")
    assert 0 < bigger.never <= 1


def test_prices_are_exact_and_dated() -> None:
    found = training_price("ft:gpt-4.1-2025-04-14:org::id", tokens=1_234_567)
    assert isinstance(found, Priced)
    assert found.amount == Decimal("30.864175")
    assert found.currency == "USD"
    assert found.low < found.amount < found.high
    assert found.prices[0].published == "2025-06-01"
    hourly = training_price("o4-mini", hours=1.5)
    assert isinstance(hourly, Priced)
    assert hourly.amount == Decimal("150.0")
    used = use_price("gpt-4.1", TokenUse(2, input=3_000, cached=1_000, output=500))
    assert isinstance(used, Priced)
    # (2,000 x 3 + 1,000 x 0.75 + 500 x 12) / 1e6 USD for two requests.
    assert used.amount == Decimal("6.375")
    uncached = use_price("gpt-3.5-turbo", TokenUse(1, input=1_000, cached=1_000))
    assert isinstance(uncached, Priced)
    assert uncached.amount == Decimal(3)


@pytest.mark.parametrize(
    ("model", "tokens", "word"),
    [
        ("gpt-4o", None, "tokens are not known"),
        ("o4-mini", 5, "hours of training are not known"),
        ("meta-llama/Llama-3.1-8B", 5, "doesn't hold"),
        ("gpt-9", 5, "not known"),
    ],
)
def test_a_price_that_is_not_known_is_not_guessed(
    model: str, tokens: int | None, word: str
) -> None:
    found = training_price(model, tokens=tokens)
    assert isinstance(found, str)
    assert word in found


def test_a_price_stands_for_a_model_whose_size_is_not_known() -> None:
    found = training_price("ft:babbage-002:org::id", tokens=1_000_000)
    assert isinstance(found, Priced)
    assert found.amount == Decimal("0.4")


QUESTION = UseQuestion("gpt-4.1-mini", SHORT, trained_tokens="1e6", longer=LONG)


def test_the_answer_is_told_with_ranges_and_two_figures() -> None:
    found = use(QUESTION)
    told = "\n".join(lines(found))
    for word in ("location-based", "in no other figure", "no bill", "ISO/IEC 21031", "break-even"):
        assert word in told
    assert "1,000 requests" in told
    plain = as_json(found)
    assert plain["break_even"]["never_share"] == 0
    assert plain["interval"] == 0.9
    assert plain["price"]["currency"] == "USD"
    assert {row["id"] for row in plain["factors"]} >= {"mixture.cloud.unknown", "pue.hyperscale"}
    assert use(QUESTION) == found
    assert use(QUESTION._replace(seed=1)).serving.kwh != found.serving.kwh


def test_a_break_even_that_can_not_be_told_says_how_often() -> None:
    told = "\n".join(lines(use(QUESTION._replace(usage=LONG, longer=SHORT))))
    assert "not told: in 100 % of the draws nothing is saved" in told
    assert (
        as_json(use(QUESTION._replace(usage=LONG, longer=SHORT)))["break_even"]["requests"] is None
    )


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"model": "babbage-002"}, "size of the model"),
        ({"longer_model": "gpt-9"}, "size of the model"),
        ({"trained_tokens": None}, "tokens of the training"),
        ({"trained_tokens": "-5"}, "-5"),
        ({"seed": -1}, "negative"),
    ],
)
def test_what_can_not_be_answered_is_refused(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError) as caught:
        use(QUESTION._replace(**changed))
    assert word in f"{caught.value.what} {caught.value.next_step}"
