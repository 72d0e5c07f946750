"""What a trust pack lists: people's keys, time-stamp authorities, logs and witnesses.

Sources: RFC 5280 (certificates, words of revocation); RFC 3161, 2.3 (a time-stamp authority's
certificate); c2sp.org/signed-note (the text of a log's or witness's key).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from ftgov.errors import FtgovError
from ftgov.records.base import Record, Time, time_text
from ftgov.records.digest import Digest
from ftgov.signing.certificate import Certificate
from ftgov.signing.keys import PublicKey
from ftgov.transparency.note import parse_key

# Text that any JSON tool writes as RFC 8785 does: no control characters.
Label = Annotated[
    str, StringConstraints(pattern=r"^[^\p{C}\p{Z}]([^\p{C}]*[^\p{C}\p{Z}])?$", max_length=200)
]
"""A person's or organisation's name: printable, not padded."""
Role = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+$", max_length=64)]


class TrustRoot(Record):
    """The key that signs the pack."""

    spki: Digest
    public_key: str = Field(alias="publicKey")

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if PublicKey.from_pem(self.public_key).spki != self.spki:
            raise ValueError("spki is not the fingerprint of publicKey")
        return self


def moment(text: Time) -> datetime:
    """Return the time that RFC 3339 text names."""
    return datetime.fromisoformat(text)


def first_fault(fault: ValidationError) -> str:
    """Return the first error of a validation: the field, and what is wrong with it."""
    error = fault.errors()[0]
    return f"{'.'.join(str(part) for part in error['loc']) or 'signed'}: {error['msg']}"


class TrustedKey(TrustRoot):
    """A key that may sign: its holder, the role it signs in, and when it counts.

    It counts in [not_before, not_after), and no longer from `revoked_at`.
    """

    holder: Label
    role: Role
    not_before: Time = Field(alias="notBefore")
    not_after: Time = Field(alias="notAfter")
    revoked_at: Time | None = Field(default=None, alias="revokedAt")
    reason: Label | None = Field(
        default=None, description="why it was revoked; RFC 5280 words such as keyCompromise"
    )
    certificate: str | None = Field(
        default=None, description="PEM of an X.509 certificate of this key, for the PDF seal"
    )

    @classmethod
    def of(
        cls,
        key: PublicKey,
        *,
        holder: str,
        role: str,
        not_before: Time,
        valid_days: int,
        certificate: str | None = None,
    ) -> Self:
        """Return the entry of a key that counts for some days from a time.

        Args:
            key: The key.
            holder: The person or body that holds it.
            role: What it may sign as.
            not_before: From when it counts.
            valid_days: For how many days.
            certificate: PEM of an X.509 certificate of the same key, if it seals PDFs.

        Raises:
            FtgovError: If the holder, the role or the times are not fit for a trust pack.
        """
        try:
            end = time_text(moment(not_before) + timedelta(days=valid_days))
            return cls(
                spki=key.spki,
                public_key=key.public_pem,
                holder=holder,
                role=role,
                not_before=not_before,
                not_after=end,
                certificate=certificate,
            )
        except (ValueError, OverflowError) as fault:
            why = first_fault(fault) if isinstance(fault, ValidationError) else str(fault)
            raise FtgovError(
                f"The key of {holder!a} cannot be put into a trust pack: {why}.",
                next_step="Give a printable name, a role of [a-z0-9._-] and at least one day.",
            ) from fault

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if moment(self.not_before) >= moment(self.not_after):
            raise ValueError("notBefore does not lie before notAfter")
        if self.reason is not None and self.revoked_at is None:
            raise ValueError("a reason without revokedAt")
        return self

    @model_validator(mode="after")
    def _certified(self) -> Self:
        given = self.certificate
        if given is not None and Certificate.from_pem(given).spki != self.spki:
            raise ValueError("certificate is that of another key")
        return self


class TimestampAuthority(Record):
    """An authority whose time stamps are believed.

    `certificates` holds its self-signed root and, where its tokens don't carry them, the
    certificates below the root.
    """

    name: Label
    certificates: tuple[str, ...] = Field(min_length=1, max_length=16)

    @model_validator(mode="after")
    def _rooted(self) -> Self:
        found = [Certificate.from_pem(text) for text in self.certificates]
        if len({one.digest for one in found}) != len(found):
            raise ValueError("a certificate is listed twice")
        if not any(one.self_signed for one in found):
            raise ValueError("certificates lack a self-signed root")
        return self

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """The self-signed certificates: where a chain must end."""
        return tuple(one for one in self._parsed() if one.self_signed)

    @property
    def others(self) -> tuple[Certificate, ...]:
        """The certificates between a root and a token."""
        return tuple(one for one in self._parsed() if not one.self_signed)

    def _parsed(self) -> tuple[Certificate, ...]:
        return tuple(Certificate.from_pem(text) for text in self.certificates)


class _NoteSigner(Record):
    """A signer of notes: `key` is its verifier text, `<name>+<id>+<base64>`."""

    key: str

    @model_validator(mode="after")
    def _sound(self) -> Self:
        parse_key(self.key)
        return self


class TrustedLog(_NoteSigner):
    """A log whose tree heads are believed, by its origin."""

    origin: Label


class TrustedWitness(_NoteSigner):
    """A second party whose signature under a tree head counts."""

    name: Label
