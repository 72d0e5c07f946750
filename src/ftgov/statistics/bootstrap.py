"""Resampling of cell tables: counts are drawn again, never the weighted cells themselves.

Drawing n rows with replacement and counting them is drawing the counts from a multinomial: the two
are equal in law, so a bootstrap costs as much as the table has cells, not as the data has rows.
Clustered rows are drawn by cluster, weighted rows by their weights' own variance.

Sources: Efron (1979), Ann Stat 7:1-26; Davison and Hinkley (1997), Bootstrap Methods and their
Application, chapter 3; Chamandy et al. (2012), Estimating Uncertainty for Massive Data Streams
(Poisson weights); Field and Welsh (2007), J R Stat Soc B 69:369-390 (clusters).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.errors import MissingExtra

Floats = NDArray[np.float64]

BATCH_VALUES = 8_000_000
"""How many numbers a batch of draws holds at most: 64 MB."""


def generator(seed: int) -> np.random.Generator:
    """Return the generator that all draws here come from: PCG64 of a seed, the same everywhere."""
    return np.random.Generator(np.random.PCG64(seed))


def multinomial_batches(
    counts: ArrayLike, resamples: int, seed: int, batch: int | None = None
) -> Iterator[Floats]:
    """Yield resampled counts of independent rows, in batches; together they are one drawing.

    Args:
        counts: Whole numbers of rows by cell, shape (K,), not all 0.
        resamples: B, at least 1.
        seed: The seed of the drawing.
        batch: Resamples at once; default: as many as 64 MB hold. The numbers do not depend on it.

    Yields:
        Shape (b, K), each row of the same sum as `counts`.

    Raises:
        ValueError: If counts are no counts, or there is nothing to draw.
    """
    table = _checked(counts)
    if not np.array_equal(table, np.rint(table)):
        raise ValueError("rows are counted in whole numbers; weighted rows have `weighted_cells`")
    total = int(table.sum())
    if total < 1 or resamples < 1:
        raise ValueError("a bootstrap needs at least one row and one resample")
    draw, shares = generator(seed), table / table.sum()
    for size in _sizes(resamples, len(table), batch):
        yield draw.multinomial(total, shares, size=size).astype(np.float64)


def multinomial_cells(counts: ArrayLike, resamples: int, seed: int) -> Floats:
    """Return all batches of `multinomial_batches` in one array, shape (B, K)."""
    return np.concatenate(list(multinomial_batches(counts, resamples, seed)))


def weighted_cells(w: ArrayLike, w2: ArrayLike, resamples: int, seed: int) -> Floats:
    """Return resampled sums of weights by cell: the Poisson bootstrap, from two sums.

    Counting each row Poisson(1) times makes a cell's sum of weights vary with mean sum(w) and
    variance sum(w^2). It is drawn as (w2/w) times a Poisson of mean w^2/w2, which has these two
    moments and is that bootstrap exactly where a cell's weights are equal.

    Args:
        w: Sums of weights by cell, at least 0, shape (K,).
        w2: Sums of squared weights.
        resamples: B, at least 1.
        seed: The seed of the drawing.

    Returns:
        Shape (B, K); 0 in cells without weight.

    Raises:
        ValueError: If a sum is negative or not finite, or a cell has weight but no square.
    """
    sums, squares = _checked(w), _checked(w2)
    if sums.shape != squares.shape or np.any((squares > 0) != (sums > 0)):
        raise ValueError("each cell needs the sum of its weights and of their squares")
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(sums > 0, sums**2 / squares, 0.0)
        unit = np.where(sums > 0, squares / sums, 0.0)
    draws = generator(seed).poisson(worth, size=(resamples, len(sums)))
    return np.asarray(draws * unit, dtype=np.float64)


def cluster_cells(
    cluster: ArrayLike,
    cell: ArrayLike,
    weight: ArrayLike,
    *,
    n_clusters: int,
    n_cells: int,
    resamples: int,
    seed: int,
) -> Floats:
    """Return resampled cell tables of clustered rows: each cluster counts Poisson(1) times.

    Args:
        cluster: Cluster of each entry, 0 to n_clusters - 1, shape (R,).
        cell: Cell of each entry, 0 to n_cells - 1.
        weight: Rows, or the sum of their weights, of each entry.
        n_clusters: How many clusters there are.
        n_cells: K.
        resamples: B, at least 1.
        seed: The seed of the drawing.

    Returns:
        Shape (B, K). Memory is bounded by the result, the entries and 64 MB.

    Raises:
        MissingExtra: If scipy is not installed.
        ValueError: If there is no cluster or no resample.
    """
    try:
        from scipy.sparse import csr_array
    except ImportError as fault:
        raise MissingExtra("A bootstrap of clusters", "fairness") from fault
    if n_clusters < 1 or resamples < 1:
        raise ValueError("a bootstrap needs at least one cluster and one resample")
    entries = (_checked(weight), (np.asarray(cell), np.asarray(cluster)))
    by_cell = csr_array(entries, shape=(n_cells, n_clusters))
    draw = generator(seed)
    found = [
        (by_cell @ draw.poisson(1.0, size=(size, n_clusters)).astype(np.float64).T).T
        for size in _sizes(resamples, n_clusters, None)
    ]
    return np.ascontiguousarray(np.concatenate(found), dtype=np.float64)


def _checked(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not np.all(np.isfinite(found) & (found >= 0)):
        raise ValueError("cells hold finite numbers, none below 0")
    return found


def _sizes(resamples: int, width: int, batch: int | None) -> Iterator[int]:
    """Yield the sizes of the batches that make up all resamples."""
    most = batch or max(1, BATCH_VALUES // max(1, width))
    for start in range(0, resamples, most):
        yield min(most, resamples - start)
