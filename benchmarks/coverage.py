"""How often the intervals of ftgov.statistics cover, and how often verdicts are wrong or right.

Run: python benchmarks/coverage.py [--quick]

One share and two shares are computed exactly: every possible table of counts with its binomial
probability (beyond 6 standard deviations left out). Audits of several groups, clusters and weights
are simulated from seeds. Each line prints what was asked for beside what was found.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from ftgov.statistics import bootstrap
from ftgov.statistics.clustered import clustered_change, spread_of
from ftgov.statistics.design import cluster_covariance, effective_n, weighted_variance
from ftgov.statistics.normal import two_sided_z
from ftgov.statistics.overall import pairs_by_resampling
from ftgov.statistics.paired import PairedCounts, newcombe_paired
from ftgov.statistics.paired_score import tango
from ftgov.statistics.proportions import wilson_many
from ftgov.statistics.score import difference_score, ratio_score, two_samples
from ftgov.statistics.sequence import confidence_sequence
from ftgov.statistics.simultaneous import (
    Share,
    pairwise_differences,
    pairwise_ratios,
    worst_difference,
    worst_ratio,
)
from ftgov.statistics.verdicts import FailingSide, decide

Floats = NDArray[np.float64]
SIZES = (30, 50, 100, 200, 500, 1_000, 5_000)
FOUR_FIFTHS = FailingSide("lt", 0.8)


class Line(NamedTuple):
    """One figure of the study: what it is, what was found, and what was asked for."""

    what: str
    found: float
    least: float = 0.0
    most: float = 1.0
    asked: bool = True

    @property
    def holds(self) -> bool:
        return self.least <= self.found <= self.most


def wilson_coverage(n: int, rates: Floats) -> Floats:
    """The exact coverage of Wilson's interval at each rate."""
    x = np.arange(n + 1)
    low, high = wilson_many(x, np.full(n + 1, n))
    return np.array([binom.pmf(x, n, p)[(low <= p) & (p <= high)].sum() for p in rates])


def _likely(n: int, p: float) -> NDArray[np.int64]:
    reach = 6 * np.sqrt(n * p * (1 - p)) + 8
    return np.arange(max(0, int(n * p - reach)), min(n, int(n * p + reach)) + 1)


def two_sample_coverage(
    n: tuple[int, int], rates: tuple[float, float], kind: str, *, corrected: bool
) -> float:
    """The exact coverage of the score interval of a difference or a ratio of two shares.

    The interval covers the truth where the score test accepts it, which is asked of each table
    instead of inverting the test; tests/unit/test_statistics_coverage.py holds the two together.
    """
    one, other = _likely(n[0], rates[0]), _likely(n[1], rates[1])
    x1, x2 = (part.ravel() for part in np.meshgrid(one, other, indexing="ij"))
    counts = two_samples(x1, n[0], x2, n[1])
    if kind == "difference":
        truth = np.full(x1.size, rates[0] - rates[1])
        score = difference_score(counts, truth, corrected=corrected)
    else:
        truth = np.full(x1.size, rates[0] / rates[1])
        score = ratio_score(counts, truth, corrected=corrected)
    weight = np.outer(binom.pmf(one, n[0], rates[0]), binom.pmf(other, n[1], rates[1])).ravel()
    return float(weight[np.abs(score) <= two_sided_z(0.95)].sum())


def near(step: float = 0.1) -> list[tuple[float, float]]:
    """Pairs of rates that differ by a factor of two at most: what four fifths is asked about."""
    rates = np.arange(0.1, 0.901, step)
    return [(p, p * r) for p in rates.tolist() for r in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)]


def everywhere() -> list[tuple[float, float]]:
    """All pairs of rates from .1 to .9."""
    rates = np.arange(0.1, 0.901, 0.1).round(3).tolist()
    return [(p, q) for p in rates for q in rates]


def one_share(sizes: tuple[int, ...]) -> list[Line]:
    rates = np.arange(0.02, 0.9801, 0.01)
    lines = []
    for n in sizes:
        found = wilson_coverage(n, rates)
        lines.append(Line(f"Wilson, n = {n}, mean of rates .02 to .98", found.mean(), 0.945, 0.965))
        lines.append(Line(f"Wilson, n = {n}, least", found.min(), 0.92))
    return lines


