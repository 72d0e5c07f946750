"""Content of files: what the host gives back is hashed; what it doesn't may be one of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ftgov.api.archive.run import RemoteFile, Run, commit
from ftgov.api.archive.standing import archived_name, known_of
from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.providers.protocol import HostRefused
from ftgov.providers.shapes.files import TRAINING, Basis, is_asserted, with_content
from ftgov.records.archived import Archived, Flag
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job

RESOURCE = "files.content"
_JOBS = "fine_tuning.jobs"
_AT_ONCE = 100
_CONTENT = "content"


class _Fetched(NamedTuple):
    native: str
    path: Path | None
    why: str | None
    fault: FtgovError | None = None


def fetch_contents(run: Run) -> None:
    """Fetch the content of training files, or of all, and bind datasets to their bytes.

    What the host refuses is not asked for again, unless everything is read again or a file of one's
    own is asserted to be it: that is asked for each time, until the host shows what it is.
    """
    if run.wanted.content == "none" or not run.wanted.asks_for(RESOURCE):
        return
    own = _Own(run.wanted.candidates)
    wanted = [native for native, file in run.files.items() if _is_wanted(run, native, file)]
    tally = run.tally(RESOURCE)
    for group in _groups(wanted):
        with run.workspace.evidence.at_once():
            records = list(_group(run, group, own))
        if records:
            commit(run, records)
        run.say(tally.said())


def settle_roles(run: Run) -> None:
    """Call datasets that jobs only validate with what they are; the host's list doesn't say."""
    jobs = run.tallies.get(_JOBS)
    if jobs is None or not jobs.new + jobs.changed:
        return
    ledger = run.workspace.ledger
    trained, validated = set[str](), set[str]()
    for job in ledger.every(Job):
        trained |= {name for role, name in job.datasets.items() if role == "train"}
        validated |= {name for role, name in job.datasets.items() if role == "validation"}
    found = [
        dataset.model_copy(update={"role": "validation"})
        for dataset in ledger.every(Dataset)
        if dataset.name in validated - trained
        and dataset.role == "train"
        and dataset.observation is not None
        and dataset.observation.source == "api"
    ]
    if found:
        commit(run, found)


def _group(run: Run, group: list[str], own: _Own) -> Iterator[Record]:
    """Fetch some files, several at a time, and yield what follows from each."""
    tally = run.tally(RESOURCE)
    for fetched in run.pool.map(lambda native: _fetched(run, native), group):
        tally.read += 1
        if fetched.fault is not None:
            tally.failed += 1
            run.say(f"{RESOURCE} {fetched.native}: left for the next run: {fetched.fault.what}")
            continue
        yield from _kept(run, fetched, own)


def _groups(natives: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(natives)
    while group := list(islice(waiting, _AT_ONCE)):
        yield group


def _is_wanted(run: Run, native: str, file: RemoteFile) -> bool:
    if run.wanted.content != "all" and file.purpose != TRAINING:
        return False
    known = run.standing.get(RESOURCE, native)
    if known is None or run.wanted.full:
        dataset = run.workspace.ledger.get(Dataset, run.standing.names.get(native, ""))
        return dataset is None or not dataset.files or run.wanted.full
    if known.settled:
        return False
    if run.wanted.candidates:
        return True
    # Bytes of another length than listed may have been cut on the way, and a file of one's own may
    # be another than the host's: ask again.
    look = _look(run, native)
    return look is not None and bool(look.files)


def _fetched(run: Run, native: str) -> _Fetched:
    """Fetch a file to the disk, so that memory does not grow with its length."""
    if run.wanted.content == "results":
        return _Fetched(native, None, "it was not asked for")
    with tempfile.NamedTemporaryFile(dir=run.folder, delete=False) as target:
        try:
            run.host.download(native, target)  # type: ignore[arg-type]
        except HostRefused as fault:
            if fault.status == 401:
                raise
            return _Fetched(native, None, f"the host answered {fault.status}")
        except FtgovError as fault:
            return _Fetched(native, None, None, fault)
    return _Fetched(native, Path(target.name), None)


def _kept(run: Run, fetched: _Fetched, own: _Own) -> list[Record]:
    """Take in a file's content, and return what follows: the look, and the dataset with bytes."""
    file = run.files[fetched.native]
    name = file.name[:255] or fetched.native[:255]
    flags: list[Flag] = []
    basis: Basis = "downloaded"
    kept: Evidence | None = None
    if fetched.path is not None:
        kept = _taken_in(run, fetched.path, name)
        fetched.path.unlink()
        if file.bytes is not None and kept.bytes != file.bytes:
            fault = f"the host lists {file.bytes} bytes and gave {kept.bytes}"
            flags.append(Flag(path="bytes", fault=fault))
    elif (match := own.like(file)) is not None:
        kept, basis = _taken_in(run, match, name), "local_original"
    known = run.standing.get(RESOURCE, fetched.native)
    if known is not None and kept is None:
        return []
    dataset = run.workspace.ledger.get(Dataset, run.standing.names.get(fetched.native, ""))
    whole = kept is not None and basis == "downloaded" and not flags
    flags += _contradictions(run, fetched.native, dataset, kept if whole else None)
    made = Archived(
        name=archived_name(run.where, RESOURCE, fetched.native),
        provider=run.where.provider,
        tenant=run.where.tenant,
        resource=RESOURCE,
        native_id=fetched.native,
        observed_at=run.clock(),
        files=(kept,) if kept else (),
        content_unavailable=fetched.why,
        flags=tuple(flags),
        settled=whole,
    )
    tally = run.tally(RESOURCE)
    tally.flagged += bool(flags)
    same = known is not None and known_of(made.model_dump(mode="json")).state == known.state
    found: list[Record] = [] if same and known and not known.tombstoned else [made]
    tally.unchanged += not found
    tally.new += bool(found) and kept is not None
    free = dataset is not None and (not dataset.files or (whole and is_asserted(dataset)))
    if kept is not None and dataset is not None and free and (whole or not flags):
        found.append(with_content(dataset, kept, basis))
    return found


