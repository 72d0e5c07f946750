"""Law packs: dated, hashed data. Text goes in, a checked `Pack` comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from ftgov.errors import UsageError
from ftgov.law.pack_records import Pack, RegimePack
from ftgov.records.digest import digest_record
from ftgov.strict_yaml import Keyed, Texts, YamlFault, line_of, lines_of, parse_one, texts

_FILES = ("pack.yaml", "classification.yaml", "obligations.yaml")
_BESIDE = ("evidence.yaml", "questions.yaml")
_ALL = (*_FILES, *_BESIDE)
_MERGED = ("rules", "facts", "art5_points", "annex3_items", "annex1_acts", "thresholds")


def files_of(tree: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the files that make one pack: its own, and those of the pack that it builds on."""
    files = {name: tree[f"{folder}/{name}"] for name in _ALL if f"{folder}/{name}" in tree}
    base = base_of(files.get("pack.yaml", ""))
    if base:
        for name in _ALL[1:]:
            if f"{base}/{name}" in tree:
                files[f"base/{name}"] = tree[f"{base}/{name}"]
    return files


def base_of(pack_text: str) -> str | None:
    """Return the id of the pack that a pack.yaml builds on, if it names one."""
    values = texts(parse_one(pack_text, "pack.yaml"))
    base = values.get("base") if isinstance(values, dict) else None
    return base if isinstance(base, str) else None


def load_pack(files: Mapping[str, str]) -> Pack:
    """Load one pack.

    Args:
        files: Texts of `pack.yaml`, `classification.yaml` and `obligations.yaml`, of
            `evidence.yaml` and `questions.yaml` where the pack has them, and of the same files
            under `base/` where it builds on another pack.

    Raises:
        UsageError: If a file is missing or malformed; it names the file, the line and the key.
    """
    content, nodes = _content(files)
    try:
        return Pack.model_validate(content)
    except ValidationError as fault:
        raise _located(fault, nodes) from fault


def load_regime(files: Mapping[str, str]) -> RegimePack:
    """Load a pack of another regime: `pack.yaml`, `classification.yaml`, `obligations.yaml`.

    Raises:
        UsageError: If a file is missing or malformed; it names the file, the line and the key.
    """
    content, nodes = _content(files)
    try:
        return RegimePack.model_validate(content)
    except ValidationError as fault:
        raise _located(fault, nodes) from fault


def _content(files: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Keyed]]:
    """Return what a pack's files say, overlaid on its base's, and the nodes for faults."""
    nodes = {name: _mapping(files, name) for name in _ALL if name in {*_FILES, *files}}
    values = {name: _values(node) for name, node in nodes.items()}
    based = bool(values["pack.yaml"].pop("base", None))
    content: dict[str, Any] = {**values["pack.yaml"]}
    content.update(_overlaid(files, values["classification.yaml"], based=based))
    content["obligations"] = _listed(files, "obligations", values["obligations.yaml"], based=based)
    content.update(_beside(files, values, based=based))
    content["digest"] = digest_record({name: files[name] for name in sorted(files)})
    return content, nodes


def _mapping(files: Mapping[str, str], name: str) -> Keyed:
    if name not in files:
        raise UsageError(
            f"The law pack lacks {name}.", next_step="Add the file or install ftgov again."
        )
    root = parse_one(files[name], name)
    if not isinstance(root, Keyed):
        raise YamlFault(name, 1, "a mapping of keys is expected")
    return root


def _values(node: Keyed) -> dict[str, Texts]:
    return {key: texts(value) for key, value in node.entries.items()}


def _overlaid(files: Mapping[str, str], own: dict[str, Texts], *, based: bool) -> dict[str, Texts]:
    """Return the classification: the base's entries, each replaced where the pack has its own."""
    if not based:
        return own
    merged = _values(_mapping(files, "base/classification.yaml"))
    for key, value in own.items():
        under = merged.get(key)
        both = isinstance(value, dict) and isinstance(under, dict)
        merged[key] = {**under, **value} if both and key in _MERGED else value  # type: ignore[dict-item]
    return merged


def _listed(files: Mapping[str, str], key: str, own: dict[str, Texts], *, based: bool) -> Texts:
    """Return a list by id: the base's, less `removed`, each replaced by one of the same id."""
    mine = own.get(key)
    if not based or not isinstance(mine, list):
        return mine
    under = _values(_mapping(files, f"base/{key}.yaml")).get(key)
    removed = own.get("removed")
    found: dict[str, Texts] = {}
    for each in [*(under if isinstance(under, list) else []), *mine]:
        identity = each.get("id") if isinstance(each, dict) else None
        found[str(identity)] = each
    for identity in removed if isinstance(removed, list) else []:
        found.pop(str(identity), None)
    return list(found.values())


def _beside(
    files: Mapping[str, str], values: Mapping[str, dict[str, Texts]], *, based: bool
) -> dict[str, Texts]:
    """Return evidence, checklists and questions, each over those of the base; absent is empty."""
    found: dict[str, Texts] = {}
    if "evidence.yaml" in values:
        under = _values(_mapping(files, "base/evidence.yaml")) if based else {}
        for key in ("evidence", "checklists"):
            own, base = values["evidence.yaml"].get(key) or {}, under.get(key) or {}
            found[key] = (
                {**base, **own} if isinstance(own, dict) and isinstance(base, dict) else own
            )
    if "questions.yaml" in values:
        own_questions = values["questions.yaml"]
        found["questions"] = _listed(files, "questions", own_questions, based=based)
        base_facts = _values(_mapping(files, "base/questions.yaml")) if based else {}
        found["fact_questions"] = own_questions.get("facts") or base_facts.get("facts")
    return found


def _located(fault: ValidationError, nodes: Mapping[str, Keyed]) -> UsageError:
    first = fault.errors()[0]
    path = [str(step) for step in first["loc"]]
    name = next((name for name in nodes if path and path[0] in nodes[name].entries), "pack.yaml")
    where = ".".join(path)
    line = line_of(lines_of(nodes[name]), where)
    return YamlFault(name, line, f"{where or 'the pack'}: {first['msg']}")


def choose_pack(packs: Sequence[Pack], as_of: date, pack_id: str | None = None) -> Pack:
    """Return the pack that was the law on a day, or the one named.

    Raises:
        UsageError: If no pack has that id, or none was in force on that day.
    """
    if pack_id is not None:
        for pack in packs:
            if pack.id == pack_id:
                return pack
        known = ", ".join(pack.id for pack in packs)
        raise UsageError(f"There is no law pack '{pack_id}'.", next_step=f"Choose one of: {known}.")
    for pack in packs:
        end = pack.in_force.end
        if pack.in_force.start <= as_of and (end is None or as_of <= end):
            return pack
    starts = min((pack.in_force.start for pack in packs), default=None)
    raise UsageError(
        f"No law pack was in force on {as_of.isoformat()}.",
        why=f"The Regulation entered into force on {starts}." if starts else "No pack was given.",
        next_step="Choose a later day with --law-as-of, or a pack with --law-pack.",
    )