def two_shares(sizes: tuple[int, ...], grid: list[tuple[float, float]], name: str) -> list[Line]:
    """Equal samples, and one three times the other; the least with where it is."""
    lines = []
    kinds = (("difference", True, "MN difference"), ("ratio", False, "Koopman ratio"))
    for kind, corrected, title in (*kinds, ("ratio", True, "MN ratio")):
        for n in sizes:
            found = {
                (k * n, *rates): two_sample_coverage((n, k * n), rates, kind, corrected=corrected)
                for k in (1, 3)
                for rates in grid
            }
            other, p, q = min(found, key=lambda place: found[place])
            about = f"{title}, {name}, n = {n}"
            mean = float(np.mean(list(found.values())))
            lines.append(Line(f"{about}, mean", mean, 0.945, 0.965))
            where = f"least (beside {other}, at {p:.2g} and {q:.2g})"
            lines.append(Line(f"{about}, {where}", found[other, p, q], 0.94))
    return lines


def audits(
    sizes: tuple[int, ...], rates: tuple[float, ...], number: int, seed: int
) -> list[list[Share]]:
    """Simulated audits: one share per group."""
    hits = bootstrap.generator(seed).binomial(sizes, rates, size=(number, len(sizes)))
    return [[Share(int(x), n) for x, n in zip(row, sizes, strict=True)] for row in hits]


def simultaneous(number: int) -> list[Line]:
    """All 190 pairs of 20 groups at once, and the worst pair."""
    sizes = tuple(np.linspace(60, 1_000, 20).astype(int).tolist())
    rates = tuple(np.linspace(0.2, 0.4, 20).tolist())
    differences = np.array([p - q for i, p in enumerate(rates) for q in rates[i + 1 :]])
    all_hold, worst, worst_d = 0, 0, 0
    for shares in audits(sizes, rates, number, seed=1):
        pairs = pairwise_differences(shares, 0.95)
        held = [p.low <= d <= p.high for p, d in zip(pairs, differences, strict=True)]
        all_hold += all(held)
        low, high = worst_difference(pairs)
        worst_d += low <= 0.2 <= high
        low, high = worst_ratio(pairwise_ratios(shares, 0.95))
        worst += low <= 0.5 <= high
    return [
        Line("20 groups, all 190 differences at once", all_hold / number, 0.94),
        Line("20 groups, largest difference", worst_d / number, 0.94),
        Line("20 groups, smallest ratio", worst / number, 0.94),
    ]


def verdicts(number: int) -> list[Line]:
    """How often a fair model is failed, and how often truth is found, at four fifths."""
    lines = []
    fair = [
        ((200,) * 4, 0.1),
        ((200,) * 4, 0.3),
        ((5_000, 200, 200, 200), 0.3),
        ((500,) * 20, 0.1),
        ((500,) * 20, 0.3),
        ((30,) * 10, 0.5),
    ]
    for sizes, rate in fair:
        about = f"exactly fair, {len(sizes)} groups of {min(sizes)} to {max(sizes)}, rate {rate}"
        found = audits(sizes, (rate,) * len(sizes), number, seed=2)
        failed = np.mean([_verdict(shares) == "fail" for shares in found])
        lines.append(Line(f"{about}: fails", float(failed), 0.0, 0.05))
        naive = np.mean([_naive(shares) for shares in found])
        lines.append(Line(f"{about}: point four fifths fails", float(naive), asked=False))
    for ratio, verdict, least in ((0.7, "fail", 0.9), (1.0, "pass", 0.95)):
        found = audits((5_000,) * 4, (0.3, 0.3, 0.3, 0.3 * ratio), number, seed=3)
        share = np.mean([_verdict(shares) == verdict for shares in found])
        lines.append(Line(f"4 x 5000, rate .3, true ratio {ratio}: {verdict}", float(share), least))
    return lines


def _verdict(shares: list[Share]) -> str:
    return decide(*worst_ratio(pairwise_ratios(shares, 0.95)), FOUR_FIFTHS)


def _naive(shares: list[Share]) -> bool:
    rates = [share.successes / share.n for share in shares]
    return min(rates) < 0.8 * max(rates)


def whole_audits(number: int) -> list[Line]:
    """The verdicts of whole audits of rows in a frame, as users make them, at four fifths."""
    import pandas as pd

    from ftgov.api.fairness import group_fairness

    lines = []
    for n, ratio, verdict, least, most in (
        (300, 1.0, "fail", 0.0, 0.05),
        (5_000, 1.0, "pass", 0.95, 1.0),
        (5_000, 0.7, "fail", 0.9, 1.0),
    ):
        hits = bootstrap.generator(9).binomial(n, (0.3, 0.3, 0.3, 0.3 * ratio), size=(number, 4))
        reached = 0
        for turn, row in enumerate(hits):
            frame = pd.DataFrame(
                {
                    "group": np.repeat(list("abcd"), n),
                    "decision": np.concatenate([np.arange(n) < x for x in row]).astype(int),
                }
            )
            audit = group_fairness(
                frame,
                prediction="decision",
                groups=["group"],
                metrics=["selection_rate"],
                positive="1",
                fail_on=["demographic_parity_ratio:lt:0.8"],
                seed=turn,
            )
            worst = [c for c in audit.comparisons if c.metric == "demographic_parity_ratio"]
            reached += worst[0].verdict == verdict
        about = f"whole audits, 4 x {n}, rate .3, true ratio {ratio}: {verdict}"
        lines.append(Line(about, reached / number, least, most))
    return lines


