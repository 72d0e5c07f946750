"""Mutations of the log proof: another index, size, path, root, key, witness or entry."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.signing.log_key import LogKey
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.signing.witness import WitnessKey
from ftgov.transparency.log_entry import parse_entry
from proof_mutations import Change, Mutation, told
from proof_place import ORIGIN, Place, ago, proof_of


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _proof(change: Callable[[str], str]) -> Change:
    return lambda place: place.edit(LOG_PROOF_NAME, lambda c: change(c.decode()).encode())


def _line(number: int, change: Callable[[str], str]) -> Change:
    def edited(text: str) -> str:
        lines = text.split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)

    return _proof(edited)


def _proven_again(change: Callable[[Place], bytes]) -> Change:
    return lambda place: (place.bundle / LOG_PROOF_NAME).write_bytes(change(place))


def _own_entry(place: Place) -> Any:
    return parse_entry((place.bundle / LOG_ENTRY_NAME).read_bytes())


def _flip_base64(line: str) -> str:
    return ("B" if line[0] == "A" else "A") + line[1:]


def log_mutations() -> Iterator[Mutation]:
    """Yield proofs of another index, size, root, path, key or log, and entries of other things."""
    made: dict[str, Change] = {
        "first line": _line(0, lambda t: t.replace("v1", "v2")),
        "index plus 1": _line(1, lambda t: "index 8"),
        "index minus 1": _line(1, lambda t: "index 6"),
        "index 0": _line(1, lambda t: "index 0"),
        "index beyond the tree": _line(1, lambda t: "index 21"),
        "index negative": _line(1, lambda t: "index -1"),
        "index with a zero before": _line(1, lambda t: "index 07"),
        "index of 25 digits": _line(1, lambda t: "index " + "9" * 25),
        "index missing": _proof(lambda t: t.replace("index 7\n", "")),
        "index twice": _proof(lambda t: t.replace("index 7\n", "index 7\nindex 7\n")),
        "extra line": _proof(lambda t: t.replace("index 7\n", "extra AAAA\nindex 7\n")),
        "hash dropped": _proof(lambda t: _without(t, 2)),
        "last hash dropped": _proof(lambda t: _without(t, 6)),
        "hash twice": _line(2, lambda t: f"{t}\n{t}"),
        "hashes exchanged": _proof(_exchanged),
        "hash flipped": _line(2, _flip_base64),
        "hash with a space": _line(2, lambda t: t + " "),
        "hash of 31 bytes": _line(2, lambda t: _encoded(b"x" * 31)),
        "size changed": _proof(lambda t: t.replace("\n21\n", "\n22\n")),
        "size with a zero before": _proof(lambda t: t.replace("\n21\n", "\n021\n")),
        "origin changed": _proof(lambda t: t.replace(f"\n\n{ORIGIN}\n", "\n\neve.dev/log\n")),
        "root changed": _proof(_other_root),
        "extension line": _proof(lambda t: t.replace("\n\n\u2014", "\nmore\n\n\u2014")),
        "no signature": _proof(lambda t: t[: t.index("\u2014")]),
        "no witness": _proof(lambda t: t[: t.rindex("\u2014")]),
        "no log's signature": _proof(lambda t: t[: t.index("\u2014")] + t[t.rindex("\u2014") :]),
        "signatures exchanged": _proof(_lines_exchanged),
        "witness twice": _proof(lambda t: t + t[t.rindex("\u2014") :]),
        "log's signature twice": _proof(_log_twice),
        "signature line of an unknown key": _proof(lambda t: t + "\u2014 eve.example AAAAAAAA\n"),
        "signature flipped": _proof(lambda t: _signature_flipped(t, "index")),
        "witness flipped": _proof(lambda t: _signature_flipped(t, "rindex")),
        "key id changed": _proof(lambda t: t.replace(f"\u2014 {ORIGIN} ", f"\u2014 {ORIGIN} AAAA")),
        "another dash": _proof(lambda t: t.replace("\u2014", "\u2013", 1)),
        "a tab for a space": _proof(lambda t: t.replace(f"\u2014 {ORIGIN} ", f"\u2014 {ORIGIN}\t")),
        "a space behind the witness": _proof(lambda t: t[:-1] + " \n"),
        "line feed behind": _proof(lambda t: t + "\n"),
        "CRLF everywhere": _proof(lambda t: t.replace("\n", "\r\n")),
        "signed by another log's key": _proven_again(
            lambda p: proof_of(_own_entry(p), log=LogKey.generate(ORIGIN))
        ),
        "of an unknown log": _proven_again(
            lambda p: proof_of(_own_entry(p), log=LogKey.generate("eve.example/log"))
        ),
        "cosigned by an unknown witness": _cosigned_by(WitnessKey.generate("witness.example/eve")),
        "cosigned by the witness's name alone": _cosigned_by(
            WitnessKey.generate("witness.example/ada")
        ),
        "of another model's entry": _other_log,
        "of a tree before the entry": _proof(_smaller_tree),
    }
    for what, change in made.items():
        yield told(f"log proof {what}", "log files", change)
    for what, entry_change in _ENTRY.items():
        edited: Change = _entry_edited(entry_change)
        yield told(f"log entry: {what}", "log", edited)
        yield told(f"log entry: {what}, proven anew by a thief's log", "log", _both(edited))


_ENTRY: dict[str, Callable[[Any], object]] = {
    "another statement": lambda e: e["record"].update(statement=digest_bytes(b"")),
    "another model": lambda e: e["record"].update(model="loan-triage-v1"),
    "another verdict": lambda e: e["record"].update(verdict="fail"),
    "another dossier": lambda e: e["record"].update(dossier=digest_bytes(b"")),
    "another time": lambda e: e["record"].update(signed_at=ago(days=2)),
    "another actor": lambda e: e.update(actor="eve"),
    "another number": lambda e: e.update(seq=9),
    "another chain": lambda e: e.update(previous=digest_bytes(b"")),
    "another type": lambda e: e.update(type="audit"),
    "another name": lambda e: e.update(name="r.2"),
    "a field more": lambda e: e.update(more=1),
    "a field less": lambda e: e.pop("actor"),
    "another record digest": lambda e: e.update(record_digest=digest_bytes(b"")),
}


def _entry_edited(change: Callable[[Any], object]) -> Change:
    return lambda place: place.edit_json(LOG_ENTRY_NAME, change)


def _both(edited: Change) -> Change:
    """Edit the entry, make its record's digest right, and prove it in a log of the same name."""

    def apply(place: Place) -> None:
        edited(place)
        document = json.loads((place.bundle / LOG_ENTRY_NAME).read_bytes())
        document["record_digest"] = digest_bytes(canonical_bytes(document["record"]))
        (place.bundle / LOG_ENTRY_NAME).write_bytes(canonical_bytes(document))
        try:
            proof = proof_of(_own_entry(place), log=LogKey.generate(ORIGIN))
        except ValueError:
            return  # an entry that nobody can read is not proven
        (place.bundle / LOG_PROOF_NAME).write_bytes(proof)

    return apply