def _contradictions(
    run: Run, native: str, dataset: Dataset | None, downloaded: Evidence | None
) -> list[Flag]:
    """Return a flag where the host's own bytes are not the file that a dataset was said to hold.

    It is counted where it is found, and stays with the file. What was merely asserted gives way to
    the host's bytes; a file that was hashed before it was sent does not.
    """
    if downloaded is None:
        return []
    look = _look(run, native)
    before = dataset.files[0].digest if dataset is not None and dataset.files else None
    if before is None or before == downloaded.digest:
        earlier = look is not None and [each.digest for each in look.files] == [downloaded.digest]
        return [flag for flag in look.flags if flag.path == _CONTENT] if look and earlier else []
    run.tally(RESOURCE).contradicted += 1
    run.say(f"{RESOURCE} {native}: the host's bytes are NOT the file that was recorded as it")
    return [Flag(path=_CONTENT, fault="is not the file that was recorded as it", found=before)]


def _look(run: Run, native: str) -> Archived | None:
    return run.workspace.ledger.get(Archived, archived_name(run.where, RESOURCE, native))


def _taken_in(run: Run, path: Path, name: str) -> Evidence:
    """Take in a file so that it can be erased, unless the same content lies in clear already."""
    evidence = run.workspace.evidence
    if evidence.lies_in_clear(describe_file(path).digest):
        return evidence.put_file(path, name=name)
    return evidence.put_file(path, name=name, erasable=True)


class _Own:
    """Files of one's own, by length and name: the only traits that a host shows of a file."""

    def __init__(self, places: Iterable[Path]) -> None:
        self._found: dict[tuple[str, int], list[Path]] = {}
        for place in places:
            if not place.exists():
                raise UsageError(
                    f"There is no file or folder {place}.",
                    next_step="Name files or folders that may hold what was uploaded.",
                )
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if path.is_file():
                    key = (path.name, path.stat().st_size)
                    self._found.setdefault(key, []).append(path)

    def like(self, file: RemoteFile) -> Path | None:
        """Return the file of the same length and name; None where several differ in content."""
        if file.bytes is None:
            return None
        found = self._found.get((file.name, file.bytes), [])
        digests = {describe_file(path).digest for path in found}
        return found[0] if len(digests) == 1 else None
