"""The subject of an audit: one tuned model with all that it came from and serves."""

from __future__ import annotations

from pydantic import Field

from ftgov.records.answer import Standing
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.party import Party
from ftgov.records.special_category import SpecialCategories
from ftgov.records.system import System


class Subject(Record):
    """Everything an audit of one model may look at; analyzers get this and nothing else."""

    model: ModelVersion
    base: ModelVersion | None = Field(default=None, description="the model it was tuned from")
    related: tuple[ModelVersion, ...] = Field(
        default=(), description="adapters and other ancestors"
    )
    job: Job | None = Field(default=None, description="the job that made the model")
    earlier_jobs: tuple[Job, ...] = Field(default=(), description="jobs that made its ancestors")
    datasets: tuple[Dataset, ...] = ()
    evaluations: tuple[Evaluation, ...] = Field(default=(), description="answers of model and base")
    system: System | None = None
    parties: tuple[Party, ...] = ()
    standing: Standing = Field(default=Standing(), description="what people said about the system")
    special: SpecialCategories = Field(
        default=SpecialCategories(), description="declared special categories of personal data"
    )

    def evidence(self) -> tuple[Evidence, ...]:
        """Return the files that an audit rests on, each once, in a stable order.

        A system's prompt is not among them: its bytes stay in the workspace.
        """
        files = [file for dataset in self.datasets for file in dataset.files]
        models = (self.model, *((self.base,) if self.base else ()), *self.related)
        files += [model.adapter_config for model in models if model.adapter_config]
        files += [run.answers for run in self.evaluations]
        for job in (*((self.job,) if self.job else ()), *self.earlier_jobs):
            files += job.kept
        if self.system:
            files.append(self.system.facts_file)
        files += [file for answer in self.standing.answers for file in answer.evidence]
        files += [signature.envelope for signature in self.standing.signatures]
        files += [basis.file for basis in self.special.bases if basis.file]
        return tuple({file.digest: file for file in files}.values())
