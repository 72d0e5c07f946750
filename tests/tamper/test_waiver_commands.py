"""The commands of waivers and sign-offs: what they print leads from one to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from people_support import People
from tests_support import run_ftgov

MODEL = "harmful-full"
RULE = "FTG-FAIR-001"


def test_the_commands_say_what_comes_next(people: People) -> None:
    until = (datetime.now(UTC) + timedelta(20)).date().isoformat()
    asked = ("waive", RULE, "--model", MODEL, "--reason", "by hand", "--workspace", people.place)
    made = run_ftgov(
        *asked,
        "--expires",
        until,
        "--key",
        "ada",
        "--json",
    )
    assert made.status == 0, made.err
    name = made.json["name"]
    own = run_ftgov("waive", "--approve", name, "--key", "ada", "--workspace", people.place)
    assert own.status == 2
    done = run_ftgov("waive", "--approve", name, "--key", "ben", "--workspace", people.place)
    assert "by Ada Example, approved by Ben Example" in done.out
    listed = run_ftgov("waive", "--list", "--model", MODEL, "--workspace", people.place)
    assert listed.out.count(name) == 1
    signed = run_ftgov(
        "sign-off", MODEL, "--role", "risk-owner", "--decision", "approve", "--key", "ada",
        "--workspace", people.place,
    )  # fmt: skip
    assert signed.out.startswith("approve as risk-owner")
    assert run_ftgov("waive", RULE, "--workspace", people.place, "--key", "ada").status == 2
