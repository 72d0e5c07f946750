"""The scores of a validation as JSON values and as a table of text."""

from __future__ import annotations

from typing import Any

from ftgov.energy.factors import factor
from ftgov.energy.ranges import LEVEL, six, two
from ftgov.energy.score import Score, Tried, score, transferred, without_each
from ftgov.energy.validate import REGIMES, Validation

ENOUGH_SOURCES = 4
"""Sources from which on one can be left out and the others still teach something."""

_LEGEND = (
    "ratio: median of estimate over measured. width: median of upper over lower end. score: mean",
    "interval score of the logarithms (lower is better). Cases of one source are alike, so the",
    "intervals of the coverage are narrower than they should be.",
)
_LEFT_OUT = "  leave-one-source-out, worst"
_LEARNED = "  learned correction, not used"


def as_json(result: Validation) -> dict[str, Any]:
    """Return the scores as JSON values."""
    return {
        "regimes": {name: _regime(tried) for name, tried in result.regimes.items()},
        "overall": _score(score(result.overall)),
        "cases": [
            {
                "id": each.case,
                "regime": name,
                "source": each.source,
                "measured_kwh": six(each.measured),
                "estimate_kwh": dict(
                    zip(("low", "mid", "high"), map(six, each.estimate), strict=True)
                ),
                "covered": each.covered,
                "ratio": six(each.ratio),
            }
            for name, tried in result.regimes.items()
            for each in tried
        ],
        "interval": LEVEL,
        "priors": int(factor("prior.version").value),
        "seed": result.seed,
    }


def _regime(tried: list[Tried]) -> dict[str, Any]:
    scored = score(tried)
    enough = scored.sources >= ENOUGH_SOURCES
    return {
        **_score(scored),
        "leave_one_source_out": _score(without_each(tried)) if enough else None,
        "corrected_by_other_sources": _score(score(transferred(tried))) if enough else None,
        "leave_one_source_out_reason": (
            None if enough else f"{scored.sources} sources; {ENOUGH_SOURCES} are needed"
        ),
    }


def _score(scored: Score) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int) else six(value)
        for name, value in scored._asdict().items()
    }


def lines(result: Validation) -> list[str]:
    """Return the scores as a table of text."""
    table = [
        (
            f"{'':30}{'n':>3} {'sources':>7}  {'coverage (95 % interval)':26}"
            f"{'ratio':>6} {'width':>6} {'score':>6}"
        )
    ]
    for name, tried in result.regimes.items():
        scored = score(tried)
        table.append(_line(name, scored))
        if scored.sources >= ENOUGH_SOURCES:
            table.append(_line(_LEFT_OUT, without_each(tried)))
            table.append(_line(_LEARNED, score(transferred(tried))))
    table.append(_line("overall, each case once", score(result.overall)))
    missed = [
        f"  {name}: {each.case} measured {two(each.measured)} kWh, estimated "
        f"{two(each.estimate.low)} to {two(each.estimate.high)}"
        for name, tried in result.regimes.items()
        for each in tried
        if not each.covered
    ]
    return [
        (
            f"The 90 % intervals of priors v{factor('prior.version').value:.0f} against "
            f"{len(result.overall)} measured cases (seed {result.seed})"
        ),
        "",
        *table,
        "",
        *_LEGEND,
        *_left_out(result),
        "Regimes:",
        *(
            f"  {regime.name:26} {regime.title}"
            for regime in REGIMES
            if regime.name in result.regimes
        ),
        *(["Not covered:", *missed] if missed else ["Every case was covered."]),
    ]


def _left_out(result: Validation) -> list[str]:
    """Return in words what the rows of the sources left out say, the bad one as well."""
    learned = {
        name: score(transferred(tried)).coverage
        for name, tried in result.regimes.items()
        if score(tried).sources >= ENOUGH_SOURCES
    }
    if not learned:
        return []
    worst = min(learned, key=lambda name: learned[name])
    covered = f"{100 * learned[worst]:.0f} % ({worst})"
    return [
        "leave-one-source-out, worst: the row that the goal of 80 % is about. No prior is fitted",
        "to a case, so leaving a source out changes no estimate; told is the worst that is left.",
        "learned correction, not used: a factor that the other sources teach, applied to the one",
        f"left out. It falls to {covered}, so no correction is applied to any estimate.",
    ]


def _line(name: str, scored: Score) -> str:
    coverage = (
        f"{100 * scored.coverage:.0f} % "
        f"({100 * scored.coverage_low:.0f} to {100 * scored.coverage_high:.0f} %)"
    )
    return (
        f"{name:30}{scored.n:>3} {scored.sources:>7}  {coverage:26}"
        f"{two(scored.median_ratio):>6} {two(scored.median_width):>6} "
        f"{two(scored.interval_score):>6}"
    )
