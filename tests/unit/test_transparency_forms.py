"""What is malformed in notes, tree heads, proofs, keys and marks is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ftgov.errors import FtgovError, UsageError
from ftgov.signing.keys import SigningKey
from ftgov.signing.log_key import LogKey, note_key, public_pem
from ftgov.transparency.checkpoint import TreeHead, head_text, parse_head
from ftgov.transparency.marks import first_difference, marks, parse_marks, step_for
from ftgov.transparency.note import NoteSignature, parse_key, parse_note, write_key, write_note
from ftgov.transparency.text import decimal, decode_base64, decode_hash, encode_base64
from ftgov.transparency.tlog_proof import TlogProof, parse_proof, write_proof

ROOT = bytes(range(32))
KEY = LogKey.generate("ftgov.example/loans")
HEAD = head_text(TreeHead(KEY.name, 3, ROOT))
SIGNED = KEY.sign_note(HEAD)
LINE = SIGNED.decode().splitlines()[-1]
DASH = "\N{EM DASH}"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("", "blank line"),
        ("text\n", "blank line"),
        (f"text\n{LINE}\n", "blank line"),
        (f"text\n\n{LINE}", "blank line"),
        ("text\n\n\n", "blank line"),
        (f"text\n\n{LINE}\n\n", "blank line"),
        (f"text\n\n{LINE.replace(DASH, '-')}\n", "em dash"),
        (f"text\n\n{DASH}  {LINE.split()[-1]}\n", "cannot name a key"),
        (f"text\n\n{DASH} a+b {LINE.split()[-1]}\n", "cannot name a key"),
        (f"text\n\n{DASH} a\u00a0b {LINE.split()[-1]}\n", "cannot name a key"),
        (f"text\n\n{DASH} name\n", "is empty"),
        (f"text\n\n{DASH} name AAAAAA==\n", "is empty"),
        (f"text\n\n{DASH} name AAAAAB==\n", "canonical form"),
        (f"text\n\n{LINE} \n", "not base64"),
        (f"te\txt\n\n{LINE}\n", "control character"),
        (f"text\r\n\n{LINE}\n", "control character"),
        ("text\n\n" + f"{LINE}\n" * 65, "at most 64"),
        ("x" * (1 << 20) + f"\n\n{LINE}\n", "at most 1048576"),
    ],
    ids=range(18),
)
def test_a_malformed_note_is_refused(note: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_note(note.encode())


def test_a_note_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        parse_note(b"\xff" + SIGNED)


@pytest.mark.parametrize("text", ["", "no line feed", "a\tb\n", "\ud800\n"])
def test_a_text_that_could_not_be_read_back_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"control|line feed|surrogates|blank"):
        KEY.sign_note(text)
    with pytest.raises(ValueError, match=r"blank line|em dash"):
        write_note("text\n", [])
    with pytest.raises(ValueError, match="cannot name"):
        write_note("text\n", [NoteSignature("a b", b"1234", b"5")])
    with pytest.raises(ValueError, match="id has 4 bytes"):
        write_note("text\n", [NoteSignature("a", b"123", b"45")])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[:-1], "three lines"),
        (lambda text: text + "\n", "none of them empty"),
        (lambda text: "\n" + text, "none of them empty"),
        (lambda text: text.replace("\n3\n", "\n\n"), "three lines"),
        (lambda text: text.replace("\n3\n", "\n03\n"), "leading zeroes"),
        (lambda text: text.replace("\n3\n", "\n-3\n"), "leading zeroes"),
        (lambda text: text.replace("\n3\n", "\n\u0663\n"), "leading zeroes"),
        (lambda text: text.replace("\n3\n", f"\n{2**63}\n"), "below 2"),
        (lambda text: text.replace("=", ""), "not base64"),
        (lambda text: text.replace("AAEC", "AAECAAEC"), "32 bytes"),
        (lambda text: text.replace("\n3\n", "\n0\n"), "root of nothing"),
        (lambda text: text + "an\x0bextension\n", "control character"),
        (lambda _: "", "three lines"),
    ],
)
def test_a_malformed_tree_head_is_refused(change: Callable[[str], str], words: str) -> None:
    assert parse_head(HEAD).size == 3
    with pytest.raises(ValueError, match=words):
        parse_head(change(HEAD))


@pytest.mark.parametrize(
    "head",
    [
        TreeHead("", 3, ROOT),
        TreeHead("two\nlines", 3, ROOT),
        TreeHead("log", -1, ROOT),
        TreeHead("log", 3, ROOT[:31]),
        TreeHead("log", 3, ROOT, ("",)),
        TreeHead("log", 3, ROOT, ("two\nlines",)),
    ],
)
def test_a_tree_head_that_could_not_be_read_back_is_not_written(head: TreeHead) -> None:
    with pytest.raises(ValueError, match=r"line|leading|32 bytes"):
        head_text(head)


PROOF = TlogProof(1, (ROOT, ROOT), SIGNED, b"more")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"proof@v1", b"proof@v2", "begins with"),
        (b"extra bW9yZQ==\n", b"extra \n", "no line for it"),
        (b"extra bW9yZQ==\n", b"extra bW9yZR==\n", "canonical"),
        (b"extra bW9yZQ==\n", b"extra bW9yZQ==\nextra bW9yZQ==\n", "names the entry"),
        (b"extra bW9yZQ==\nindex 1\n", b"index 1\nextra bW9yZQ==\n", "not base64"),
        (b"index 1\n", b"", "names the entry"),
        (b"index 1\n", b"index 01\n", "leading zeroes"),
        (b"index 1\n", b"index 3\n", "not below the size"),
        (b"index 1\n", b"index 1 \n", "leading zeroes"),
        (b"\n\nftgov", b"\n\n\nftgov", "three lines"),
        (b"\n\nftgov", b"\nftgov", "begins with|base64"),
        (b"AAEC", b"AAED\r\nAAEC", "base64"),
    ],
)
def test_a_malformed_proof_is_refused(old: bytes, new: bytes, words: str) -> None:
    content = write_proof(PROOF)
    assert parse_proof(content) == PROOF
    assert old in content
    with pytest.raises(ValueError, match=words):
        parse_proof(content.replace(old, new, 1))


def test_a_proof_out_of_all_proportion_is_refused() -> None:
    many = PROOF._replace(hashes=(ROOT,) * 64)
    for wrong, words in (
        (many, "at most 63"),
        (PROOF._replace(hashes=(b"short",)), "32 bytes"),
        (PROOF._replace(extra=b""), "no line for it"),
        (PROOF._replace(checkpoint=b""), "blank line"),
    ):
        with pytest.raises(ValueError, match=words):
            write_proof(wrong)
    with pytest.raises(ValueError, match="at most 2097152"):
        parse_proof(bytes(1 << 22))


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "0",
        lambda _: "name+00000000+AQ==",
        lambda text: text[:-4],
        lambda text: text.upper(),
        lambda text: "+" + text,
    ],
)
def test_a_malformed_key_text_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        note_key(change(KEY.public))


def test_a_key_text_is_what_its_parts_say() -> None:
    found = parse_key(KEY.public)
    assert found.name == KEY.name
    assert write_key(found.name, found.kind, found.public) == KEY.public
    with pytest.raises(ValueError, match="not that of the key"):
        note_key(KEY.public.replace("loans", "cards"))
    with pytest.raises(ValueError, match="not an Ed25519"):
        note_key(write_key("log", 4, found.public))
    with pytest.raises(ValueError, match="not an Ed25519"):
        note_key(write_key("log", 1, found.public[:-1]))
    assert "BEGIN PUBLIC KEY" in public_pem(KEY.public)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b"])
def test_a_log_key_needs_a_name_that_notes_can_hold(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a key"):
        LogKey.generate(name)


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_a_log_key_is_kept_for_its_owner_alone(tmp_path: Path, passphrase: bytes | None) -> None:
    path = tmp_path / "log.pem"
    KEY.save(path, passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    again = LogKey.load(path, KEY.name, passphrase)
    assert again.public == KEY.public
    assert again.sign_note(HEAD) == SIGNED
    assert repr(again) == f"LogKey({KEY.public})"
    with pytest.raises(FtgovError, match="cannot be made"):
        KEY.save(path, passphrase)
    path.chmod(0o640)
    with pytest.raises(FtgovError, match="open to others"):
        LogKey.load(path, KEY.name, passphrase)


def test_another_kind_of_key_signs_no_tree_head(tmp_path: Path) -> None:
    path = tmp_path / "release.pem"
    SigningKey.generate().save(path)
    with pytest.raises(FtgovError, match="not an Ed25519 key"):
        LogKey.load(path, KEY.name)
    with pytest.raises(UsageError, match="does not exist"):
        LogKey.load(tmp_path / "absent.pem", KEY.name)


def digest_of(number: int) -> bytes:
    return number.to_bytes(8, "big") + bytes(24)


@pytest.mark.parametrize(
    ("size", "step", "count"),
    [
        (1, 1, 1),
        (1024, 1, 1024),
        (1025, 2, 512),
        (2049, 2, 1024),
        (2050, 4, 512),
        (10**6, 1024, 976),
    ],
)
def test_marks_are_at_most_a_thousand_and_say_where_they_are(
    size: int, step: int, count: int
) -> None:
    line = marks(size, digest_of)
    found = parse_marks(line)
    assert (found.step, len(found.prefixes), step_for(size)) == (step, count, step)
    assert found.covered == step * count <= size < found.covered + step
    assert first_difference(line, digest_of) is None


@pytest.mark.parametrize("first", [1, 2, 3, 1500, 2999, 3000])
def test_marks_tell_where_a_rewritten_log_first_differs(first: int) -> None:
    line = marks(3000, digest_of)  # every fourth entry

    def rewritten(number: int) -> bytes:
        return digest_of(number) if number < first else digest_of(number + 10**6)

    def truncated(number: int) -> bytes | None:
        return digest_of(number) if number < first else None

    for log in (rewritten, truncated):
        found = first_difference(line, log)
        assert found is not None
        assert found[0] <= first <= found[1]
        assert found[1] - found[0] + 1 == 4


def test_a_tree_head_tells_where_its_log_first_differs() -> None:
    def shown(number: int, altered: int) -> str | None:
        if number > 2999:
            return None
        return f"sha256:{digest_of(number if number < altered else number + 10**6).hex()}"

    head = TreeHead("log", 3001, ROOT, ("of others", marks(3001, digest_of)))
    assert head.first_difference(lambda number: shown(number, 1001)) == (1001, 1004)
    assert head.first_difference(lambda number: shown(number, 10**5)) == (2997, 3000)
    assert head.first_difference(lambda number: f"sha256:{digest_of(number).hex()}") == (
        3001,
        3001,
    )
    for lines in ((), ("of others",), ("ftgov-marks/v1 rubbish",)):
        bare = head._replace(extensions=lines)
        assert bare.first_difference(lambda number: shown(number, 1)) == (1, 3001)
    short = TreeHead("log", 1, ROOT, (marks(1, digest_of),))
    assert short.first_difference(lambda number: f"sha256:{digest_of(number).hex()}") == (1, 1)


def test_nothing_has_no_marks_and_a_gap_is_told() -> None:
    with pytest.raises(ValueError, match="no marks"):
        marks(0, digest_of)
    with pytest.raises(ValueError, match="entry 3 is missing"):
        marks(5, lambda number: None if number == 3 else digest_of(number))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ftgov-marks/v1",
        "ftgov-marks/v2 1 AAAAAAAAAAA=",
        "ftgov-marks/v1 0 AAAAAAAAAAA=",
        "ftgov-marks/v1 3 AAAAAAAAAAA=",
        "ftgov-marks/v1 01 AAAAAAAAAAA=",
        "ftgov-marks/v1 1 ",
        "ftgov-marks/v1 1 AAAA",
        "ftgov-marks/v1  1 AAAAAAAAAAA=",
        "ftgov-marks/v1 1 AAAAAAAAAAA= ",
        "ftgov-marks/v1 1 " + encode_base64(bytes(8 * 1025)),
    ],
)
def test_malformed_marks_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"marks|decimal|base64"):
        parse_marks(line)


def test_numbers_and_base64_have_one_spelling() -> None:
    assert decimal("0") == 0
    assert decimal(str(2**63 - 1)) == 2**63 - 1
    for text in ("", "00", "+1", "1.", "1_0", " 1", "1\n", "9" * 19, "9" * 5000):
        with pytest.raises(ValueError, match="decimal"):
            decimal(text)
    for text in ("A", "AA", "AA=", "AB==", "AA==\n", "A A=", "AA==AA==", "é"):
        with pytest.raises(ValueError, match="base64"):
            decode_base64(text)
    with pytest.raises(ValueError, match="32 bytes, not 3"):
        decode_hash("AAAA")
