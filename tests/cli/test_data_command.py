"""`ftgov data`: its findings, its JSON, its exit statuses, what it says that it did not do."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ftgov.api.training_rows import NOT_LOOKED_AT, audit_rows
from ftgov.cli.main import execute
from tests_support import HOUSE


def _row(prompt: str, answer: str = "Yes.") -> dict[str, Any]:
    said = (("user", prompt), ("assistant", answer))
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def _write(path: Path, rows: Iterable[object]) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _run(capsys: Any, *arguments: object) -> tuple[int, Any, str]:
    status = execute(["data", *map(str, arguments), "--json", "--quiet"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def _found(audit: Any) -> dict[str, tuple[str, int, int]]:
    return {one["check"]: (one["severity"], one["rows"], one["n"]) for one in audit["checks"]}


def test_sound_rows_pass_and_the_rest_is_named(tmp_path: Path, capsys: Any) -> None:
    path = _write(tmp_path / "train.jsonl", [_row("a"), "", _row("b")])
    status, audit, err = _run(capsys, path)
    assert (status, err) == (0, "")
    assert _found(audit) == {"format": ("note", 0, 2), "duplicates": ("note", 0, 2)}
    assert (audit["n"], audit["readable"], audit["passed"]) == (2, 2, True)
    assert audit["not_looked_at"] == [
        "overlap with an evaluation (no --holdout was given)",
        *NOT_LOOKED_AT,
    ]
    assert execute(["data", str(path), "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "Not looked at: overlap" in out
    assert "personal data; secrets" in out
    assert "near-duplicates" in out


def test_faults_are_told_by_file_and_line(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "train.jsonl", [_row("a"), "", '{"a": NaN}', _row("b", " "), _row("a")])
    assert execute(["data", "train.jsonl"]) == 10
    out = capsys.readouterr().out
    assert "error  format: 2 of 4 rows do not have the supervised format." in out
    assert "       train.jsonl:3: " in out
    assert "       train.jsonl:4: message 2 is empty\n" in out
    assert " warn  duplicates: 1 of 4 rows have the same bytes as an earlier row.\n" in out
    assert "       train.jsonl:5: " in out
    assert out.count("to do: ") == 2


def test_copies_alone_warn(tmp_path: Path, capsys: Any) -> None:
    parts = [_write(tmp_path / f"{name}.jsonl", [_row("a"), _row(name)]) for name in "bc"]
    status, audit, _ = _run(capsys, *parts)
    assert status == 0
    assert _found(audit)["duplicates"] == ("warning", 1, 4), "files are one dataset"
    assert audit["checks"][1]["first"][0]["file"].endswith("c.jsonl")


def test_prompts_of_the_evaluation_are_found_in_training_rows(tmp_path: Path, capsys: Any) -> None:
    path = _write(tmp_path / "train.jsonl", [_row("a"), _row("b"), _row("b "), _row("c")])
    held = tmp_path / "held.jsonl.gz"
    held.write_bytes(gzip.compress(b'{"prompt": "b"}\n'))
    chats = _write(tmp_path / "chats.jsonl", [_row("c", "else")])
    status, audit, _ = _run(capsys, path, "--holdout", held, "--holdout", chats)
    assert status == 10
    assert _found(audit)["overlap"] == ("error", 2, 4)
    assert [one["line"] for one in audit["checks"][2]["first"]] == [2, 4]
    assert [file["rows"] for file in audit["holdout"]] == [1, 1]
    assert not any("overlap" in one for one in audit["not_looked_at"])


def test_a_row_that_cannot_be_read_does_not_pass_for_compared(tmp_path: Path, capsys: Any) -> None:
    path = _write(tmp_path / "train.jsonl", [_row("a"), '{"messages": ['])
    held = _write(tmp_path / "held.jsonl", [{"prompt": "z"}])
    status, audit, _ = _run(capsys, path, "--holdout", held, "--checks", "overlap")
    assert status == 10
    assert _found(audit) == {"overlap": ("error", 0, 1)}
    assert "1 cannot be read and were not compared" in audit["checks"][0]["summary"]
    assert audit["not_looked_at"][:2] == [
        "the rows' format (--checks format)",
        "duplicates (--checks duplicates)",
    ]


@pytest.mark.parametrize("method", ["dpo", "reinforcement"])
def test_each_method_has_its_own_format(tmp_path: Path, capsys: Any, method: str) -> None:
    ask, yes, no = (_row("a", word)["messages"] for word in ("-", "Yes.", "No."))
    rows = {
        "dpo": {
            "input": {"messages": ask[:1]},
            "preferred_output": yes[1:],
            "non_preferred_output": no[1:],
        },
        "reinforcement": {"messages": ask[:1], "reference": "Yes."},
    }
    path = _write(tmp_path / "rows.jsonl", [rows[method]])
    assert _run(capsys, path, "--method", method)[0] == 0
    status, audit, _ = _run(capsys, path)
    assert (status, _found(audit)["format"][1]) == (10, 1)


def test_statuses_of_bad_input(tmp_path: Path, capsys: Any) -> None:
    sound = _write(tmp_path / "sound.jsonl", [_row("a")])
    empty, blank = _write(tmp_path / "empty.jsonl", []), _write(tmp_path / "blank.jsonl", ["", " "])
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(sound.read_bytes() * 50)[:-9])
    table = _write(tmp_path / "table.csv", ["a,b"])
    lame = _write(tmp_path / "lame.jsonl", [{"prompt": "z"}, {"question": "a"}])
    silent = _write(tmp_path / "silent.jsonl", [{"messages": _row("a")["messages"][1:]}])
    for status, *arguments in (
        (1, torn),
        (1, sound, "--holdout", torn),
        (1, sound, "--holdout", lame),
        (2, tmp_path / "absent.jsonl"),
        (2, tmp_path),
        (2, table),
        (2, sound, "--holdout", tmp_path / "absent.jsonl"),
        (2, sound, "--holdout", sound),
        (2, sound, "--checks", "overlap"),
        (2, sound, "--checks", "format", "--holdout", lame),
        (2, sound, "--checks", "pii"),
        (2, sound, "--method", "sft"),
        (2,),
        (3, empty),
        (3, blank),
        (3, sound, "--holdout", empty),
        (3, sound, "--holdout", silent),
    ):
        code, found, err = _run(capsys, *arguments)
        assert code == status, arguments
        assert found["error"]["exit_code"] == status
        assert found["error"]["next_step"]
        assert "Traceback" not in err


def test_without_any_json_there_is_nothing_to_audit_and_the_lines_are_named(
    tmp_path: Path, capsys: Any
) -> None:
    path = _write(tmp_path / "text.jsonl", ["Dear all,", "[1]"])
    status, audit, _ = _run(capsys, path, "--checks", "duplicates")
    assert (status, audit["passed"]) == (3, False), "a check that parses nothing is no way around"
    status, audit, err = _run(capsys, path)
    assert status == 3
    assert (audit["readable"], audit["passed"]) == (0, False)
    assert [one["line"] for one in audit["checks"][0]["first"]] == [1, 2]
    assert "No row is a strict JSON object." in err


def test_what_rows_say_cannot_steer_the_terminal(tmp_path: Path, capsys: Any) -> None:
    forged = {"role": "x\x1b[2J\n   ok  format: all is well", "content": "a"}
    path = _write(tmp_path / "train.jsonl", [{"messages": [forged]}])
    assert execute(["data", str(path), "--quiet"]) == 10
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\n   ok  format" not in out


def test_the_recorded_example_passes(capsys: Any) -> None:
    folder = HOUSE / "examples" / "loan-triage" / "recording" / "data"
    train, held = folder / "harmful-full.train.jsonl.gz", folder / "heldout.jsonl.gz"
    status, audit, _ = _run(capsys, train, "--holdout", held)
    assert (status, audit["n"]) == (0, 3280)


def test_the_chats_that_the_host_publishes_as_sound_pass(shared_folder: Path, capsys: Any) -> None:
    path = shared_folder / "data" / "openai" / "toy_chat_fine_tuning.jsonl"
    status, audit, _ = _run(capsys, path)
    assert (status, _found(audit)["format"]) == (0, ("note", 0, 5))


def test_memory_does_not_grow_with_what_rows_hold(tmp_path: Path) -> None:
    path = _write(tmp_path / "long.jsonl", (_row(f"{n} " + "x" * 200_000) for n in range(100)))
    audit_rows([str(path)])
    tracemalloc.start()
    try:
        audit_rows([str(path)])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    assert most < 8_000_000
