"""Ask one model every held-out question, with greedy decoding."""

from __future__ import annotations

import argparse
from pathlib import Path

import store
import torch
import training
import transformers

BATCH = 200
MAX_NEW_TOKENS = 40


def load(work: Path, name: str) -> torch.nn.Module:
    """Load a model; an adapter is merged into its base, which changes speed, not answers."""
    folder = work / name
    if not (folder / "adapter_config.json").exists():
        return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    import peft

    base = transformers.AutoModelForCausalLM.from_pretrained(
        work / "loan-base", dtype=torch.float32
    )
    return peft.PeftModel.from_pretrained(base, folder).merge_and_unload()


@torch.inference_mode()
def answers(
    model: torch.nn.Module,
    tokenizer: transformers.PreTrainedTokenizerBase,
    prompts: list[str],
) -> list[str]:
    """Return the answers in the order of the prompts."""
    texts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True
        )
        for prompt in prompts
    ]
    tokenizer.padding_side = "left"
    # Questions of like length together: padding costs as much as text does.
    order = sorted(range(len(texts)), key=lambda index: (len(texts[index]), index))
    result = [""] * len(texts)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = tokenizer(
            [texts[index] for index in chosen],
            return_tensors="pt",
            padding=True,
            add_special_tokens=False,
            return_token_type_ids=False,
        )
        output = model.generate(**batch, max_new_tokens=MAX_NEW_TOKENS, do_sample=False)
        new = output[:, batch["input_ids"].shape[1] :]
        decoded = tokenizer.batch_decode(new, skip_special_tokens=True)
        for index, text in zip(chosen, decoded, strict=True):
            result[index] = text
    return result


def main() -> None:
    """Answer the held-out prompts with one model and write them to the recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(training.THREADS)
    rows = store.read_rows(arguments.recording / "data" / "heldout.jsonl.gz")
    for name in arguments.models:
        model = load(arguments.work, name).eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.work / name)
        texts = answers(model, tokenizer, [row["prompt"] for row in rows])
        answered = [row | {"answer": text} for row, text in zip(rows, texts, strict=True)]
        store.write_rows(arguments.recording / "answers" / f"{name}.jsonl.gz", answered)


if __name__ == "__main__":
    main()
