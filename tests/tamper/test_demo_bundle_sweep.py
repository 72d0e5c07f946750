"""A sweep over the demonstration's bundles: many flipped bits in every file, all noticed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from ftgov import api
from ftgov.signing.names import LOG_PROOF_NAME

FLIPS = 40
PROOF = Path(LOG_PROOF_NAME).name


@pytest.mark.long
@pytest.mark.parametrize("model", ["honest", "harmful-lora", "harmful-full"])
def test_no_flipped_bit_anywhere_goes_unnoticed(
    finished_demo: Path, tmp_path: Path, model: str
) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(finished_demo / "reports" / model / "bundle", bundle)
    chance = random.Random(model)
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        path.chmod(0o644)
        kept = path.read_bytes()
        for _ in range(FLIPS):
            place, bit = chance.randrange(len(kept)), 1 << chance.randrange(8)
            path.write_bytes(kept[:place] + bytes([kept[place] ^ bit]) + kept[place + 1 :])
            result = api.verify(bundle, finished_demo / "trust")
            # A bit of the log's own name makes it a log that the trust pack does not know.
            told = {"invalid"} | ({"not_assessed"} if path.name == PROOF else set())
            assert result.verdict in told, f"{path.name}, byte {place}, bit {bit}"
            named = [item for layer in result.layers for item in layer.items]
            assert any(str(path.relative_to(bundle)) in item for item in named), path.name
        path.write_bytes(kept)
