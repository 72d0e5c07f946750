"""What a verification does not prove, in sentences that stand in its result."""

from __future__ import annotations

from collections.abc import Iterable

from ftgov.signing.trust import TrustedKey, TrustPack

_ALWAYS = """\
That the inputs were honest: a signature says who vouched for which files, not that they are true.
That the report says what dossier.json says: its bytes are bound, not its meaning.
That this is the latest report, or about the model you run: compare name, digests and date.
""".splitlines()
_CLAIMED = "When it was signed: the time is claimed by the signer, no timestamp proves it."
_STAMPED = "That it was not signed earlier: a time stamp shows that the signature existed by then."


def unproven(
    pack: TrustPack | None,
    signers: Iterable[TrustedKey],
    without: Iterable[str],
    *,
    stamped: bool = False,
) -> tuple[str, ...]:
    """Return what the reader must not conclude.

    Args:
        pack: The trust pack; None if the bundle could not be opened.
        signers: The keys whose signature counted.
        without: The layers that were left out on request.
        stamped: Whether a time stamp shows the signing time.
    """
    said = [*_ALWAYS, _STAMPED if stamped else _CLAIMED]
    if pack is not None:
        terms = pack.terms
        if not pack.pinned:
            said.append(
                f"Who vouches for the keys: the root {terms.root.spki} of the trust pack was not "
                "pinned; compare it with a fingerprint you got another way (--trust-root)."
            )
        said.append(
            f"That no key was revoked after {terms.issued_at}, when the trust pack was issued."
        )
    said += [
        f"That {key.holder} signed before {key.revoked_at}, when the key was revoked "
        f"({key.reason}): the earlier time is claimed."
        for key in signers
        if key.revoked_at is not None and not stamped
    ]
    said += [
        f"The {layer} layer: it was left out (--without {layer})." for layer in sorted(without)
    ]
    return tuple(said)