def _without(text: str, number: int) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:number], *lines[number + 1 :]])


def _exchanged(text: str) -> str:
    lines = text.split("\n")
    lines[2], lines[3] = lines[3], lines[2]
    return "\n".join(lines)


def _other_root(text: str) -> str:
    head = text.index("\n21\n") + 4
    return text[:head] + _flip_base64(text[head:])


def _lines_exchanged(text: str) -> str:
    first, last = text.index("\u2014"), text.rindex("\u2014")
    return text[:first] + text[last:] + text[first:last]


def _log_twice(text: str) -> str:
    first, last = text.index("\u2014"), text.rindex("\u2014")
    return text[:first] + text[first:last] * 2 + text[last:]


def _signature_flipped(text: str, find: str) -> str:
    at = getattr(text, find)("\u2014") + 2
    at = text.index(" ", at) + 20
    return text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]


def _smaller_tree(text: str) -> str:
    return text.replace("\n21\n", "\n7\n")


def _cosigned_by(witness: WitnessKey) -> Change:
    def change(text: str) -> str:
        head = text.partition("\n\n")[2].partition("\n\n")[0]
        line = witness.cosign(head + "\n", 1_795_000_000)
        shown = _encoded(line.key_id + line.signature)
        return text[: text.rindex("\u2014")] + f"\u2014 {line.name} {shown}\n"

    return _proof(change)


def _other_log(place: Place) -> None:
    for name in (LOG_ENTRY_NAME, LOG_PROOF_NAME):
        (place.bundle / name).write_bytes((place.other / name).read_bytes())
