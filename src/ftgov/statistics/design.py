"""Weighted and clustered rows: the variance that their design gives, and what they are worth.

A score interval on weighted counts is invalid: 10 rows of weight 100 are not 1,000 rows. Here the
variance of a share is linearised (Taylor), and the share is given the number of independent rows
that would have that variance; score intervals are valid on those.

Sources: Kish (1965), Survey Sampling; Binder (1983), Int Stat Rev 51:279-292 (linearisation); Korn
and Graubard (1998), Survey Methodology 24:193-201 (effective sample size, degrees of freedom).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.distributions import student_quantiles
from ftgov.statistics.normal import two_sided_z

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def effective_n(
    share: ArrayLike,
    variance: ArrayLike,
    kish: ArrayLike,
    df: ArrayLike | None = None,
    level: float = 0.95,
) -> Floats:
    """Return how many independent rows a share is worth.

    n = share (1-share) / variance, times (z / t_df)^2 where the variance was estimated from few
    clusters: with that n a normal score interval is as wide as the t interval should be. Where
    the share is 0 or 1 its variance is estimated as 0, which says nothing: then, and where the
    variance is missing, it is `kish`.

    Args:
        share: Weighted shares.
        variance: Their design-based variances.
        kish: What the rows are worth by their weights, or clusters, alone.
        df: Degrees of freedom of the variances, clusters less 1; None: as many as there are rows.
        level: Nominal coverage of the interval that the result is for.

    Returns:
        In the shape of the arguments; 0 where df is given and below 1, since one cluster has no
        variance and proves nothing.
    """
    given = (np.asarray(value, dtype=np.float64) for value in (share, variance, kish))
    p, spread, worth = np.broadcast_arrays(*given)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = p * (1 - p) / spread
    found = np.where((found > 0) & np.isfinite(found), found, worth)
    if df is None:
        return found
    freedom = np.asarray(df, dtype=np.float64)
    t = student_quantiles(0.5 + level / 2, freedom)
    return np.where(freedom >= 1, found * (two_sided_z(level) / t) ** 2, 0.0)


def weighted_variance(
    w_hit: ArrayLike, w_miss: ArrayLike, w2_hit: ArrayLike, w2_miss: ArrayLike
) -> Floats:
    """Return the linearised variance of the share sum(w y) / sum(w) of independent weighted rows.

    sum w^2 (y - share)^2 / (sum w)^2, which the sums of w and of w squared of the hits and of the
    misses give exactly; with n rows of one weight it is share (1-share) / n.

    Args:
        w_hit: Sums of the weights of rows that count, at least 0.
        w_miss: The same of the other rows.
        w2_hit: Sums of their squared weights.
        w2_miss: The same of the other rows.

    Returns:
        In the shape of the arguments; NaN where all weights are 0.
    """
    given = (np.asarray(value, dtype=np.float64) for value in (w_hit, w_miss, w2_hit, w2_miss))
    hit, miss, hit2, miss2 = np.broadcast_arrays(*given)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hit / (hit + miss)
        found = (hit2 * (1 - share) ** 2 + miss2 * share**2) / (hit + miss) ** 2
    return np.asarray(found, dtype=np.float64)


def cluster_covariance(
    cluster: ArrayLike,
    group: ArrayLike,
    hit: ArrayLike,
    of: ArrayLike,
    *,
    n_groups: int,
    n_clusters: int,
) -> Floats:
    """Return the covariance matrix of the shares sum(hit) / sum(of) of groups over clusters.

    Clusters are independent, rows within one are not: the cluster's linearised values
    (hit - share of) / sum(of) are summed and multiplied, with the factor C/(C-1). Groups that
    share clusters (the same prompts asked for each) get their covariance from it.

    Args:
        cluster: Cluster of each entry, 0 to n_clusters - 1, shape (R,).
        group: Group of each entry, 0 to n_groups - 1; a pair may stand in several entries.
        hit: Weighted numerator of each entry.
        of: Weighted denominator of each entry.
        n_groups: G.
        n_clusters: C.

    Returns:
        Shape (G, G); NaN in row and column of a group without denominator, and everywhere where
        there are fewer than two clusters.
    """
    places, groups = np.asarray(cluster, dtype=np.int64), np.asarray(group, dtype=np.int64)
    hits, denominators = np.asarray(hit, dtype=np.float64), np.asarray(of, dtype=np.float64)
    totals = np.bincount(groups, denominators, n_groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.bincount(groups, hits, n_groups) / totals
        values = (hits - shares[groups] * denominators) / totals[groups]
    values = np.nan_to_num(values)
    result = _cross_products(places, groups, values, (n_clusters, n_groups))
    if n_clusters < 2:
        return np.full((n_groups, n_groups), np.nan)
    result *= n_clusters / (n_clusters - 1)
    empty = totals <= 0
    result[empty, :] = np.nan
    result[:, empty] = np.nan
    return result


def _cross_products(
    places: Places, groups: Places, values: Floats, shape: tuple[int, int]
) -> Floats:
    """Return sum over clusters of z z' without holding all clusters by all groups at once."""
    clusters, width = shape
    order = np.argsort(places, kind="stable")
    places, groups, values = places[order], groups[order], values[order]
    result = np.zeros((width, width))
    step = max(1, _ENTRIES // max(1, width))
    for start in range(0, clusters, step):
        rows = slice(*np.searchsorted(places, (start, start + step)))
        flat = (places[rows] - start) * width + groups[rows]
        size = min(step, clusters - start)
        dense = np.bincount(flat, values[rows], size * width).reshape(size, width)
        result += dense.T @ dense
    return result


_ENTRIES = 4_000_000
