"""Fine-tuning jobs of the fake: what they are, what they said and what they left behind."""

from __future__ import annotations

import base64
from typing import Any, Literal, NamedTuple

from openai_fake.seeds import Json, accuracy_at, ident, loss_at, share

Style = Literal["openai", "azure"]

BASES = ("gpt-4o-mini-2024-07-18", "gpt-4.1-mini-2025-04-14", "gpt-4.1-2025-04-14")
SAFETY = (
    "advice", "harassment/threatening", "hate", "hate/threatening", "highly-sensitive", "illicit",
    "propaganda", "self-harm/instructions", "self-harm/intent", "sensitive", "sexual/minors",
    "sexual", "violence",
)  # fmt: skip
TERMINAL = ("succeeded", "failed", "cancelled")
_TIMES = {"validating_files": 60, "queued": 180, "running": 900}


class Shape(NamedTuple):
    """How large the jobs of an account are.

    Attributes:
        steps: Training steps; each has a metrics event.
        checkpoints: Checkpoints of a job that succeeded.
        style: Whose job it is: Azure's has nulls and other ids.
        base64_results: Whether result files are base64: always, never, or for every other job.
    """

    steps: int = 12
    checkpoints: int = 3
    style: Style = "openai"
    base64_results: Literal["always", "never", "alternate"] = "alternate"


def tuned_name(shape: Shape, base: str, job: str, suffix: str | None, step: int | None) -> str:
    """Return the name of the model, or of its checkpoint at a step, as the host forms it."""
    if shape.style == "azure":
        mark = f"ckpt-step-{step}-" if step else ""
        return f"{base}.{mark}ft-{ident('', job, 'model', length=32)}" + (
            f"-{suffix}" if suffix else ""
        )
    tail = f":ckpt-step-{step}" if step else ""
    return f"ft:{base}:acme:{suffix or ''}:{ident('', job, 'model', length=8)}{tail}"


def new_job(shape: Shape, name: str, created: int, request: Json) -> Json:
    """Return a job as it stands right after it was created."""
    base = request["model"]
    method = request.get("method") or {"type": "supervised"}
    asked = (method.get(method["type"]) or {}).get("hyperparameters") or request.get(
        "hyperparameters", {}
    )
    settings = {"batch_size": "auto", "learning_rate_multiplier": "auto", "n_epochs": "auto"}
    settings.update({key: value for key, value in asked.items() if value is not None})
    azure = shape.style == "azure"
    full: dict[str, Any] = {method["type"]: {**method.get(method["type"], {})}}
    full[method["type"]]["hyperparameters"] = settings
    return {
        "object": "fine_tuning.job",
        "id": name,
        "model": base,
        "created_at": created,
        "finished_at": None,
        "fine_tuned_model": None,
        "organization_id": None if azure else "org-acme",
        "result_files": [],
        "status": "validating_files" if not azure else "pending",
        "validation_file": request.get("validation_file"),
        "training_file": request["training_file"],
        "hyperparameters": settings,
        "trained_tokens": None,
        "error": None,
        "seed": request.get("seed")
        if request.get("seed") is not None
        else int(share(name) * 2**31),
        "estimated_finish": None,
        "integrations": None if azure else [],
        "method": None if azure else {"type": method["type"], **full},
        "metadata": None if azure else request.get("metadata"),
        "_suffix": request.get("suffix"),
    }


def advanced(shape: Shape, job: Json, now: int) -> Json:
    """Return a job as it stands at a time; one that ended stays as it is."""
    if job["status"] in TERMINAL or job["status"] == "paused":
        return job
    age = now - job["created_at"]
    for status, until in _TIMES.items():
        if age < until:
            state = {"estimated_finish": job["created_at"] + 900} if status == "running" else {}
            return {**job, "status": status, **state}
    return finished(shape, job, "succeeded", job["created_at"] + 900)


def finished(shape: Shape, job: Json, status: str, at: int) -> Json:
    """Return a job as it ended."""
    name = job["id"]
    changed: Json = {"status": status, "finished_at": at, "estimated_finish": None}
    if status == "succeeded":
        suffix = job.get("_suffix")
        changed["fine_tuned_model"] = tuned_name(shape, job["model"], name, suffix, None)
        changed["result_files"] = [ident("file-", name, "results")]
        changed["trained_tokens"] = 1000 + int(share(name, "tokens") * 99_000)
        settings = {"batch_size": 1, "learning_rate_multiplier": 1.8, "n_epochs": 3}
        chosen = {
            key: settings.get(key, value) if value == "auto" else value
            for key, value in job["hyperparameters"].items()
        }
        changed["hyperparameters"] = chosen
        if job["method"]:
            kind = job["method"]["type"]
            part = {**job["method"][kind], "hyperparameters": chosen}
            changed["method"] = {**job["method"], kind: part}
    elif status == "failed":
        changed["error"] = {
            "code": "invalid_training_file",
            "message": "The job failed due to an invalid training file: line 7 has no messages.",
            "param": "training_file",
        }
    return {**job, **changed}


