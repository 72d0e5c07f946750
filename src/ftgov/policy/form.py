"""The form of a release policy: what a document of a gate may say, and nothing else.

The shape follows Kubernetes' ValidatingAdmissionPolicy: expression, message, and no code.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ftgov.policy.case import Case, Text
from ftgov.policy.limits import SOURCE_LIMIT
from ftgov.records.base import Record
from ftgov.records.canonical import plain
from ftgov.records.digest import Digest, digest_record
from ftgov.records.finding import Severity
from ftgov.strict_yaml import line_of


def _short(value: str) -> str:
    if len(value.encode("utf-8", "surrogatepass")) > SOURCE_LIMIT:
        raise ValueError(f"a CEL expression has at most {SOURCE_LIMIT} bytes")
    return value


def _iso_date(value: str) -> str:
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError("a date is written YYYY-MM-DD")
    return value


Source = Annotated[str, Field(min_length=1), AfterValidator(_short)]
IsoDate = Annotated[str, AfterValidator(_iso_date)]
Path = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[A-Za-z0-9_-]+)*$", max_length=200)]


class Metadata(Record):
    """What a policy is called, why it exists, and which articles it serves."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
    version: int = Field(ge=1)
    title: Text
    reason: Text
    refs: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9._()-]+$")], ...] = ()


class Validation(Record):
    """One condition: passes where `expression` is true, fails where `fail_expression` is true.

    Neither is inconclusive. Without a `fail_expression`, not passing is failing, or, where
    `otherwise` says so, an error: evidence that is stale or undetermined cannot be judged at all.
    """

    expression: Source
    fail_expression: Source | None = Field(default=None, alias="failExpression")
    otherwise: Literal["fail", "error"] = "fail"
    message: Source = Field(description="a CEL expression that gives the text of the finding")


class Spec(Record):
    """What a policy asks for."""

    severity: Severity = "error"
    effective_on: IsoDate | None = Field(default=None, alias="effectiveOn")
    requires: tuple[Path, ...] = Field(default=(), max_length=64)
    confidence: float = Field(
        default=0.95, gt=0.5, lt=1, description="lowest level of an interval that counts"
    )
    max_age_days: int = Field(
        default=90, alias="maxAgeDays", ge=1, le=3_660, description="an older audit is stale"
    )
    on_inconclusive: Literal["fail", "warn", "error"] = Field(
        default="fail", alias="onInconclusive", description="what straddling a limit counts as"
    )
    waivable: bool = Field(default=True, description="whether two people may accept a failure")
    validations: tuple[Validation, ...] = Field(min_length=1, max_length=32)
    remedy: Text


class Policy(Record):
    """One rule of a gate, with its tests."""

    api_version: Literal["ftgov.dev/policy/v1"] = Field(alias="apiVersion")
    kind: Literal["Policy"]
    metadata: Metadata
    spec: Spec
    tests: tuple[Case, ...] = ()

    @property
    def id(self) -> str:
        """The rule's id, for example FTG-FAIR-001."""
        return self.metadata.id

    @property
    def digest(self) -> Digest:
        """The digest of what the rule is called and asks for; its tests are not part of it."""
        return digest_record([plain(self.metadata), plain(self.spec)])

    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return every CEL source with the key it stands under, for example spec.validations.0."""
        found: list[tuple[str, str]] = []
        for index, check in enumerate(self.spec.validations):
            key = f"spec.validations.{index}"
            found.append((f"{key}.expression", check.expression))
            if check.fail_expression is not None:
                found.append((f"{key}.failExpression", check.fail_expression))
            found.append((f"{key}.message", check.message))
        return tuple(found)


class Fault(Record):
    """What is wrong with a policy, and where: the gate's file, the line, the key."""

    file: str
    line: int
    key: str
    text: str
    rule: str = Field(default="", description="the policy's id, where it is known")

    @property
    def message(self) -> str:
        """The fault as one line, `file:line: key: text`."""
        return f"{self.file}:{self.line}: {self.key}: {self.text}"


class Gate(Record):
    """A file of policies that are judged together."""

    name: str
    file: str = Field(description="what faults name: a path, or the gate's name")
    digest: Digest
    policies: tuple[Policy, ...] = Field(min_length=1)
    lines: tuple[dict[str, int], ...] = Field(description="per policy: dotted key to its line")

    def fault(self, index: int, key: str, text: str) -> Fault:
        """Return a fault of the policy at an index, at the line of its key or of its parent."""
        line, rule = line_of(self.lines[index], key), self.policies[index].id
        return Fault(file=self.file, line=line, key=key, text=text, rule=rule)
