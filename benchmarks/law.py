"""Classification of 10,000 facts files: files a second on one core, beside reading them alone.

Run: python benchmarks/law.py [FILES]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ftgov.api.law import classify_file, shipped_pack
from ftgov.law.pack_records import FactSpec, Pack
from ftgov.strict_yaml import parse_one

DAY = "2026-12-02"
GOAL = 1_000
_FLOPS = ("1e17", "4e22", "3e23", "9e23", "5e24", "2e25")
_LIKELY = ("ai_system", "eu_market_provider", "builds_system", "own_name")


def written(dice: random.Random, name: str, spec: FactSpec) -> str:
    """Return one fact as a line of YAML; about one in twenty is unknown."""
    if dice.random() < 0.05:
        return f"{name}: null"
    if spec.type == "bool":
        chance = 0.9 if name in _LIKELY else 0.02 if name.startswith("excl_") else 0.3
        return f"{name}: {str(dice.random() < chance).lower()}"
    if spec.type == "enum":
        return f"{name}: {dice.choice(spec.options)}"
    if spec.type == "list":
        few = dice.sample(spec.options, dice.choice((0, 0, 0, 1)))
        return f"{name}: [{', '.join(few)}]"
    return f"{name}: {dice.choice(_FLOPS)}"


def facts_file(dice: random.Random, pack: Pack) -> str:
    """Return a facts file with every fact, free of contradictions."""
    skipped = {"annex1_act", "imports_system", "distributes_system"}
    lines = [written(dice, name, pack.facts[name]) for name in pack.facts if name not in skipped]
    if "ai_system: false" in lines:
        lines = ["annex3: []" if line.startswith("annex3:") else line for line in lines]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files, read them, classify them, and print rates and classes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    dice = random.Random(0)
    pack = shipped_pack(as_of=DAY).pack
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch) / f"{number}.yaml" for number in range(count)]
        for path in paths:
            path.write_text(facts_file(dice, pack), encoding="utf-8")
        started = time.process_time()
        for path in paths:
            parse_one(path.read_text(encoding="utf-8"), path.name)
        reading = time.process_time() - started
        started = time.process_time()
        classes = Counter(classify_file(path, as_of=DAY).overall for path in paths)
        classifying = time.process_time() - started
    print(f"read as strict YAML   {count / reading:8.0f} files a second of CPU time")
    print(
        f"read and classified   {count / classifying:8.0f} files a second of CPU time, "
        f"{classifying / reading:.1f} x reading alone; goal {GOAL}"
    )
    print(", ".join(f"{name} {number}" for name, number in classes.most_common()))


if __name__ == "__main__":
    main()