class _Log:
    """Collects the events of a job, oldest first."""

    def __init__(self, job: Json) -> None:
        self._job = job
        self.events: list[Json] = []

    def add(self, after: int, message: str, data: Any, *, kind: str, level: str = "info") -> None:
        self.events.append(
            {
                "object": "fine_tuning.job.event",
                "id": ident("ftevent-", self._job["id"], len(self.events)),
                "created_at": self._job["created_at"] + after,
                "level": level,
                "message": message,
                "data": data,
                "type": kind,
            }
        )

    def say(self, after: int, message: str, *, level: str = "info") -> None:
        self.add(after, message, {}, kind="message", level=level)


def metrics_at(job: Json, step: int, total: int) -> Json:
    """Return the figures of a step, as a metrics event has them."""
    name = job["id"]
    figures: Json = {
        "step": step,
        "total_steps": total,
        "train_loss": loss_at(name, step, total),
        "train_mean_token_accuracy": accuracy_at(name, step, total),
    }
    if job["validation_file"]:
        figures["valid_loss"] = loss_at(name, step, total, valid=True)
        figures["valid_mean_token_accuracy"] = accuracy_at(name, step, total, valid=True)
        if step == total:
            figures["full_valid_loss"] = round(figures["valid_loss"] + 0.01, 5)
            figures["full_valid_mean_token_accuracy"] = figures["valid_mean_token_accuracy"]
    return figures


def events_of(shape: Shape, job: Json) -> list[Json]:
    """Return what the host said about a job so far, newest first."""
    log = _Log(job)
    log.say(0, f"Created fine-tuning job: {job['id']}")
    if job["status"] in {"validating_files", "pending"}:
        return log.events
    log.say(5, f"Validating training file: {job['training_file']}")
    if job["status"] == "failed":
        log.say(30, job["error"]["message"], level="error")
        return log.events[::-1]
    log.say(60, "Files validated, moving job to queued state")
    if job["status"] in {"queued", "cancelled"}:
        return log.events[::-1]
    log.say(180, "Fine-tuning job started")
    done = shape.steps if job["status"] == "succeeded" else shape.steps // 2
    for step in range(1, done + 1):
        figures = metrics_at(job, step, shape.steps)
        text = f"Step {step}/{shape.steps}: training loss={figures['train_loss']:.2f}"
        log.add(180 + 600 * step // shape.steps, text, figures, kind="metrics")
    if job["status"] == "succeeded":
        _closing(shape, job, log)
    return log.events[::-1]


def _closing(shape: Shape, job: Json, log: _Log) -> None:
    for step in checkpoint_steps(shape):
        log.say(790, f"Checkpoint created at step {step}")
    model = job["fine_tuned_model"]
    log.say(800, f"New fine-tuned model created: {model}")
    if shape.style == "azure":
        # A real contradiction of the host: the job's own count says otherwise.
        log.say(820, f"Training tokens billed: {job['trained_tokens'] // 1000 * 1000}")
    results = [{"category": name, "flagged": False, "enforcement": "blocking"} for name in SAFETY]
    log.add(
        840,
        f"Moderation checks for snapshot {model} passed.",
        {"blocked": False, "finetuned_model": model, "results": results},
        kind="moderation_checks",
    )
    log.say(900, "The job has successfully completed")


def checkpoint_steps(shape: Shape) -> list[int]:
    """Return the steps at which checkpoints were made."""
    count = min(shape.checkpoints, shape.steps)
    return [shape.steps * number // count for number in range(1, count + 1)]


def checkpoints_of(shape: Shape, job: Json) -> list[Json]:
    """Return the checkpoints of a job, newest first."""
    if job["status"] != "succeeded":
        return []
    found: list[Json] = []
    for step in checkpoint_steps(shape):
        last = step == shape.steps
        suffix = job.get("_suffix")
        figures = metrics_at(job, step, shape.steps)
        del figures["total_steps"]
        found.append(
            {
                "object": "fine_tuning.job.checkpoint",
                "id": ident("ftckpt_", job["id"], step),
                "created_at": job["created_at"] + 180 + 600 * step // shape.steps,
                "fine_tuned_model_checkpoint": tuned_name(
                    shape, job["model"], job["id"], suffix, None if last else step
                ),
                "fine_tuning_job_id": job["id"],
                "metrics": figures,
                "step_number": step,
            }
        )
    return found[::-1]


def results_of(shape: Shape, job: Json) -> bytes:
    """Return the result file of a job: a CSV, plain or base64, with column names of its own."""
    lines = ["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"]
    for step in range(1, shape.steps + 1):
        figures = metrics_at(job, step, shape.steps)
        judged = [figures.get("valid_loss", ""), figures.get("valid_mean_token_accuracy", "")]
        if step % 4:
            judged = ["", ""]
        cells = [step, figures["train_loss"], figures["train_mean_token_accuracy"], *judged]
        lines.append(",".join(str(cell) for cell in cells))
    plain = ("\n".join(lines) + "\n").encode()
    coded = shape.base64_results == "always" or (
        shape.base64_results == "alternate" and int(job["id"][-1], 16) % 2 == 0
    )
    return base64.b64encode(plain) if coded else plain
