"""The layer `log`: the entry binds the statement, the tree the entry, and known keys the tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ftgov.errors import UsageError
from ftgov.records.attestation import DOSSIER_PREDICATE, LayerResult
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.signing.bundle import write_bundle
from ftgov.signing.envelope import parse_envelope
from ftgov.signing.log_key import LogKey
from ftgov.signing.names import ENVELOPE_NAME, LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.signing.verify import verify_bundle
from ftgov.signing.witness import WitnessKey
from ftgov.store.chain import Entry, seal
from ftgov.transparency.log_entry import LogEntry, parse_entry, write_entry
from ftgov.transparency.note import parse_note, write_note
from ftgov.transparency.tlog_proof import parse_proof, write_proof
from log_samples import (
    COSIGNED_AT,
    DOCUMENT,
    FILES,
    KEY,
    LOG,
    ORIGIN,
    WITNESSES,
    entry_of,
    logged_bundle,
    pack_with,
    proof_of,
    resigned,
)
from signing_samples import AS_OF, predicate


def _judged(bundle: Path, pack: Path) -> tuple[str, LayerResult]:
    result = verify_bundle(bundle, pack, as_of=AS_OF)
    (layer,) = (each for each in result.layers if each.layer == "log")
    return result.verdict, layer


def test_a_proven_entry_is_valid_and_says_which_log(tmp_path: Path) -> None:
    bundle, pack = logged_bundle(tmp_path / "b"), pack_with(tmp_path / "trust-pack.json")
    verdict, layer = _judged(bundle, pack)
    assert (verdict, layer.verdict) == ("valid", "valid")
    assert layer.detail == f"Entry 8 of the log {ORIGIN}, in its tree of 21 entries."


def test_the_entry_is_sealed_as_the_store_seals_it() -> None:
    entry = entry_of(b"payload")
    kept = {name: value for name, value in entry.model_dump().items() if name != "record"}
    stored = Entry(body=canonical_bytes(entry.record).decode(), digest="", **kept)
    assert seal(stored) == entry.digest
    assert parse_entry(write_entry(entry)) == entry


def test_witnesses_are_named_and_counted_by_key(tmp_path: Path) -> None:
    bundle = logged_bundle(tmp_path / "b", witnesses=2)
    pack = pack_with(tmp_path / "trust-pack.json", witnesses=2, required=2)
    verdict, layer = _judged(bundle, pack)
    assert verdict == "valid"
    assert "cosigned by witness.example/ada, witness.example/bo" in layer.detail
    fewer = logged_bundle(tmp_path / "c", witnesses=1)
    verdict, layer = _judged(fewer, pack)
    assert (verdict, layer.verdict) == ("invalid", "invalid")
    assert "1 of 2 needed witnesses" in layer.items[0]


def test_a_log_or_witness_that_nobody_knows_is_not_assessed(tmp_path: Path) -> None:
    bundle = logged_bundle(tmp_path / "b", witnesses=2)
    for number, pack in enumerate(
        [
            pack_with(tmp_path / "p1.json", logs={}),
            pack_with(tmp_path / "p2.json", logs={"ftgov.dev/log/x": LOG.public}),
            pack_with(tmp_path / "p3.json", witnesses=1),
        ]
    ):
        verdict, layer = _judged(bundle, pack)
        assert (verdict, layer.verdict) == ("not_assessed", "not_assessed"), number
        assert "trust pack" in layer.detail


def test_a_pack_that_demands_witnesses_refuses_a_bundle_without_log(tmp_path: Path) -> None:
    write_bundle(
        tmp_path / "b",
        FILES,
        predicate=predicate(DOCUMENT),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    pack = pack_with(tmp_path / "trust-pack.json", witnesses=1, required=1)
    verdict, layer = _judged(tmp_path / "b", pack)
    assert (verdict, layer.verdict) == ("invalid", "invalid")


def test_files_under_log_that_the_predicate_does_not_list_are_extra(tmp_path: Path) -> None:
    said = predicate(DOCUMENT)
    write_bundle(tmp_path / "b", FILES, predicate=said, predicate_type=DOSSIER_PREDICATE, key=KEY)
    (tmp_path / "b" / "log").mkdir()
    (tmp_path / "b" / LOG_PROOF_NAME).write_bytes(proof_of(entry_of(b"")))
    result = verify_bundle(tmp_path / "b", pack_with(tmp_path / "t.json"), as_of=AS_OF)
    assert result.verdict == "invalid"
    assert f"extra: {LOG_PROOF_NAME}" in result.layers[0].items


Change = Callable[[bytes, LogEntry], bytes]


def _index(proof: bytes, entry: LogEntry) -> bytes:
    return proof.replace(b"index 7\n", b"index 8\n")


def _no_hash(proof: bytes, entry: LogEntry) -> bytes:
    lines = proof.split(b"\n")
    return b"\n".join(lines[:2] + lines[3:])


def _twice(proof: bytes, entry: LogEntry) -> bytes:
    above, _, checkpoint = proof.partition(b"\n\n")
    note = parse_note(checkpoint)
    return above + b"\n\n" + write_note(note.text, [*note.signatures, note.signatures[-1]])


def _swapped(proof: bytes, entry: LogEntry) -> bytes:
    above, _, checkpoint = proof.partition(b"\n\n")
    note = parse_note(checkpoint)
    return above + b"\n\n" + write_note(note.text, note.signatures[::-1])


def _later(proof: bytes, entry: LogEntry) -> bytes:
    above, _, checkpoint = proof.partition(b"\n\n")
    note = parse_note(checkpoint)
    to_come = WITNESSES[0].cosign(note.text, COSIGNED_AT + 10**8)
    return above + b"\n\n" + write_note(note.text, [note.signatures[0], to_come])


def _moved_time(proof: bytes, entry: LogEntry) -> bytes:
    above, _, checkpoint = proof.partition(b"\n\n")
    first, second, *_ = parse_note(checkpoint).signatures
    moved = bytearray(second.signature)
    moved[7] ^= 1
    lines = [first, second._replace(signature=bytes(moved))]
    return above + b"\n\n" + write_note(parse_note(checkpoint).text, lines)


def _plain_signature(proof: bytes, entry: LogEntry) -> bytes:
    above, _, checkpoint = proof.partition(b"\n\n")
    note = parse_note(checkpoint)
    plain = LogKey(WITNESSES[0].name, WITNESSES[0]._key).sign_text(note.text)
    posed = plain._replace(key_id=note.signatures[1].key_id)
    return above + b"\n\n" + write_note(note.text, [note.signatures[0], posed])


CHANGES: dict[str, Change] = {
    "another index": _index,
    "a hash is gone": _no_hash,
    "another key of the log's name": lambda p, _: resigned(p, LogKey.generate(ORIGIN)),
    "a signature twice": _twice,
    "signatures in another order": _swapped,
    "a cosignature of a time to come": _later,
    "a cosignature with another time": _moved_time,
    "a plain signature as cosignature": _plain_signature,
    "extra content": lambda p, _: write_proof(parse_proof(p)._replace(extra=b"x")),
    "CRLF": lambda p, _: p.replace(b"\n", b"\r\n"),
    "junk after the end": lambda p, _: p + b"\n",
    "another entry's proof": lambda _, e: proof_of(e.model_copy(update={"seq": 9})),
    "a proof over another entry": lambda _, e: proof_of(
        e.model_copy(update={"actor": "party-f123456789abcdef"})
    ),
    "empty": lambda *_: b"",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_proof_is_invalid_and_named(tmp_path: Path, change: Change) -> None:
    bundle = logged_bundle(tmp_path / "b", witnesses=2)
    pack = pack_with(tmp_path / "trust-pack.json", witnesses=2)
    path = bundle / LOG_PROOF_NAME
    path.write_bytes(change(path.read_bytes(), parse_entry((bundle / LOG_ENTRY_NAME).read_bytes())))
    verdict, layer = _judged(bundle, pack)
    assert (verdict, layer.verdict) == ("invalid", "invalid")
    assert LOG_PROOF_NAME in layer.items[0]


@pytest.mark.parametrize("name", [LOG_ENTRY_NAME, LOG_PROOF_NAME])
def test_a_listed_proof_that_is_gone_is_invalid(tmp_path: Path, name: str) -> None:
    bundle, pack = logged_bundle(tmp_path / "b"), pack_with(tmp_path / "trust-pack.json")
    (bundle / name).unlink()
    verdict, layer = _judged(bundle, pack)
    assert (verdict, layer.items) == ("invalid", (f"missing: {name}",))


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": "sha256:" + "0" * 64},
        {"dossier": "sha256:" + "0" * 64},
        {"model": "another"},
        {"verdict": "fail"},
        {"signed_at": "2026-11-20T10:00:01Z"},
        {"type": "decision"},
    ],
)
def test_a_proven_entry_of_something_else_is_invalid(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    """A sound proof of another entry of the same log proves nothing of this statement."""
    bundle, pack = logged_bundle(tmp_path / "b"), pack_with(tmp_path / "trust-pack.json")
    payload = parse_envelope((bundle / ENVELOPE_NAME).read_bytes()).payload
    other = entry_of(payload, **changes)
    (bundle / LOG_ENTRY_NAME).write_bytes(write_entry(other))
    (bundle / LOG_PROOF_NAME).write_bytes(proof_of(other))
    verdict, layer = _judged(bundle, pack)
    assert (verdict, layer.verdict) == ("invalid", "invalid")
    assert next(iter(changes)) in layer.items[0]


@pytest.mark.parametrize(
    "edit",
    [
        lambda e: e.update(actor="party-f123456789abcdef"),
        lambda e: e.update(seq=9),
        lambda e: e.update(seq="8"),
        lambda e: e.update(more=1),
        lambda e: e["record"].update(verdict="fail"),
        lambda e: e.update(recorded_at="2026-11-20"),
    ],
)
def test_a_changed_entry_is_invalid(
    tmp_path: Path, edit: Callable[[dict[str, object]], None]
) -> None:
    bundle, pack = logged_bundle(tmp_path / "b"), pack_with(tmp_path / "trust-pack.json")
    path = bundle / LOG_ENTRY_NAME
    document = canonical_json(path.read_bytes())
    edit(document)
    path.write_bytes(canonical_bytes(document))
    verdict, layer = _judged(bundle, pack)
    assert (verdict, layer.verdict) == ("invalid", "invalid")
    path.write_bytes(b" " + path.read_bytes())
    assert _judged(bundle, pack)[0] == "invalid"


def test_every_byte_of_both_files_counts(tmp_path: Path) -> None:
    bundle = logged_bundle(tmp_path / "b", witnesses=2)
    pack = pack_with(tmp_path / "trust-pack.json", witnesses=2)
    for name in (LOG_ENTRY_NAME, LOG_PROOF_NAME):
        kept = (bundle / name).read_bytes()
        for place in range(0, len(kept), 7):
            flipped = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
            (bundle / name).write_bytes(flipped)
            assert _judged(bundle, pack)[0] != "valid", (name, place)
        (bundle / name).write_bytes(kept)
    assert _judged(bundle, pack)[0] == "valid"


def test_writing_refuses_a_listed_log_without_proof_and_the_reverse(tmp_path: Path) -> None:
    for carriers, prove in ((["log"], None), ([], lambda _: {}), (["log"], lambda _: {})):
        with pytest.raises(UsageError, match="log proof"):
            write_bundle(
                tmp_path / "b",
                FILES,
                predicate=predicate(DOCUMENT, carriers=carriers),
                predicate_type=DOSSIER_PREDICATE,
                key=KEY,
                prove=prove,
            )
    assert not (tmp_path / "b").exists()


def test_the_specifications_example_of_a_cosigned_head_is_read() -> None:
    """The example of c2sp.org/tlog-cosignature: a time of 2023-03-15 in the witness's line."""
    from ftgov.transparency.cosignature import unpack_cosignature

    line = (
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
        "mbIUBkBIfZ+qnA=="
    )
    note = parse_note(
        (
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
            f"\n\N{EM DASH} witness.example.com/w1 {line}\n"
        ).encode()
    )
    assert unpack_cosignature(note.signatures[0].signature).time == 1679315147


