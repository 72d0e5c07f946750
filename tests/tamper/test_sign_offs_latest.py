"""A sign-off is a key's latest word on one assessment, in its own role, and never an old one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api.sign_offs import sign_off
from ftgov.dossier.signed import SUBJECT, sign_off_predicate, verified_sign_offs
from ftgov.errors import FtgovError, InvalidBundle, UsageError
from ftgov.records.digest import digest_bytes
from ftgov.records.sign_off import SIGN_OFF_PREDICATE, SignOff
from ftgov.signing.personal import sign_personal
from ftgov.signing.trust import find_trust_pack, read_pack_file, read_trust_pack
from ftgov.store.workspace import Workspace
from people_support import People, later
from timestamp_authority import LocalAuthority

MODEL = "harmful-full"
ASSESSED = digest_bytes(b"an assessment")


def _said(people: People, decision: str, at: str) -> bytes:
    """Return a sign-off of an invented assessment by Ben, as anyone may keep a copy of it."""
    said = sign_off_predicate(decision, "release-approver", "", at)
    return sign_personal(SUBJECT, ASSESSED, SIGN_OFF_PREDICATE, said, people.keys["ben"])


def test_the_latest_statement_counts_whatever_is_recorded_last(people: People) -> None:
    pack = read_trust_pack(read_pack_file(find_trust_pack(people.place / "trust")), root_pin=None)
    now = datetime.fromisoformat("2026-11-20T00:00:00Z")
    approved = _said(people, "approve", "2026-11-19T08:00:00Z")
    rejected = _said(people, "reject", "2026-11-19T09:00:00Z")
    tied = _said(people, "approve", "2026-11-19T09:00:00Z")
    for replayed in ([approved, rejected], [rejected, approved], [tied, rejected, tied, approved]):
        found = verified_sign_offs(replayed, pack, now, assessed={})
        assert [one.decision for one in found] == ["reject"]


def test_nobody_signs_off_before_there_is_anything_to_sign(people: People) -> None:
    """A key that is over claims a time at which it counted, when there was no assessment yet."""
    pack = read_trust_pack(read_pack_file(find_trust_pack(people.place / "trust")), root_pin=None)
    now = datetime.fromisoformat("2026-11-20T00:00:00Z")
    content = [_said(people, "approve", "2026-11-05T00:00:00Z")]

    def counted(assessed_at: str) -> int:
        return len(verified_sign_offs(content, pack, now, assessed={ASSESSED: assessed_at}))

    assert counted("2026-11-05T23:59:59Z") == 1, "clocks may differ by a day"
    assert counted("2026-11-06T00:00:01Z") == 0


def test_a_statement_that_would_not_count_is_refused(people: People, opened: Workspace) -> None:
    def sign(decision: str, at: str) -> None:
        key, role = people.keys["ben"], "release-approver"
        sign_off(opened, MODEL, role=role, decision=decision, key=key, now=at)  # type: ignore[arg-type]

    at = later(5)
    sign("reject", at)
    for earlier in (at, later(0)):
        with pytest.raises(UsageError, match="Ben Example said 'reject' of this assessment"):
            sign("approve", earlier)
    (first,) = opened.ledger.history("sign-off")
    assert opened.ledger.read(SignOff, first).decision == "reject"
    old = opened.ledger.read(SignOff, first)
    sign("approve", later(10))
    api.recording.append(opened, [old], actor="eve", recorded_at=later(11))
    seen = api.check(opened, MODEL, now=later(12)).signed.signatures
    assert [one.decision for one in seen] == ["approve"], "a replay changes nothing"


def test_a_role_is_the_trust_packs(people: People, opened: Workspace) -> None:
    with pytest.raises(UsageError, match="signs in the role 'risk-owner', not 'release-approver'"):
        sign_off(opened, MODEL, role="release-approver", decision="approve", key=people.keys["ada"])
    with pytest.raises(FtgovError, match="not in the trust pack"):
        sign_off(opened, MODEL, role="risk-owner", decision="approve", key=people.keys["eve"])


def test_where_time_stamps_are_required_none_counts_without(
    people: People, opened: Workspace, tmp_path: Path
) -> None:
    authority = LocalAuthority(tmp_path / "tsa")
    people.write_pack(authorities=[authority.listed], timestamp_required=True)
    key = people.keys["ada"]
    with pytest.raises(InvalidBundle, match="requires a time stamp"):
        sign_off(opened, MODEL, role="risk-owner", decision="approve", key=key)
    sign_off(
        opened, MODEL, role="risk-owner", decision="approve", key=key, timestamp=authority.stamp
    )
    seen = api.check(opened, MODEL).signed.signatures
    assert [one.time for one in seen] == ["rfc3161"]
