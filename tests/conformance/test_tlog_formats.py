"""Notes, tree heads and proofs: the specifications' own examples, and others' verifiers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ftgov.signing.log_key import LogKey, note_key, public_pem
from ftgov.transparency.checkpoint import TreeHead, head_of_note, head_text, parse_head
from ftgov.transparency.merkle import inclusion_proof, leaf_hash, root_of
from ftgov.transparency.note import NoteSignature, parse_note, signers, write_note
from ftgov.transparency.text import decode_base64
from ftgov.transparency.tlog_proof import TlogProof, parse_proof, proven_head, write_proof
from transparency_samples import tree_of

# The example of golang.org/x/mod/sumdb/note, the implementation that the format comes from.
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    f"{GO_TEXT}\n\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFY"
    "C2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
# The examples of c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "\N{EM DASH} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJ"
    "KONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\N{EM DASH} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN"
    "7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
).encode()
LEAVES = [f"entry {n}".encode() for n in range(21)]


def test_a_note_signed_by_another_implementation_verifies() -> None:
    note = parse_note(GO_NOTE)
    key = note_key(GO_KEY)
    assert note.text == GO_TEXT
    assert signers(note, [key]) == (key,)
    with pytest.raises(ValueError, match="does not hold"):
        signers(note._replace(text=GO_TEXT.replace("problem", "solution")), [key])


def test_the_examples_of_the_specifications_are_read_and_written_alike() -> None:
    poem, sofa = parse_note(POEM), parse_note(SOFA)
    assert poem.text.endswith("sole:\n\ned è subito sera.\n")
    assert poem.signatures[0].name == "quasimodo.example/salvatore"
    assert poem.signatures[0].key_id.hex() == "367ba04b"
    head = head_of_note(sofa)
    assert head[:2] == ("example.com/behind-the-sofa", 20852163)
    assert head.root == decode_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert head_text(head) == sofa.text
    for content in (GO_NOTE, POEM, SOFA):
        assert write_note(*parse_note(content)) == content


def test_openssl_verifies_a_tree_head(tmp_path: Path) -> None:
    if not (openssl := shutil.which("openssl")):
        pytest.skip("a stock tool is not installed")
    key = LogKey.generate("ftgov.example/loans")
    text = head_text(TreeHead(key.name, 21, root_of(21, tree_of(LEAVES)), ("x-of-ours 1",)))
    note = parse_note(key.sign_note(text))
    for name, content in (
        ("text", note.text.encode()),
        ("sig", note.signatures[0].signature),
        ("key.pem", public_pem(key.public).encode()),
    ):
        (tmp_path / name).write_bytes(content)
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    command += ["-in", "text", "-sigfile", "sig"]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout.strip()) == (0, "Signature Verified Successfully")
    (tmp_path / "text").write_text(text.replace("21", "22"))
    bad = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bad.returncode != 0


def test_sed_awk_and_base64_take_a_note_apart_as_we_do(tmp_path: Path) -> None:
    key = LogKey.generate("ftgov.example/loans")
    text = head_text(TreeHead(key.name, 21, root_of(21, tree_of(LEAVES))))
    (tmp_path / "head").write_bytes(key.sign_note(text))
    script = "sed '/^$/q' head | sed '$d' > text; awk '/^\N{EM DASH}/ {print $3}' head | base64 -d"
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "text").read_text() == text
    note = parse_note((tmp_path / "head").read_bytes())
    assert done.stdout == note.signatures[0].key_id + note.signatures[0].signature


def test_a_log_of_many_signers_is_believed_for_the_known_one() -> None:
    """Sixteen signatures must be accepted, and those of unknown keys ignored."""
    keys = [LogKey.generate(f"witness{n}.example") for n in range(16)]
    text = head_text(TreeHead("ftgov.example/loans", 21, root_of(21, tree_of(LEAVES))))
    note = parse_note(write_note(text, [key.sign_text(text) for key in keys]))
    known = note_key(keys[7].public)
    assert signers(note, [known]) == (known,)
    assert [key.name for key in signers(note, [note_key(key.public) for key in keys])] == [
        key.name for key in keys
    ]
    stranger = NoteSignature("witness7.example", b"\0\0\0\0", b"rubbish of a key we do not know")
    more = parse_note(write_note(text, [*note.signatures, stranger]))
    assert signers(more, [known]) == (known,)
    with pytest.raises(ValueError, match="no known key"):
        signers(more, [note_key(GO_KEY)])


@pytest.mark.parametrize("extra", [None, b"age-v1.2.1"])
def test_a_proof_has_the_form_of_the_specification(extra: bytes | None) -> None:
    key = LogKey.generate("ftgov.example/loans")
    node = tree_of(LEAVES)
    head = TreeHead(key.name, 21, root_of(21, node))
    for index in range(21):
        made = TlogProof(
            index, inclusion_proof(index, 21, node), key.sign_note(head_text(head)), extra
        )
        content = write_proof(made)
        lines = content.decode().split("\n")
        assert lines[0] == "c2sp.org/tlog-proof@v1"
        assert lines[1:3] == ["extra YWdlLXYxLjIuMQ==", f"index {index}"] or extra is None
        assert lines[1] == f"index {index}" or extra is not None
        assert content.endswith(b"\n\n" + made.checkpoint)
        assert parse_proof(content) == made
        keys = [note_key(key.public)]
        assert proven_head(made, leaf_hash(LEAVES[index]), key.name, keys) == head


def test_a_proof_of_another_log_entry_or_signer_shows_nothing() -> None:
    key, other = (LogKey.generate(f"ftgov.example/{name}") for name in ("loans", "cards"))
    node = tree_of(LEAVES)
    text = head_text(TreeHead(key.name, 21, root_of(21, node)))
    made = TlogProof(5, inclusion_proof(5, 21, node), key.sign_note(text))
    keys, leaf = [note_key(key.public)], leaf_hash(LEAVES[5])
    with pytest.raises(ValueError, match="not of"):
        proven_head(made, leaf, other.name, keys)
    with pytest.raises(ValueError, match="no known key"):
        proven_head(made, leaf, key.name, [note_key(other.public)])
    for wrong in (
        made._replace(leaf_index=6),
        made._replace(hashes=made.hashes[:-1]),
        made._replace(hashes=(leaf, *made.hashes[1:])),
    ):
        with pytest.raises(ValueError, match="not at index"):
            proven_head(wrong, leaf, key.name, keys)
    with pytest.raises(ValueError, match="not at index 5"):
        proven_head(made, leaf_hash(LEAVES[6]), key.name, keys)


def test_a_head_of_nothing_has_the_root_of_nothing() -> None:
    text = head_text(TreeHead("ftgov.example/loans", 0, root_of(0, tree_of([]))))
    assert parse_head(text).size == 0
    with pytest.raises(ValueError, match="nothing"):
        parse_head(text.replace("\n0\n", "\n1\n").replace("47DE", "AAAA").replace("\n1\n", "\n0\n"))
