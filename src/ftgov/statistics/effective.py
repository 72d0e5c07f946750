"""How many independent cases clustered rows are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Clusters(NamedTuple):
    """Rows that fall into cases whose rows answer alike.

    Attributes:
        rows: All rows.
        cases: Distinct cases.
        effective: How many independent rows they are worth, at most `cases`; 0 for no rows.
    """

    rows: int
    cases: int
    effective: int


def clusters(sizes: Iterable[int]) -> Clusters:
    """Return rows, cases and effective n of cases of so many rows each.

    The effective n is Kish's, (sum m)^2 / sum m^2 for cases of m rows, rounded down: the variance
    of a share of all rows where rows of one case always agree (intracluster correlation 1).
    Cases of equal size are worth their number; one case of 900 rows among 100 single rows makes
    all 1,000 rows worth 1, since that case decides the share.

    Source: Kish (1965), Survey Sampling, Wiley, chapters 5 and 11 (unequal weights and clusters).

    Args:
        sizes: Rows of each case, each at least 1.

    Raises:
        ValueError: If a case has no row.
    """
    given = tuple(sizes)
    if any(size < 1 for size in given):
        raise ValueError("a case has at least one row")
    rows = sum(given)
    return Clusters(rows, len(given), rows**2 // sum(m * m for m in given) if given else 0)
