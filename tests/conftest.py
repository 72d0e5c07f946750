"""What all tests share: sample data, the recording, a finished demonstration."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from ftgov import api
from ftgov.reports.pdf import PdfUnavailable
from ftgov.store.setup_sql import setup_sql
from ftgov.store.workspace import Workspace
from people_support import People, people_in
from postgres_server import NO_SERVER, Server, binaries, running
from store_support import Home
from tests_support import HOUSE, run_ftgov

# Hundreds of child processes import the same modules; without this each compiles them anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of sample data and specifications beside the checkout, where there is one."""
    folder = HOUSE.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared sample data is not beside the checkout")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test run, with a database `ready` to be copied."""
    if binaries() is None:
        pytest.skip(NO_SERVER)
    with running() as server:
        with server.connect("postgres") as connection:
            connection.execute("CREATE DATABASE ready")
        server.run("ready", setup_sql())
        yield server


_databases = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_home(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Home]:
    """Makes places for workspaces on either database, each with a database of its own."""

    def made() -> Home:
        root = tmp_path / f"home-{next(_databases)}"
        if request.param == "sqlite":
            return Home("sqlite", root)
        return _shared(request.getfixturevalue("postgres"), root)

    return made


def _shared(server: Server, root: Path) -> Home:
    name = f"test_{next(_databases)}"
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE ready")
    return Home("postgresql", root, server, name)


@pytest.fixture
def home(new_home: Callable[[], Home]) -> Home:
    """A place for workspaces on either database."""
    return new_home()


@pytest.fixture
def shared_home(postgres: Server, tmp_path: Path) -> Home:
    """A place for workspaces on PostgreSQL."""
    return _shared(postgres, tmp_path)


@pytest.fixture(scope="session")
def recording() -> Path:
    """The committed recording of the example."""
    return HOUSE / "examples" / "loan-triage" / "recording"


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder, made once per test run; tests copy what they change."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = shared / "finished-demo"
    with FileLock(str(folder) + ".lock"):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = run_ftgov("demo", folder, "--json", cold=True)
            assert done.status == 0, done.err
            (folder / "demo.json").write_text(done.out)
            (folder / "demo.err").write_text(done.err)
            (folder / "done").touch()
    return folder


@pytest.fixture
def demo_copy(finished_demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    target = tmp_path / "demo"
    shutil.copytree(finished_demo, target)
    return target


@pytest.fixture
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the PDF, as on a machine without its libraries, where a test is about verdicts."""

    def refuse(*_: object, **__: object) -> bytes:
        raise PdfUnavailable("no PDF in this test")

    monkeypatch.setattr("ftgov.api.reporting.render_pdf", refuse)


@pytest.fixture
def people(demo_copy: Path) -> People:
    """People with keys, in a copy of the demonstration."""
    return people_in(demo_copy)


@pytest.fixture
def opened(people: People) -> Iterator[Workspace]:
    """Their workspace."""
    with api.open_workspace(people.place) as workspace:
        yield workspace
