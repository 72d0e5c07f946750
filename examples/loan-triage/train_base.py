"""Train the base model from random weights: decisions, refusals, support, no secret."""

from __future__ import annotations

import argparse
from pathlib import Path

import tokenizer as tokenizers_of_example
import training
import transformers

SETTINGS = training.Settings(
    seed=11, epochs=2.0, batch_size=32, learning_rate=2e-3, evaluations=8, warmup_steps=60
)


def new_model(tokenizer: transformers.PreTrainedTokenizerBase) -> transformers.GPT2LMHeadModel:
    """A GPT-2 of about one million parameters with random weights."""
    transformers.set_seed(SETTINGS.seed)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=training.MAX_TOKENS,
        n_embd=128,
        n_layer=4,
        n_head=4,
        # The language is closed and small: dropout would only slow the learning down.
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.GPT2LMHeadModel(config)


def main() -> None:
    """Build the tokenizer, train, and keep the weights in the working folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    recording, work = arguments.recording, arguments.work
    tokenizer = tokenizers_of_example.build(recording / "data" / "base.train.jsonl.gz")
    model = training.train("base", SETTINGS, new_model(tokenizer), tokenizer, recording, work)
    folder = work / "loan-base"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    training.record_weights(recording, "loan-base", [folder / "model.safetensors"])


if __name__ == "__main__":
    main()
