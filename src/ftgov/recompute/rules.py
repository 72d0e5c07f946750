"""Whose rules a dossier was judged by: its gates and its law pack, each by name and digest.

Decisions and classification are derived from the bundle's own copies of the rules, so they follow
from whatever a bundle's maker put there. A copy under the name of one that travels with ftgov must
therefore be that one, byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from ftgov.dossier.assess import TOOL
from ftgov.law.pack import files_of
from ftgov.recompute.figures import NOTHING, Comparison
from ftgov.records.digest import Digest, digest_bytes, digest_record
from ftgov.records.dossier import Dossier
from ftgov.shipped import shipped
from ftgov.strict_yaml import parse_one, texts


class Rules(NamedTuple):
    """The rules of a dossier, a line for each, and which of them are not what their name says."""

    lines: tuple[str, ...]
    doubts: Comparison


def judged_by(dossier: Dossier) -> Rules:
    """Return the rules that a dossier was judged by, compared with those of the same name here.

    One of our names with other bytes is left open: another version of ftgov may have shipped them.

    Args:
        dossier: The dossier; that its rules are the evidence of the stated digests is not said.
    """
    lines, doubts, made_by = [], NOTHING, dossier.assessment.tool
    other = f"another build of {TOOL}" if made_by == TOOL else made_by
    for kind, name, digest, ours in _named(dossier):
        line = f"{kind} {name}, {digest}"
        if name not in ours:
            lines.append(f"{line}: not one that ftgov ships")
        elif ours[name] == digest:
            lines.append(f"{line}: as this version of ftgov ships it")
        else:
            doubt = (
                f"{line}: not the {kind} of that name that {TOOL} ships here, {ours[name]}; "
                f"it was changed, or {other} ships another"
            )
            doubts += Comparison(0, (), (doubt,))
    return Rules(tuple(lines), doubts)


def _named(dossier: Dossier) -> Iterator[tuple[str, str, Digest, Mapping[str, Digest]]]:
    stated = dossier.assessment.classification
    if stated is not None:
        yield "law pack", stated.pack, stated.pack_digest, shipped_law()
    gates = dict.fromkeys((each.gate, each.policy) for each in dossier.decisions)
    for name, digest in gates:
        yield "gate", name, digest, shipped_gates()


@cache
def shipped_gates() -> Mapping[str, Digest]:
    """Return the digest of each gate that travels with ftgov, by its name."""
    files = shipped("policies", "gates").glob("*.yaml")
    return {file.stem: digest_bytes(file.read_bytes()) for file in files}


@cache
def shipped_law() -> Mapping[str, Digest]:
    """Return the digest of each pack of the EU AI Act that travels with ftgov, by its id."""
    root = shipped("policies", "eu-ai-act")
    tree = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.glob("*/*.yaml")
    }
    found = {}
    for folder in sorted({name.partition("/")[0] for name in tree}):
        files = files_of(tree, folder)
        values = texts(parse_one(files["pack.yaml"], "pack.yaml"))
        assert isinstance(values, dict), "the shipped packs are mappings"
        found[str(values["id"])] = digest_record(files)
    return found
