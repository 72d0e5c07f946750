"""Content of files: what the host gives back is hashed; what it doesn't may be one of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ftgov.api.archive.run import RemoteFile, Run, commit
from ftgov.api.archive.standing import archived_name, state_of
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
_AT_ONCE = 50
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
    wanted = (native for native, file in run.files.items() if _is_wanted(run, native, file))
    for group in _groups(wanted):
        fetched = list(run.pool.map(lambda native: _fetched(run, native), group))
        run.writer.begin(partial(_keep, run, fetched, own))
    run.writer.settle()


def settle_roles(run: Run) -> None:
    """Call datasets that jobs only validate with what they are; the host's list doesn't say."""
    jobs = run.tallies.get(_JOBS)
    if jobs is None or not jobs.new + jobs.changed:
        return
    ledger = run.workspace.ledger
    trained, validated = set[str](), set[str]()
    for job in ledger.current(Job):
        trained |= {name for role, name in job.datasets.items() if role == "train"}
        validated |= {name for role, name in job.datasets.items() if role == "validation"}
    entries = ledger.pick([("dataset", name) for name in sorted(validated - trained)])
    found = [
        dataset.model_copy(update={"role": "validation"})
        for dataset in (ledger.read(Dataset, entry) for entry in entries.values())
        if dataset.role == "train"
        and dataset.observation is not None
        and dataset.observation.source == "api"
    ]
    if found:
        commit(run, found)


def _keep(run: Run, group: Sequence[_Fetched], own: _Own) -> None:
    """Take in some files side by side, and record what follows, while others are fetched."""
    tally = run.tally(RESOURCE)
    tally.read += len(group)
    for each in group:
        if each.fault is not None:
            tally.failed += 1
            run.say(f"{RESOURCE} {each.native}: left for the next run: {each.fault.what}")
    sound = [each for each in group if each.fault is None]
    with run.workspace.evidence.at_once():
        kept = list(run.writer.disk.map(lambda each: _taken(run, each, own), sound))
    standing = _datasets(run, sound)
    records = [
        record
        for fetched, (evidence, basis) in zip(sound, kept, strict=True)
        for record in _said(run, fetched, evidence, basis, standing.get(fetched.native))
    ]
    if records:
        commit(run, records)
    run.say(tally.said())


def _datasets(run: Run, group: Iterable[_Fetched]) -> dict[str, Dataset]:
    """Return the datasets that files are, by the files' ids."""
    ledger, names = run.workspace.ledger, run.standing.names
    keys = {each.native: ("dataset", names.get(each.native, "")) for each in group}
    entries = ledger.pick(list(dict.fromkeys(keys.values())))
    return {
        native: ledger.read(Dataset, entries[key]) for native, key in keys.items() if key in entries
    }


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


def _taken(run: Run, fetched: _Fetched, own: _Own) -> tuple[Evidence | None, Basis]:
    """Take in a file's content, or that of one's own which it may be."""
    file = run.files[fetched.native]
    name = file.name[:255] or fetched.native[:255]
    if fetched.path is not None:
        kept = _taken_in(run, fetched.path, name)
        fetched.path.unlink()
        return kept, "downloaded"
    match = own.like(file)
    return (_taken_in(run, match, name) if match else None), "local_original"


def _said(
    run: Run, fetched: _Fetched, kept: Evidence | None, basis: Basis, dataset: Dataset | None
) -> list[Record]:
    """Return what follows from a file: the look, and the dataset with bytes."""
    known = run.standing.get(RESOURCE, fetched.native)
    if known is not None and kept is None:
        return []
    listed = run.files[fetched.native].bytes
    flags: list[Flag] = []
    if kept is not None and basis == "downloaded" and listed not in (None, kept.bytes):
        fault = f"the host lists {listed} bytes and gave {kept.bytes}"
        flags.append(Flag(path="bytes", fault=fault))
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
    same = known is not None and state_of(made) == known.state
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
    before = dataset.files[0].digest if dataset is not None and dataset.files else None
    if before is None or before == downloaded.digest:
        look = _look(run, native) if run.standing.get(RESOURCE, native) else None
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
