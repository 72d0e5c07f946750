"""The state of the fake: one account of a host, with all that can be read of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Literal

from openai_fake import evaluations, organization, stores
from openai_fake.jobs import (
    BASES,
    TERMINAL,
    Shape,
    advanced,
    checkpoints_of,
    events_of,
    finished,
    new_job,
    results_of,
)
from openai_fake.seeds import DAY, NOW, Json, chat_lines, ident

SHUTDOWN = dict.fromkeys(BASES, "2027-01-14")
SECRET, ADMIN_SECRET = "sk-fake-project-key", "sk-admin-fake-key"


class Account:
    """All that the host knows of one account; a test changes it as people and time would.

    Attributes:
        now: The host's clock, Unix seconds.
        jobs: Jobs by id, oldest first.
        files: File objects by id, oldest first.
        contents: The bytes of uploaded files; other files' bytes follow from their job.
        training_downloads: Whether training files can be read back; public text disagrees.
        told: Headers that say whom the host answers.
        lost_cursor: What the host answers to a cursor whose object was deleted: nobody knows.
        fullest_page: How many things a page has at most, whatever was asked for.
        said: Events beside those that follow from a job's state, by job, newest first.
        given: Rights to use checkpoints, by the checkpoint's model name.
    """

    def __init__(self, shape: Shape = Shape()) -> None:  # noqa: B008 - Shape is frozen
        self.shape = shape
        self.now = NOW
        self.jobs: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.deleted_models: set[str] = set()
        self.training_downloads = True
        self.told: tuple[tuple[str, str], ...] = (
            ("openai-organization", "acme"),
            ("openai-project", "proj_acme"),
        )
        self.lost_cursor: Literal["error", "empty", "restart"] = "error"
        self.fullest_page = 10_000
        self.said: dict[str, list[Json]] = {}
        self.given: dict[str, list[Json]] = {}
        self.evals: dict[str, Json] = {}
        self.runs: dict[str, dict[str, Json]] = {}
        self.vector_stores: dict[str, Json] = {}
        self.vector_files: dict[str, list[Json]] = {}
        self.completions: dict[str, Json] = {}
        self.batches: dict[str, Json] = {}
        self.users = organization.users(NOW)
        self.projects = organization.projects(NOW)
        self.audit = organization.audit_log(NOW, self.users, self.projects)
        self.cost_days = 45
        self.created = 0

    @classmethod
    def seeded(cls, jobs: int = 25, *, evals: int = 2, shape: Shape | None = None) -> Account:
        """Return an account with a history: most jobs succeeded, some failed, the newest run."""
        made = cls(shape or Shape())
        for number in range(jobs):
            made.add_past_job(number, jobs)
        if made.shape.style == "azure":
            return made
        for number in range(evals):
            evaluation = evaluations.new_eval(number, NOW)
            made.evals[evaluation["id"]] = evaluation
            for place, model in enumerate([BASES[0], *made.tuned_models()[:1]]):
                run = evaluations.new_run(evaluation, place, model, 23 if number == 0 else 3)
                made.runs.setdefault(evaluation["id"], {})[run["id"]] = run
        for number in range(2):
            store, kept = stores.new_store(number, NOW, list(made.files)[:3])
            made.vector_stores[store["id"]], made.vector_files[store["id"]] = store, kept
        for number, file in enumerate(list(made.files)[:2]):
            batch = stores.new_batch(number, NOW, file)
            made.batches[batch["id"]] = batch
        for number in range(3):
            completion = stores.new_completion(number, NOW, BASES[0])
            made.completions[completion["id"]] = completion
        for model in made.tuned_models()[:2]:
            made.share_checkpoint(model, made.projects[1]["id"])
        return made

    def add_past_job(self, number: int, of: int) -> Json:
        """Add a job of the past; its number decides what became of it."""
        created = NOW - 90 * DAY + number * (85 * DAY // max(of, 1))
        training = self._past_file(number // 3, created - 600)
        request: Json = {
            "model": BASES[number % len(BASES)],
            "training_file": training,
            "seed": 1000 + number,
            "metadata": {"purpose": "loan-triage", "number": str(number)} if number % 2 else None,
        }
        if number % 2 == 0:
            request["validation_file"] = training
        if number % 5 == 4:
            request["method"] = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}}
        name = ident("ftjob-", number, length=32 if self.shape.style == "azure" else 24)
        job = new_job(self.shape, name, created, request)
        ending = {7: "failed", 11: "cancelled"}.get(number % 13, "succeeded")
        if number == of - 1:
            job = {**job, "created_at": NOW - 400}
            self.jobs[name] = advanced(self.shape, job, NOW)
            return self.jobs[name]
        self._keep(finished(self.shape, job, ending, created + 900))
        return self.jobs[name]

    def _past_file(self, number: int, created: int) -> str:
        name = ident("file-", "training", number, length=32 if self.shape.style == "azure" else 24)
        if name not in self.files:
            lines = 3 + number % 4
            size = len(chat_lines(name, lines))
            self._file(name, created, f"loans-{number}.jsonl", size, "fine-tune")
        return name

    def _file(self, name: str, created: int, filename: str, size: int, purpose: str) -> Json:
        self.files[name] = {
            "object": "file", "id": name, "bytes": size, "created_at": created,
            "filename": filename, "purpose": purpose, "status": "processed",
        }  # fmt: skip
        return self.files[name]

    def _keep(self, job: Json) -> None:
        self.jobs[job["id"]] = job
        for place, name in enumerate(job["result_files"]):
            size = len(results_of(self.shape, job))
            if name not in self.files:
                self._file(name, job["finished_at"], f"step_metrics_{place}.csv", size,
                           "fine-tune-results")  # fmt: skip

    def tick(self, seconds: int) -> None:
        """Let time pass: jobs that have not ended move on."""
        self.now += seconds
        for job in list(self.jobs.values()):
            if job["status"] not in TERMINAL:
                self._keep(advanced(self.shape, job, self.now))

    def create_job(self, request: Json) -> Json:
        """Create a job, as a paid call does."""
        self.created += 1
        name = ident("ftjob-", "created", self.created)
        job = new_job(self.shape, name, self.now, request)
        self._keep(job)
        return job

    def set_status(self, name: str, status: str) -> Json:
        """End, pause or take up a job again, as its owner can."""
        job = self.jobs[name]
        if status == "cancelled":
            job = finished(self.shape, job, "cancelled", self.now)
        else:
            job = {**job, "status": status}
        self._keep(job)
        return job

    def upload(self, filename: str, purpose: str, content: bytes) -> Json:
        """Keep an uploaded file and return what the host says of it."""
        name = ident("file-", "upload", len(self.files), hashlib.sha256(content).hexdigest())
        self.contents[name] = content
        return self._file(name, self.now, filename, len(content), purpose)

    def content(self, name: str) -> bytes:
        """Return the bytes of a file that is there."""
        if name in self.contents:
            return self.contents[name]
        entry = self.files[name]
        if entry["purpose"] == "fine-tune-results":
            job = next(job for job in self.jobs.values() if name in job["result_files"])
            return results_of(self.shape, job)
        number = int(entry["filename"].removeprefix("loans-").removesuffix(".jsonl"))
        return chat_lines(name, 3 + number % 4)

    def expire(self, name: str) -> None:
        """Let a file expire: it still is listed, its content is gone."""
        self.files[name] = {**self.files[name], "expires_at": self.now - 1}

    def events(self, name: str) -> list[Json]:
        """Return the events of a job, newest first."""
        return [*self.said.get(name, ()), *events_of(self.shape, self.jobs[name])]

    def checkpoints(self, name: str) -> list[Json]:
        """Return the checkpoints of a job, newest first."""
        return checkpoints_of(self.shape, self.jobs[name])

    def tuned_models(self) -> list[str]:
        """Return the names of the tuned models that are there."""
        names = (job["fine_tuned_model"] for job in self.jobs.values())
        return [name for name in names if name and name not in self.deleted_models]

    def models(self) -> list[Json]:
        """Return what the list of models says, tuned models last."""
        found = [_model(base, NOW - 700 * DAY, "system", date) for base, date in SHUTDOWN.items()]
        found.append(_model("gpt-6-luna", NOW - 20 * DAY, "system", None))
        for job in self.jobs.values():
            name = job["fine_tuned_model"]
            if name and name not in self.deleted_models:
                found.append(_model(name, job["finished_at"], "org-acme", SHUTDOWN[job["model"]]))
        return found

    def share_checkpoint(self, model: str, project: str) -> Json:
        """Give a project the right to use a checkpoint."""
        rights = self.given.setdefault(model, [])
        right = {
            "object": "checkpoint.permission",
            "id": ident("cp_", model, project, len(rights)),
            "created_at": self.now - DAY + len(rights),
            "project_id": project,
        }
        rights.insert(0, right)
        return right

    def is_checkpoint(self, model: str) -> bool:
        """Tell whether a name is that of a tuned model or of a checkpoint of one."""
        base = model.split(":ckpt-step-", maxsplit=1)[0]
        return any(job["fine_tuned_model"] == base for job in self.jobs.values())

    def moderation(self, texts: Iterable[str], model: str) -> Json:
        """Judge texts; one that says so is flagged for violence."""
        return stores.moderation(list(texts), model)


def _model(name: str, created: int, owner: str, shutdown: str | None) -> dict[str, Any]:
    return {
        "id": name, "object": "model", "created": created, "owned_by": owner,
        "shutdown_date": shutdown,
    }  # fmt: skip
