"""Gate a release from a test suite: `pytest --ftgov MODEL` makes each policy rule a test item.

Rules are listed when tests are collected and judged, all at once, when the first of them runs. A
rule that stops the release fails its item; one that is waived, not in force yet or only warns is
skipped with its message, so that it is seen; one more item holds the verdict itself.

Source: pytest's reference, "Hooks" (`pytest_collection_modifyitems`) and "Node classes".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ftgov.api.signed import Trust
    from ftgov.exports import Judged
    from ftgov.exports.judged import Item

VERDICT = "verdict"
"""The name of the item that holds the verdict of all rules."""


class GateFailed(Exception):
    """A rule stops the release, or could not be judged; the text is what `ftgov check` prints."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; without `--ftgov` this plugin does nothing."""
    group = parser.getgroup("ftgov", "release gates of fine-tuned models")
    group.addoption("--ftgov", action="append", default=[], metavar="MODEL",
                    help="judge this model's audit; each policy rule is a test")  # fmt: skip
    group.addoption("--ftgov-workspace", default=".", metavar="DIR", help="the workspace's folder")
    group.addoption("--ftgov-policy", action="append", default=[], metavar="GATE",
                    help="a gate by path or name; by default those of ftgov.toml")  # fmt: skip
    group.addoption("--ftgov-trust", metavar="PACK",
                    help="a trust pack; by default the workspace's own")  # fmt: skip
    group.addoption("--ftgov-trust-root", metavar="FINGERPRINT",
                    help="the fingerprint that the trust pack's root must have")  # fmt: skip
    group.addoption("--ftgov-system", metavar="SYSTEM", help="the system it is judged for")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the rules of every model that was named, first, so that `-k` sees them as well."""
    for model in config.getoption("--ftgov"):
        gate = GateCollector.from_parent(
            session, name=f"ftgov {model}", nodeid=f"ftgov/{model}", model=model
        )
        report = session.ihook.pytest_make_collect_report(collector=gate)
        session.ihook.pytest_collectreport(report=report)
        items.extend(found for found in report.result or () if isinstance(found, pytest.Item))


class GateCollector(pytest.Collector):
    """All rules of the gates for one model."""

    def __init__(self, *, model: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.model = model
        self._judged: Judged | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item per rule and one for the verdict; nothing is judged yet."""
        from ftgov import api
        from ftgov.api.gates import gates_of
        from ftgov.errors import FtgovError

        try:
            with api.open_workspace(self.workspace) as opened:
                gates = gates_of(opened, self.policies, trust=self.trust)
        except FtgovError as fault:
            raise self.CollectError(f"{fault.what}\nnext: {fault.next_step}") from fault
        for gate, _ in gates:
            for policy in gate.policies:
                yield RuleItem.from_parent(self, name=f"{gate.name}::{policy.id}")
        yield RuleItem.from_parent(self, name=VERDICT)

    @property
    def workspace(self) -> Path:
        """The workspace's folder; a relative one is taken from where pytest was called."""
        return Path(self.config.invocation_params.dir, self.config.getoption("--ftgov-workspace"))

    @property
    def policies(self) -> list[str]:
        """The gates that were named; a path is taken from where pytest was called."""
        from ftgov.api.gates import is_path

        here = self.config.invocation_params.dir
        named = self.config.getoption("--ftgov-policy")
        return [str(here / word) if is_path(word) else word for word in named]

    @property
    def trust(self) -> Trust:
        """Whose waivers and sign-offs count; a path is taken from where pytest was called."""
        from ftgov.api.signed import Trust

        named = self.config.getoption("--ftgov-trust")
        path = Path(self.config.invocation_params.dir, named) if named else None
        return Trust(path, self.config.getoption("--ftgov-trust-root"))

    def judged(self) -> Judged:
        """Judge the model, once; the decisions are recorded as those of `ftgov check` are.

        Raises:
            FtgovError: If there is nothing to judge, or it can't be judged.
        """
        from ftgov import api
        from ftgov.api.judged import SETTINGS, judged_of

        if self._judged is None:
            with api.open_workspace(self.workspace) as opened:
                result = api.check(
                    opened,
                    self.model,
                    policies=self.policies,
                    system=self.config.getoption("--ftgov-system"),
                    actor="pytest",
                    trust=self.trust,
                )
            self._judged = judged_of(result, where=self.workspace / SETTINGS)
        return self._judged


class RuleItem(pytest.Item):
    """One rule of one gate, or the verdict."""

    def runtest(self) -> None:
        """Pass, skip with the reason, or fail with what `ftgov check` says of the rule.

        Raises:
            GateFailed: If the rule stops the release, or the model can't be judged.
        """
        from ftgov.errors import FtgovError
        from ftgov.exports.gate_text import item_text
        from ftgov.exports.judged import SENTENCES

        gate = self.parent
        assert isinstance(gate, GateCollector), "rules are collected by a gate"
        try:
            judged = gate.judged()
        except FtgovError as fault:
            raise GateFailed(f"{fault.what}\n{fault.why}\nnext: {fault.next_step}") from fault
        if self.name == VERDICT:
            if judged.verdict != "pass":
                raise GateFailed(f"{judged.model}: {judged.verdict.upper()}. "
                                 f"{SENTENCES[judged.verdict]}")  # fmt: skip
            return
        found = self._found(judged)
        if found.stops:
            raise GateFailed(item_text(found, judged))
        if found.outcome != "pass":
            pytest.skip(f"{found.outcome}: {found.message}")

    def _found(self, judged: Judged) -> Item:
        for item in judged.items:
            if self.name == f"{item.gate}::{item.rule}":
                return item
        raise GateFailed(f"{self.name} was not judged; the gate changed while the tests ran.")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the text of the gate instead of a stack trace."""
        if isinstance(excinfo.value, GateFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where the item stands: the workspace, and the rule."""
        gate = self.parent
        assert isinstance(gate, GateCollector), "rules are collected by a gate"
        return gate.workspace, None, f"ftgov {gate.model} {self.name}"
