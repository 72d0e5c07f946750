"""A gate judged as of another time: what people signed must count then and at present.

Otherwise a time in the past would bring back a waiver that is over, and one in the future a trust
pack that nobody may use yet.
"""

from __future__ import annotations

from datetime import datetime

from ftgov.api.clock import Moment
from ftgov.api.signed import Signed
from ftgov.errors import NotAssessable
from ftgov.policy.waivers import why_not
from ftgov.records.digest import Digest, digest_record
from ftgov.records.waiver import VerifiedWaiver
from ftgov.signing.trust import TrustPack


def counting_at_both(then: Signed, present: Signed, now: Moment) -> Signed:
    """Return what counts as of a given time and at present as well.

    Args:
        then: What was verified as of the given time.
        present: The same statements, verified as of now.
        now: The present.
    """
    current = {digest_record(each.terms): each for each in present.waivers}
    waivers = tuple(_also_now(each, current, now) for each in then.waivers)
    signatures = tuple(each for each in then.signatures if each in present.signatures)
    return then._replace(signatures=signatures, waivers=waivers)


def require_unexpired(pack: TrustPack, moment: Moment) -> None:
    """Refuse a trust pack that has expired at a time.

    Raises:
        NotAssessable: If it has.
    """
    expires = pack.terms.expires
    if expires and datetime.fromisoformat(expires) <= datetime.fromisoformat(moment.text):
        raise NotAssessable(
            f"The trust pack expired at {expires}, which is not after {moment.text}.",
            why="Nobody says any more whose signature counts.",
            next_step="Get the newer trust pack from whoever signs it.",
        )


def _also_now(
    waiver: VerifiedWaiver, current: dict[Digest, VerifiedWaiver], now: Moment
) -> VerifiedWaiver:
    again = current.get(digest_record(waiver.terms))
    fault = why_not(again, now.text) if again else "it is not there"
    if waiver.fault or not fault:
        return waiver
    return waiver.model_copy(update={"fault": f"at present, {now.text}, {fault}"})
