"""What each group's figure is, and how sure one can be of it, in one of two forms.

A share of rows is `Shares`: its intervals are score intervals on the number of independent rows
that it is worth. Everything else is `Estimates`: its intervals rest on standard errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.grouped import Entries, Grouped
from ftgov.analyzers.group_fairness.metrics import ATOMS, Ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Shares(NamedTuple):
    """Shares of rows by group.

    Attributes:
        value: NaN where the denominator is empty, shape (G,).
        rows: The denominators, in rows.
        sizes: All rows of each group.
        variance: Design-based variance; None where rows are independent and unweighted.
        covariance: Over clusters, shape (G, G); None where rows are not clustered.
        kish: What the rows are worth by their weights or clusters alone.
        df: Clusters less 1; None where rows are not clustered.
    """

    value: Floats
    rows: Floats
    sizes: Floats
    variance: Floats | None
    covariance: Floats | None
    kish: Floats
    df: Floats | None

    def worth(self, level: float) -> Floats:
        """Return the effective rows, for intervals of a level; 0 where there is no value."""
        import numpy as np

        from ftgov.statistics.design import effective_n

        if self.variance is None:
            return self.rows
        found = effective_n(self.value, self.variance, self.kish, self.df, level)
        return np.where(np.isnan(self.value), 0.0, np.nan_to_num(found))


class Estimates(NamedTuple):
    """Other figures by group.

    Attributes:
        value: NaN where undefined, shape (G,).
        rows: The denominators, in rows.
        covariance: Of the figures, shape (G, G).
        log_covariance: Of their logarithms; NaN where a figure is not above 0.
        df: Degrees of freedom of each variance.
        method: How the standard errors were made.
    """

    value: Floats
    rows: Floats
    covariance: Floats
    log_covariance: Floats
    df: Floats
    method: str


def shares(found: Grouped, metric: Ratio) -> Shares:
    """Return a share of rows by group."""
    import numpy as np

    from ftgov.statistics.design import weighted_variance

    hit, of = np.array(metric.hit, dtype=np.float64), np.array(metric.of, dtype=np.float64)
    rows, sizes = found.rows @ of, found.rows.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (found.w @ hit) / (found.w @ of)
        kish = (found.w @ of) ** 2 / (found.w2 @ of)
    if found.independent:
        return Shares(value, rows, sizes, None, None, kish, None)
    if found.entries is not None:
        covariance, kish, df = _clustered(found.entries, metric, len(found.groups))
        return Shares(value, rows, sizes, np.diag(covariance), covariance, kish, df)
    miss = of - hit
    variance = weighted_variance(found.w @ hit, found.w @ miss, found.w2 @ hit, found.w2 @ miss)
    return Shares(value, rows, sizes, variance, None, kish, None)


def _clustered(entries: Entries, metric: Ratio, groups: int) -> tuple[Floats, Floats, Floats]:
    """Return covariance, Kish's effective clusters and degrees of freedom, of a ratio by group."""
    import numpy as np

    from ftgov.statistics.design import cluster_covariance

    group, atom = np.divmod(entries.place, ATOMS)
    hit = entries.weight * np.array(metric.hit, dtype=np.float64)[atom]
    of = entries.weight * np.array(metric.of, dtype=np.float64)[atom]
    covariance = cluster_covariance(
        entries.cluster, group, hit, of, n_groups=groups, n_clusters=entries.clusters
    )
    pair = entries.cluster * groups + group
    known, inverse = np.unique(pair, return_inverse=True)
    sizes = np.bincount(inverse, of, len(known)).astype(np.float64)
    owner = known % groups
    held = np.bincount(owner, sizes > 0, groups)
    total, squares = (np.bincount(owner, sizes**power, groups) for power in (1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = total**2 / squares
    return covariance, kish, held.astype(np.float64) - 1.0


def draws(found: Grouped, resamples: int, seed: int) -> Floats:
    """Return resampled atoms, shape (B, G * ATOMS): rows, weighted rows or clusters drawn again."""
    from ftgov.statistics import bootstrap

    if found.entries is not None:
        entries = found.entries
        return bootstrap.cluster_cells(
            entries.cluster,
            entries.place,
            entries.weight,
            n_clusters=entries.clusters,
            n_cells=found.rows.size,
            resamples=resamples,
            seed=seed,
        )
    if found.weighted:
        return bootstrap.weighted_cells(found.w.ravel(), found.w2.ravel(), resamples, seed)
    return bootstrap.multinomial_cells(found.rows.ravel(), resamples, seed)


def resampled(drawn: Floats, metric: Ratio) -> Floats:
    """Return a metric by group in each resample, shape (B, G); NaN where it is undefined."""
    import numpy as np

    atoms = drawn.reshape(len(drawn), -1, ATOMS)
    with np.errstate(divide="ignore", invalid="ignore"):
        result = (atoms @ np.array(metric.hit, dtype=np.float64)) / (
            atoms @ np.array(metric.of, dtype=np.float64)
        )
    return np.asarray(result)


def composites(found: Grouped, metric: Ratio, drawn: Floats) -> Estimates:
    """Return a metric that is no share of rows, with the covariance of its resamples."""
    import numpy as np

    of = np.array(metric.of, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (found.w @ np.array(metric.hit, dtype=np.float64)) / (found.w @ of)
        replicates = resampled(drawn, metric)
        logs = np.log(replicates)
    rows = found.rows @ (of > 0)
    free = np.full(len(value), np.inf)
    if found.entries is not None:
        _, _, free = _clustered(found.entries, metric, len(value))
    return Estimates(
        value, rows, _covariance(replicates), _covariance(logs), free, "cell bootstrap"
    )


def _covariance(replicates: Floats) -> Floats:
    """Return the covariance of figures over resamples; NaN where one is undefined in over 10 %."""
    import numpy as np

    finite = np.isfinite(replicates)
    usable = finite.mean(axis=0) >= 0.9
    whole = finite[:, usable].all(axis=1)
    result = np.full((replicates.shape[1],) * 2, np.nan)
    if usable.any() and whole.sum() > 1:
        result[np.ix_(usable, usable)] = np.atleast_2d(
            np.cov(replicates[np.ix_(whole, usable)], rowvar=False)
        )
    return result