def test_a_witness_key_is_kept_and_read_back(tmp_path: Path) -> None:
    key = WitnessKey.generate("witness.example/ada")
    key.save(tmp_path / "w.pem")
    again = WitnessKey.load(tmp_path / "w.pem", key.name)
    assert again.public == key.public
    assert key.public.startswith("witness.example/ada+")
    assert LogKey.load(tmp_path / "w.pem", key.name).public != key.public


def test_the_file_at_fault_is_named_alone_where_it_is_known(tmp_path: Path) -> None:
    bundle, pack = logged_bundle(tmp_path / "b", witnesses=1), pack_with(tmp_path / "p.json")
    path, sound = bundle / LOG_PROOF_NAME, (bundle / LOG_PROOF_NAME).read_bytes()
    stranger = pack_with(tmp_path / "q.json", logs={ORIGIN: LogKey.generate(ORIGIN).public})
    both = f"{LOG_PROOF_NAME} or {LOG_ENTRY_NAME}: "
    needing = pack_with(tmp_path / "r.json", witnesses=2, required=2)
    for trusted, change, blamed in (
        (stranger, sound, f"{LOG_PROOF_NAME}: "),
        (needing, sound, f"{LOG_PROOF_NAME}: 1 of 2"),
        (pack, sound.replace(b"index 7\n", b"index 8\n"), both),
    ):
        path.write_bytes(change)
        _, layer = _judged(bundle, trusted)
        assert layer.verdict == "invalid"
        assert layer.items[0].startswith(blamed)
