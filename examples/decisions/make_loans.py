"""Make loans.csv: loan decisions about people who do not exist.

Run: python examples/decisions/make_loans.py > examples/decisions/loans.csv

Chances of repayment are alike in all groups; the score that decides is not, most of all for women
up to 30. So an audit has something to find, and the script says what.
"""

from __future__ import annotations

import csv
import random
import sys

SEED = 20261121
THRESHOLD = 0.55
GROUPS = (
    # sex, age, people, and by how much their scores are moved
    ("female", "18-30", 310, -0.088),
    ("female", "31-50", 420, 0.0),
    ("female", "over 50", 180, -0.022),
    ("male", "18-30", 350, 0.0),
    ("male", "31-50", 520, 0.066),
    ("male", "over 50", 190, 0.022),
    ("", "31-50", 30, 0.0),
)


def people() -> list[tuple[object, ...]]:
    """Return sex, age, whether they repaid, whether they were approved, and the score."""
    draw = random.Random(SEED)
    rows: list[tuple[object, ...]] = []
    for sex, age, count, moved in GROUPS:
        for _ in range(count):
            chance = min(max(draw.gauss(0.62, 0.2), 0.02), 0.98)
            repaid = int(draw.random() < chance)
            score = min(max(chance + draw.gauss(0, 0.08) + moved, 0.01), 0.99)
            rows.append((sex, age, repaid, int(score > THRESHOLD), f"{score:.2f}"))
    draw.shuffle(rows)
    return rows


if __name__ == "__main__":
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["id", "sex", "age", "repaid", "approved", "score"])
    table.writerows((number, *row) for number, row in enumerate(people(), start=1))
