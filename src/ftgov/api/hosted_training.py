"""Starting a hosted fine-tune that somebody wished for: the paid call is sent once.

Where it isn't known whether it arrived, the host is asked for the job's nonce before anybody may
send it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from ftgov.api.archive.hosts import Asked, openai_reach, running
from ftgov.api.archive.listings import JOBS
from ftgov.api.archive.run import Read, Run, commit, keep
from ftgov.api.archive.views import tenant_of
from ftgov.api.clock import now_text
from ftgov.api.hosted_attempts import claim, conclude, newest_attempt, require_own
from ftgov.api.hosted_wishes import require_sendable
from ftgov.api.recording import ACTOR
from ftgov.errors import FtgovError, UsageError
from ftgov.providers import openai_hosted
from ftgov.providers.paging import Place, pages
from ftgov.providers.protocol import Answer, Host, HostError, HostRefused
from ftgov.providers.secrets import Secret
from ftgov.providers.shapes.files import TRAINING
from ftgov.providers.shapes.jobs import NONCE, nonce_of
from ftgov.providers.shapes.unit import Where
from ftgov.records.attempt import Attempt
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.observation import Observation
from ftgov.store.workspace import Workspace

_LOOKS: Final = 4


class Started(NamedTuple):
    """A job that a host has: `found` says that it was there before this call."""

    job: Job
    native_id: str
    nonce: str
    found: bool


def start_openai(
    workspace: Workspace,
    job_name: str,
    *,
    base_url: str | None = None,
    key: Secret | Path | str | None = None,
    override: str | None = None,
    send_again: bool = False,
    actor: str = ACTOR,
    say: Callable[[str], None] | None = None,
    pause: float = 2.0,
) -> Started:
    """Send a recorded wish to OpenAI: look its nonce up, upload the data, create the job once.

    Calling it again for the same job is safe: a job that the ledger knows is read, one that carries
    the nonce is found, and neither is made anew. Each sending is in the ledger before it is done;
    where nobody knows what came of one, nothing is sent again unless that is asked for.

    Args:
        workspace: Where the wish is recorded.
        job_name: The job's name.
        base_url: Where the API begins; by default OPENAI_BASE_URL, else OpenAI's own.
        key: The key, or a file with it; by default OPENAI_API_KEY, else the keyring.
        override: Why data with special categories may be sent, where that was not said yet.
        send_again: Send it although an earlier sending may have made a job that isn't shown.
        actor: Who sends it.
        say: Is told of progress.
        pause: Seconds between two looks for a job of which it isn't known whether it was made.

    Raises:
        UsageError: If there is no such wish, no key, or one of another organisation or project.
        NotAssessable: If data were declared to hold special categories since they were cleared.
        HostRefused: If the host won't make the job.
        HostError: If it is not known whether the host made it; calling again looks first.
    """
    job, nonce = _wished(workspace, job_name)
    for dataset in job.datasets.values():
        require_sendable(workspace, dataset, override, actor)
    tell = say or (lambda _: None)
    reach = openai_reach(base_url, key, None, now_text, tell)
    with closing(openai_hosted.connect(reach)) as host:
        where = Where("openai", tenant_of(host, reach.base_url, tell))
        asked = Asked(actor=actor, say=tell, workers=1)
        with running(workspace, host, where, asked) as run:
            before = newest_attempt(workspace, nonce)
            require_own(before, job, where, host.project)
            tell("looking for a job with this nonce")
            if answer := _known(host, job) or _look(host, nonce):
                require_own(before, job, where, answer.project)
                return _bound(run, job, answer, nonce, found=True)
            if before and before.outcome == "open" and not send_again:
                raise _unsettled(job, before)
            uploaded = {
                str(role): _upload(run, workspace, name) for role, name in job.datasets.items()
            }
            attempt = claim(workspace, (job, nonce), before, (where, host.project), actor)
            if answer := _known(host, _wished(workspace, job_name)[0]):
                return _bound(run, job, answer, nonce, found=True)
            tell(f"creating the job {job.name}")
            return _made(run, job, _body(workspace, job, uploaded), attempt, pause)


def _made(run: Run, job: Job, body: dict[str, Any], attempt: Attempt, pause: float) -> Started:
    """Create the job, and record what came of it; where nobody knows, the attempt stays open."""
    try:
        answer = _create(run.host, job, body, pause)
    except HostRefused:
        conclude(run.workspace, attempt, "refused", run.actor)
        raise
    started = _bound(run, job, answer, body["metadata"][NONCE], found=False)
    conclude(run.workspace, attempt, "made", run.actor)
    return started


def _known(host: Host, job: Job) -> Answer | None:
    """Return the host's answer for a job that the ledger says was made; it is never made again.

    Raises:
        HostError: If the host does not show it to this key.
    """
    native = job.observation.native_id if job.observation else None
    if not native:
        return None
    try:
        return host.get(f"/fine_tuning/jobs/{quote(native, safe='')}")
    except HostRefused as fault:
        if fault.status == 401:
            raise
        raise HostError(
            f"The job {job.name} was made as {native}, and the host does not show it "
            f"({fault.status}). Nothing was sent.",
            why=fault.why or "It was deleted there, or belongs to another project.",
            next_step="Use a key of its project; for another fine-tune, record another wish.",
        ) from None


def _unsettled(job: Job, before: Attempt) -> HostError:
    """Return why nothing is sent where an earlier sending has no known end."""
    return HostError(
        f"The job {job.name} was sent at {before.at}, and it is not known whether it was made.",
        why="No job with its nonce is shown now; sent again, it might be paid for twice.",
        next_step="Look at the host's own list of jobs; where it is not there: "
        f"ftgov train openai --resume {job.name} --send-again",
    )


def _wished(workspace: Workspace, name: str) -> tuple[Job, str]:
    job = workspace.ledger.get(Job, name)
    nonce = job.request.metadata.get(NONCE) if job and job.request else None
    if job is None or nonce is None:
        raise UsageError(
            f"There is no wish for a job '{name}' in this workspace.",
            next_step="ftgov train openai FILE --name NAME --model MODEL ... records one.",
        )
    return job, nonce


def _look(host: Host, nonce: str) -> Answer | None:
    """Return the host's answer for the job that carries a nonce, or None where there is none.

    The host's filter is used and not trusted: what comes back is compared.
    """
    place = Place("/fine_tuning/jobs", limit=100, query={f"metadata[{NONCE}]": nonce})
    for page in pages(host, place):
        for item in page.items:
            if nonce_of(item) == nonce and isinstance(item.get("id"), str):
                return host.get(f"/fine_tuning/jobs/{quote(item['id'], safe='')}")
    return None


def _upload(run: Run, workspace: Workspace, name: str) -> str:
    """Return the host's id of a dataset's file; one that is there already is not sent again."""
    dataset = workspace.ledger.get(Dataset, name)
    if dataset is None or len(dataset.files) != 1:
        raise UsageError(f"The dataset '{name}' is not one file, so it can't be sent as one.")
    seen = dataset.observation
    own = seen is not None and seen.assurance == "verified"
    if own and seen and seen.native_id and (seen.provider, seen.tenant) == run.where[:2]:
        return seen.native_id
    file = dataset.files[0]
    path = workspace.evidence.path(file.digest)
    answer = _sent(run, path, file)
    native = answer.content.get("id") if isinstance(answer.content, dict) else None
    if not isinstance(native, str) or not native:
        raise HostError("The host's answer to the upload names no file.", next_step="Try again.")
    observed = Observation(
        provider=run.where.provider,
        tenant=run.where.tenant,
        native_id=native,
        observed_at=answer.at,
        source="api",
        raw=answer.digest,
        assurance="verified",
    )
    bound = dataset.model_copy(update={"observation": observed})
    commit(run, [bound])
    return native


def _sent(run: Run, path: Path, file: Evidence) -> Answer:
    """Upload a file under its own name; it costs nothing, so a lost answer only leaves a copy."""
    run.say(f"uploading {file.name} ({file.bytes:,} bytes)")
    return run.host.upload(path, TRAINING, name=file.name)


def _create(host: Host, job: Job, body: dict[str, Any], pause: float) -> Answer:
    """Create the job once; where that is unsure, look whether it is there."""
    try:
        return host.post("/fine_tuning/jobs", body)
    except HostError as fault:
        if getattr(fault, "status", 0):
            raise
        unsure = fault
    for _ in range(_LOOKS):
        time.sleep(pause)
        if answer := _look(host, body["metadata"][NONCE]):
            return answer
    raise HostError(
        f"It is not known whether the host made the job {job.name}.",
        why=f"{unsure.why}; {_LOOKS} looks found no job with its nonce. It was not sent again.",
        next_step=f"Later: ftgov train openai --resume {job.name} (it looks, and sends nothing)",
    )


def _body(workspace: Workspace, job: Job, uploaded: Mapping[str, str]) -> dict[str, Any]:
    """Return what the host is sent: neither people, nor ticket, nor purpose."""
    settings = {each.name: each.requested for each in job.hyperparameters}
    below = {"hyperparameters": settings} if settings else {}
    request = job.request
    base = workspace.ledger.get(ModelVersion, job.base or "")
    body: dict[str, Any] = {
        "model": (base.snapshot if base else None) or job.base,
        "training_file": uploaded["train"],
        "metadata": dict(request.metadata) if request else {},
        "method": {"type": job.method, job.method: below},
    }
    if "validation" in uploaded:
        body["validation_file"] = uploaded["validation"]
    if request and request.suffix:
        body["suffix"] = request.suffix
    if job.seed is not None:
        body["seed"] = job.seed
    return body


def _bound(run: Run, job: Job, answer: Answer, nonce: str, *, found: bool) -> Started:
    """Record the job as the host shows it; what was wished for stays with it."""
    native = answer.content.get("id") if isinstance(answer.content, dict) else None
    if not isinstance(native, str):
        raise HostError(
            "The host's answer names no job.", next_step=f"ftgov train openai --resume {job.name}"
        )
    run.standing.names[nonce] = job.name
    keep(run, JOBS, answer, iter([Read(answer.content, native)]))
    run.writer.settle()
    made = run.workspace.ledger.get(Job, job.name)
    if made is None:
        raise FtgovError(f"The job {job.name} was not recorded.")
    return Started(made, native, nonce, found)