def _clustered(draw: np.random.Generator, prompts: int, groups: int) -> Floats:
    """Hits of five completions of prompts, by group: rates of prompts spread as beta(1.5, 3.5)."""
    return draw.binomial(5, draw.beta(1.5, 3.5, size=(groups, prompts))).astype(np.float64)


def clusters(number: int, prompts: int = 200, resamples: int = 400) -> list[Line]:
    """Four groups of prompts, five completions each, all rates .3."""
    draw, groups = bootstrap.generator(4), 4
    place = np.arange(groups * prompts)
    group = np.repeat(np.arange(groups), prompts)
    held = {"one": 0, "pairs": 0, "resampled": 0, "rows": 0}
    for turn in range(number):
        hits = _clustered(draw, prompts, groups)
        rows = hits.sum(axis=1)
        of = np.full(groups, 5.0 * prompts)
        variance = cluster_covariance(
            place, group, hits.ravel(), np.full(place.size, 5.0),
            n_groups=groups, n_clusters=place.size,
        ).diagonal()  # fmt: skip
        worth = effective_n(rows / of, variance, prompts, prompts - 1)
        low, high = wilson_many(rows / of * worth, worth)
        held["one"] += int(((low <= 0.3) & (high >= 0.3)).sum())
        shares = [Share(x, n) for x, n in zip(rows / of * worth, worth, strict=True)]
        held["pairs"] += all(p.low <= 0 <= p.high for p in pairwise_differences(shares, 0.95))
        cells = np.concatenate([2 * group, 2 * group + 1])
        weights = np.concatenate([hits.ravel(), 5.0 - hits.ravel()])
        tables = bootstrap.cluster_cells(
            np.concatenate([place, place]), cells, weights,
            n_clusters=place.size, n_cells=2 * groups, resamples=resamples, seed=turn,
        )  # fmt: skip
        rates = tables[:, ::2] / (tables[:, ::2] + tables[:, 1::2])
        pairs = pairs_by_resampling(rows / of, rates, 0.95, ratios=False)
        held["resampled"] += all(p.low <= 0 <= p.high for p in pairs)
        iid = pairwise_differences([Share(x, 5 * prompts) for x in rows], 0.95)
        held["rows"] += all(p.low <= 0 <= p.high for p in iid)
    about = f"4 groups x {prompts} prompts x 5 completions"
    return [
        Line(f"{about}, one share, Wilson at the effective n", held["one"] / number / groups, 0.93),
        Line(f"{about}, 6 differences, score at the effective n", held["pairs"] / number, 0.93),
        Line(f"{about}, 6 differences, cluster bootstrap", held["resampled"] / number, 0.93),
        Line(f"{about}, 6 differences, rows as if independent", held["rows"] / number, asked=False),
    ]


def weights(number: int) -> list[Line]:
    """Two groups of weighted rows, both rates .3: score intervals at the effective n."""
    draw = bootstrap.generator(5)
    held = raw = 0
    for _ in range(number):
        shares, counts = [], []
        for _ in range(2):
            w, y = draw.lognormal(0, 0.8, size=300), draw.random(300) < 0.3
            sums = [(w**power * part).sum() for power in (1, 2) for part in (y, ~y)]
            share = sums[0] / (sums[0] + sums[1])
            kish = w.sum() ** 2 / (w**2).sum()
            worth = float(effective_n(share, weighted_variance(*sums), kish))
            shares.append(Share(share * worth, worth))
            counts.append(Share(sums[0] * 10, (sums[0] + sums[1]) * 10))
        held += all(p.low <= 0 <= p.high for p in pairwise_differences(shares, 0.95))
        raw += all(p.low <= 0 <= p.high for p in pairwise_differences(counts, 0.95))
    about = "2 groups x 300 weighted rows, difference"
    return [
        Line(f"{about}, score at the effective n", held / number, 0.93),
        Line(f"{about}, weights of 10 taken for rows", raw / number, asked=False),
    ]


