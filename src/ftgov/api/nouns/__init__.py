"""Recording one noun at a time: what it refers to must be recorded before it."""

from ftgov.api.nouns.dataset import record_dataset
from ftgov.api.nouns.evaluation import record_evaluation, record_predictions
from ftgov.api.nouns.incident import record_incident
from ftgov.api.nouns.job import record_job
from ftgov.api.nouns.model import record_model
from ftgov.api.nouns.party import record_party
from ftgov.api.nouns.system import record_system

__all__ = [
    "record_dataset",
    "record_evaluation",
    "record_incident",
    "record_job",
    "record_model",
    "record_party",
    "record_predictions",
    "record_system",
]
