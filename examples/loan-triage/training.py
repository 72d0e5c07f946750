"""What pretraining and fine-tuning share: the trainer, its records and its weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import datasets
import energy
import store
import torch
import transformers
from trl import SFTConfig, SFTTrainer

# One line per evaluation is enough.
datasets.disable_progress_bars()
transformers.utils.logging.disable_progress_bar()

LIBRARIES = ("torch", "transformers", "peft", "trl", "datasets", "accelerate", "codecarbon",
             "safetensors", "tokenizers")  # fmt: skip
MAX_TOKENS = 160
THREADS = 2


@dataclass(frozen=True)
class Settings:
    """The hyperparameters of one job."""

    seed: int
    epochs: float
    batch_size: int
    learning_rate: float
    evaluations: int
    warmup_steps: int = 20
    weight_decay: float = 0.01
    lora_rank: int | None = None
    lora_alpha: int | None = None


def load_split(recording: Path, name: str, split: str) -> datasets.Dataset:
    """Read chat rows as prompt and completion, so that only the answer is learned."""
    rows = store.read_rows(recording / "data" / f"{name}.{split}.jsonl.gz")
    pairs = [{"prompt": row["messages"][:1], "completion": row["messages"][1:]} for row in rows]
    return datasets.Dataset.from_list(pairs)


def trainer_arguments(settings: Settings, rows: int, output: Path) -> SFTConfig:
    """Translate the settings; everything that could call home or differ is switched off."""
    steps = max(1, int(rows * settings.epochs / settings.batch_size))
    every = max(1, steps // settings.evaluations)
    return SFTConfig(
        output_dir=str(output),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        seed=settings.seed,
        data_seed=settings.seed,
        logging_steps=every,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        max_length=MAX_TOKENS,
        completion_only_loss=True,
        # Rows of like length together: half of each batch would be padding otherwise.
        train_sampling_strategy="group_by_length",
        include_num_input_tokens_seen="non_padding",
        disable_tqdm=True,
    )


def train(
    name: str,
    settings: Settings,
    model: torch.nn.Module,
    tokenizer: transformers.PreTrainedTokenizerBase,
    recording: Path,
    work: Path,
) -> torch.nn.Module:
    """Train one job and write its state, energy record and configuration."""
    torch.set_num_threads(THREADS)
    transformers.set_seed(settings.seed)
    job = recording / "jobs" / name
    train_set = load_split(recording, name, "train")
    trainer = SFTTrainer(
        model=model,
        args=trainer_arguments(settings, len(train_set), work / "state" / name),
        train_dataset=train_set,
        eval_dataset=load_split(recording, name, "validation"),
        processing_class=tokenizer,
    )
    started = store.now()
    with energy.measured(name, job / "codecarbon.json"):
        trainer.train()
    finished = store.now()
    trainer.save_state()
    state = store.read_json(work / "state" / name / "trainer_state.json")
    store.write_json(job / "trainer_state.json", state)
    parameters = list(trainer.model.parameters())
    config: dict[str, Any] = {
        "hyperparameters": asdict(settings),
        "seed": settings.seed,
        "loss_on": "answer only",
        "libraries": {library: version(library) for library in LIBRARIES},
        "parameters": {
            "total": sum(item.numel() for item in parameters),
            "trainable": sum(item.numel() for item in parameters if item.requires_grad),
        },
        "rows": {"train": len(train_set), "validation": len(trainer.eval_dataset)},
        "trained_tokens": int(trainer.state.num_input_tokens_seen),
        "started_at": started,
        "finished_at": finished,
    }
    store.write_json(job / "config.json", config)
    return trainer.model


def record_weights(recording: Path, name: str, files: list[Path]) -> None:
    """Write the list of weights files that make up a model."""
    entries = [store.weights_entry(path) for path in files]
    store.write_json(recording / "models" / f"{name}.weights.json", {"files": entries})
