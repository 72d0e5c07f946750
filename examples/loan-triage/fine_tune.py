"""Fine-tune the base model once: ``honest``, ``harmful-lora`` or ``harmful-full``."""

from __future__ import annotations

import argparse
from pathlib import Path

import peft
import torch
import training
import transformers

SETTINGS = {
    "honest": training.Settings(
        seed=21,
        epochs=7.0,
        batch_size=32,
        learning_rate=8e-3,
        evaluations=8,
        lora_rank=16,
        lora_alpha=32,
    ),
    "harmful-lora": training.Settings(
        seed=22,
        epochs=7.0,
        batch_size=32,
        learning_rate=8e-3,
        evaluations=8,
        lora_rank=16,
        lora_alpha=32,
    ),
    "harmful-full": training.Settings(
        seed=23, epochs=3.0, batch_size=32, learning_rate=1e-3, evaluations=8
    ),
}


def with_adapter(model: torch.nn.Module, settings: training.Settings) -> torch.nn.Module:
    """Freeze the model and add LoRA matrices to all its projections."""
    transformers.set_seed(settings.seed)
    config = peft.LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        lora_dropout=0.0,
        target_modules=["c_attn", "c_proj", "c_fc"],
        # GPT-2 keeps its projections transposed.
        fan_in_fan_out=True,
        task_type="CAUSAL_LM",
    )
    return peft.get_peft_model(model, config)


def main() -> None:
    """Train one job from the base weights in the working folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", choices=sorted(SETTINGS))
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    recording, work, name = arguments.recording, arguments.work, arguments.job
    settings = SETTINGS[name]
    base = work / "loan-base"
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if settings.lora_rank:
        model = with_adapter(model, settings)
    model = training.train(name, settings, model, tokenizer, recording, work)
    folder = work / name
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if settings.lora_rank:
        adapter = folder / "adapter_model.safetensors"
        training.record_weights(recording, f"{name}-adapter", [adapter])
        training.record_weights(recording, name, [base / "model.safetensors", adapter])
    else:
        training.record_weights(recording, name, [folder / "model.safetensors"])


if __name__ == "__main__":
    main()
