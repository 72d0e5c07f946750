"""The SELECT that both engines run: no name and no value from outside stands in it.

An engine first names the columns that a query reads `c0`, `c1` ... (values) and `x0`, `x1` ... (the
same as numbers, NULL where they are none), in a view `given`. From there on the text is one.
"""

from __future__ import annotations

from ftgov.tables.cell_query import LIMB, LIMBS, MOST_CELLS, CellQuery, Cut, Term, Total


def number_literal(value: float) -> str:
    """Return a double as SQL that keeps every bit: bare decimals would be DECIMAL."""
    return f"CAST('{value!r}' AS DOUBLE)"


def cells_statement(query: CellQuery, wide: str) -> str:
    """Return the group-by of a query.

    Args:
        query: What is counted.
        wide: SQL around a sum of integers that keeps it from overflowing; `{}` is the number.
    """
    place = {name: index for index, name in enumerate(query.columns())}
    keys = [f"c{place[name]}" for name in query.keys]
    if query.cut:
        keys.append(_bin(query.cut, place))
    if query.cluster is not None:
        keys.append(f"c{place[query.cluster]}")
    sums = [f"sum({wide.format(limb)})" for total in query.totals for limb in _limbs(total, place)]
    chosen = ", ".join(
        [f"{key} AS k{index}" for index, key in enumerate(keys)]
        + ["count(*) AS n"]
        + [f"{sum_} AS s{index}" for index, sum_ in enumerate(sums)]
    )
    numbers = dict.fromkeys([*query.numbers, *([query.cut.column] if query.cut else [])])
    where = " AND ".join(f"x{place[name]} IS NOT NULL" for name in numbers) or "1 = 1"
    grouped = " GROUP BY " + ", ".join(map(str, range(1, len(keys) + 1))) if keys else ""
    return f"SELECT {chosen} FROM given WHERE {where}{grouped} LIMIT {MOST_CELLS + 1}"  # noqa: S608 - places and numbers only


def spreads_statement(count: int, *, median: bool) -> str:
    """Return the SELECT of what the first `count` columns hold as numbers, one row of 5 each."""
    chosen = []
    for index in range(count):
        before = "".join(f" AND c{earlier} IS NOT NULL" for earlier in range(index))
        finite = (
            f"x{index} IS NOT NULL AND abs(x{index}) <= {number_literal(1.7976931348623157e308)}"
        )
        held = f"CASE WHEN {finite} THEN x{index} END"
        chosen += [
            f"min({held})",
            f"max({held})",
            f"sum(CASE WHEN c{index} IS NOT NULL AND NOT ({finite}) THEN 1 ELSE 0 END)",
            f"sum(CASE WHEN c{index} IS NULL{before} THEN 1 ELSE 0 END)",
            f"median({held})" if median else "NULL",
        ]
    return f"SELECT {', '.join(chosen)} FROM given"  # noqa: S608 - places and numbers only


def _bin(cut: Cut, place: dict[str, int]) -> str:
    share = (
        f"(x{place[cut.column]} - {number_literal(cut.low)}) / {number_literal(cut.high - cut.low)}"
    )
    floor = f"CAST(floor({share} * {number_literal(float(cut.bins))}) AS BIGINT)"
    above = f"CASE WHEN x{place[cut.column]} > {number_literal(cut.mark)} THEN 1 ELSE 0 END"
    return f"least(greatest({floor}, 0), {cut.bins - 1}) * 2 + {above}"


def _limbs(total: Total, place: dict[str, int]) -> list[str]:
    """Return the whole numbers of a scaled product; every step but the product is exact."""
    product = " * ".join(_term(term, place) for term in total.factors)
    rest = f"(({product}) * {number_literal(2.0 ** (LIMB - total.exponent))})"
    limbs = []
    for _ in range(LIMBS):
        limbs.append(f"CAST(floor({rest}) AS BIGINT)")
        rest = f"(({rest} - floor({rest})) * {number_literal(2.0**LIMB)})"
    return limbs


def _term(term: Term, place: dict[str, int]) -> str:
    bare = f"x{place[term.plus]}"
    if term.minus is not None:
        bare = f"({bare} - x{place[term.minus]})"
    return f"abs({bare})" if term.absolute else bare