def swaps(number: int) -> list[Line]:
    """40 templates x 10 names for each of two groups, no difference between the groups.

    Templates and names move the rate; each name is asked in each template.
    """
    draw, templates, names = bootstrap.generator(8), 40, 10
    held = {"both": 0, "templates": 0, "rows": 0}
    place = [(c, g, i) for c in range(templates) for g in (0, 1) for i in range(names)]
    of = [c for c, _, _ in place]
    terms = [(g, i) for _, g, i in place]
    sign = np.array([1.0 - 2 * g for _, g, _ in place]) / (templates * names)
    for _ in range(number):
        about = draw.normal(-0.8, 1, size=templates)[:, None, None]
        logit = about + draw.normal(0, 0.4, size=(1, 2, names))
        answers = (draw.random((templates, 2, names)) < 1 / (1 + np.exp(-logit))).astype(float)
        rates, means = answers.mean(axis=2), answers.mean(axis=(0, 2))
        cells = [(a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)) for a, b in rates]
        counts = PairedCounts(*np.sum(cells, axis=0).tolist())
        influence = sign * (answers - means[None, :, None]).ravel()
        for name, spread in (
            ("both", spread_of(influence, of, terms)),
            ("templates", spread_of(influence, of)),
        ):
            found = clustered_change(counts, spread, answers=templates * names)
            held[name] += found.low <= 0 <= found.high
        pairs = pairwise_differences([Share(m * 400, 400) for m in means], 0.95)
        held["rows"] += pairs[0].low <= 0 <= pairs[0].high
    about_it = "swaps: 40 templates x 10 names x 2 groups"
    return [
        Line(f"{about_it}, templates and names", held["both"] / number, 0.93),
        Line(f"{about_it}, templates alone", held["templates"] / number, asked=False),
        Line(f"{about_it}, rows as if independent", held["rows"] / number, asked=False),
    ]


def paired(number: int) -> list[Line]:
    """Paired differences of 60 items."""
    drawn = bootstrap.generator(6).multinomial(60, (0.5, 0.2, 0.1, 0.2), size=number)
    tables = [PairedCounts(*row) for row in drawn.tolist()]
    lines = []
    for name, invert in (("Tango's score", tango), ("Newcombe's method 10", newcombe_paired)):
        held = np.mean([low <= 0.1 <= high for low, high in map(invert, tables)])
        lines.append(Line(f"60 pairs, {name}", float(held), 0.93))
    return lines


def monitoring(number: int) -> list[Line]:
    """5,000 rows watched at every tenth: the sequence never misses, single looks do."""
    rows = bootstrap.generator(7).random((number, 5_000)) < 0.3
    n = np.broadcast_to(np.arange(10, 5_001, 10), (number, 500))
    hits = rows.cumsum(axis=1)[:, 9::10]
    low, high = confidence_sequence(hits, n)
    one_low, one_high = wilson_many(hits, n)
    held = ((low <= 0.3) & (high >= 0.3)).all(axis=1).mean()
    once = ((one_low <= 0.3) & (one_high >= 0.3)).all(axis=1).mean()
    return [
        Line("500 looks at 5,000 rows, confidence sequence", float(held), 0.95),
        Line("500 looks at 5,000 rows, Wilson at each look", float(once), asked=False),
    ]


def study(*, quick: bool) -> list[Line]:
    """All lines; the quick form has fewer sizes and simulations."""
    sizes = SIZES[:4] if quick else SIZES
    few = 150 if quick else 2_000
    return [
        *one_share(SIZES),
        *two_shares(sizes, near(), "rates to a factor of 2"),
        *two_shares(sizes, everywhere(), "all rates .1 to .9"),
        *simultaneous(few),
        *verdicts(few),
        *whole_audits(few // 10),
        *clusters(few),
        *weights(few),
        *swaps(few),
        *paired(4 * few),
        *monitoring(few // 2),
    ]


def shown(line: Line) -> str:
    """One line of the table."""
    asked = f"{line.least:.3f} to {line.most:.3f}" if line.asked else "-"
    state = "" if not line.asked else "holds" if line.holds else "MISSED"
    return f"{line.what:<86} {line.found:.4f}   {asked:<16} {state}".rstrip()


def main() -> None:
    """Print the table and how many of its lines hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer sizes and simulations")
    lines = study(quick=parser.parse_args().quick)
    print(f"{'coverage of nominal 95 % intervals, and verdicts':<86} found    asked")
    for line in lines:
        print(shown(line))
    asked = [line for line in lines if line.asked]
    print(f"{sum(line.holds for line in asked)} of {len(asked)} lines hold what is asked of them")


if __name__ == "__main__":
    main()
