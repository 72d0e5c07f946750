"""The demonstration's bundle passed on by the command line: withheld, countersigned, witnessed."""

from __future__ import annotations

import json
from pathlib import Path

from ftgov.api.row_trees import commit_rows
from ftgov.api.workspaces import init
from ftgov.records.attestation import Layer
from ftgov.records.canonical import canonical_json
from ftgov.records.digest import digest_bytes
from ftgov.signing.bundle import open_bundle
from ftgov.signing.envelope import parse_envelope
from ftgov.signing.log_key import LogKey, note_key
from ftgov.signing.names import ENVELOPE_NAME, LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.transparency.log_entry import parse_entry
from ftgov.transparency.tlog_proof import parse_proof, proven_head
from tests_support import Ran, run_ftgov


def _layer(ran: Ran, name: Layer) -> dict[str, object]:
    found: dict[str, object] = next(each for each in ran.json["layers"] if each["layer"] == name)
    return found


def test_the_report_is_in_the_log_that_the_trust_pack_names(finished_demo: Path) -> None:
    bundle = finished_demo / "reports" / "honest" / "bundle"
    pack = canonical_json((finished_demo / "trust" / "trust-pack.json").read_bytes())
    (log,) = pack["signed"]["logs"]
    entry = parse_entry((bundle / LOG_ENTRY_NAME).read_bytes())
    payload = parse_envelope((bundle / ENVELOPE_NAME).read_bytes()).payload
    assert entry.record["statement"] == digest_bytes(payload)
    proof = parse_proof((bundle / LOG_PROOF_NAME).read_bytes())
    head = proven_head(proof, entry.leaf, log["origin"], [note_key(log["key"])])
    assert head.size >= entry.seq == proof.leaf_index + 1


def test_a_bundle_passed_on_without_rows_says_what_cannot_be_derived(
    finished_demo: Path, tmp_path: Path
) -> None:
    bundle, left = finished_demo / "reports" / "honest" / "bundle", tmp_path / "left.zip"
    made = ["--rows", "honest.jsonl.gz:1,3-5", "--file", "law-pack.json", "--output", str(left)]
    ran = run_ftgov("bundle", "redact", bundle, *made, "--json")
    assert ran.status == 0, ran.err
    assert sum(ran.json["rows"].values()) == 4
    assert "no random field" in ran.err
    verify = ["verify", str(left), "--trust", str(finished_demo / "trust"), "--json"]
    ran = run_ftgov(*verify)
    assert (ran.status, ran.json["verdict"], len(ran.json["withheld"])) == (0, "valid", 3)
    assert run_ftgov(*verify, "--complete").status == 12
    ran = run_ftgov(*verify, "--recompute")
    assert (ran.status, ran.json["verdict"]) == (12, "not_assessed")
    said = json.dumps(_layer(ran, "recompute"))
    assert "withheld" in said
    assert "group_fairness" in said
    with open_bundle(left) as opened:
        assert not any(opened.read(name) == b"" for name in opened.names if "rows-" in name)


def test_the_demonstrations_rows_are_committed_to_and_the_files_own(finished_demo: Path) -> None:
    bundle = finished_demo / "reports" / "honest" / "bundle"
    said = canonical_json(parse_envelope((bundle / ENVELOPE_NAME).read_bytes()).payload)
    rows = said["predicate"]["rows"]
    dossier = canonical_json((bundle / "dossier.json").read_bytes())
    lines = [
        e["digest"] for e in dossier["evidence"] if e["name"].endswith((".jsonl", ".jsonl.gz"))
    ]
    assert sorted(lines) == [tree["file"] for tree in rows["trees"]]
    assert (bundle / "evidence" / rows["salts"][7:]).stat().st_size > 100


def test_files_that_are_no_rows_have_no_tree(tmp_path: Path) -> None:
    made = init(tmp_path / "w", now="2026-11-21T09:30:00Z")
    keep = made.evidence.put_bytes
    broken = keep(b"\x1f\x8bnot gzip", name="a.jsonl.gz", media_type="application/gzip")
    empty = keep(b"", name="b.jsonl", media_type="application/jsonl")
    table = keep(b"a,b\n", name="c.csv", media_type="text/csv")
    assert commit_rows(made.evidence, [broken, empty, table], b"s" * 32) is None
    rows = keep(b"1\n2", name="d.JSONL", media_type="application/jsonl")
    found = commit_rows(made.evidence, [broken, rows], b"s" * 32)
    assert found is not None
    assert [(tree.file, tree.rows) for tree in found.signed.trees] == [(rows.digest, 2)]


def test_salts_are_the_same_for_one_dossier_and_key_and_nobody_elses(tmp_path: Path) -> None:
    one, two = (LogKey.generate("log.example/a") for _ in range(2))
    assert one.derived(b"row salts of a") == one.derived(b"row salts of a")
    assert one.derived(b"row salts of a") != one.derived(b"row salts of b")
    assert one.derived(b"row salts of a") != two.derived(b"row salts of a")


def test_bad_options_are_usage_errors(finished_demo: Path, tmp_path: Path) -> None:
    bundle, trust = finished_demo / "reports" / "honest" / "bundle", finished_demo / "trust"
    out = ["--output", str(tmp_path / "x")]
    for wrong in ("honest.jsonl.gz", "honest.jsonl.gz:", "honest.jsonl.gz:0", ":1", "f:2-1", "f:a"):
        assert run_ftgov("bundle", "redact", bundle, "--rows", wrong, *out).status == 2, wrong
    assert run_ftgov("bundle", "redact", bundle, *out).status == 2
    assert run_ftgov("bundle", "redact", tmp_path / "absent", "--file", "a", *out).status == 2
    sign = ["countersign", str(bundle), "--trust", str(trust), "--name", "Jo"]
    sign += ["--workspace", str(finished_demo)]
    assert run_ftgov(*sign, "--dissent").status == 2
    assert run_ftgov(*sign, "--reason", "no").status == 2
    assert not (tmp_path / "x").exists()


def test_a_countersigned_archive_lists_it_and_is_the_same_packed_again(
    demo_copy: Path, tmp_path: Path
) -> None:
    archive, trust = demo_copy / "reports" / "honest" / "bundle.zip", demo_copy / "trust"
    where = ["--workspace", str(demo_copy)]
    ran = run_ftgov("countersign", archive, "--trust", trust, "--name", "The signer", *where)
    assert ran.status == 0, ran.err
    ran = run_ftgov("verify", archive, "--trust", trust, "--json")
    assert ran.status == 0, ran.out
    (said,) = ran.json["countersignatures"]
    assert (said["kind"], said["trusted"], said["name"]) == (
        "agreement",
        True,
        "Demonstration key",
    )
    folder = demo_copy / "reports" / "honest" / "bundle"
    (folder / said_name(said["spki"])).write_bytes(_read(archive, said_name(said["spki"])))
    packed = tmp_path / "again.zip"
    # Another process than the one that made it: no seed of hashes may show.
    assert run_ftgov("bundle", "zip", folder, "--output", packed, cold=True).status == 0
    assert packed.read_bytes() == archive.read_bytes()
    again = run_ftgov("report", "honest", "--output", demo_copy / "reports" / "honest", *where)
    assert again.status == 1, "a report does not write over what somebody signed"
    assert "countersignatures" in again.err


def said_name(spki: str) -> str:
    return f"attestations/agreement-{spki[7:]}.sigstore.json"


def _read(archive: Path, name: str) -> bytes:
    with open_bundle(archive) as opened:
        return opened.read(name)
