"""Evals of the fake, their runs and output items."""

from __future__ import annotations

from openai_fake.seeds import DAY, Json, ident, share


def new_eval(number: int, now: int) -> Json:
    """Return an eval that compares answers with a reference."""
    return {
        "object": "eval",
        "id": ident("eval_", number, length=32),
        "name": f"Loan answers {number}",
        "created_at": now - (200 - number) * DAY,
        "data_source_config": {
            "type": "custom",
            "schema": {
                "type": "object",
                "properties": {"item": {"type": "object"}, "sample": {"type": "object"}},
            },
        },
        "testing_criteria": [
            {
                "type": "string_check",
                "id": ident("grader-", number),
                "name": "Same answer",
                "input": "{{sample.output_text}}",
                "reference": "{{item.expected}}",
                "operation": "eq",
            }
        ],
        "metadata": {"team": "lending"},
    }


def new_run(evaluation: Json, number: int, model: str, items: int) -> Json:
    """Return a finished run of an eval on a model."""
    name = ident("evalrun_", evaluation["id"], number, length=32)
    passed = sum(_passed(name, place) for place in range(items))
    tokens = {"prompt_tokens": 20 * items, "completion_tokens": 5 * items}
    return {
        "object": "eval.run",
        "id": name,
        "eval_id": evaluation["id"],
        "report_url": f"https://evals.example/{evaluation['id']}/{name}",
        "status": "completed",
        "model": model,
        "name": f"run {number}",
        "created_at": evaluation["created_at"] + 3600 * (number + 1),
        "result_counts": {
            "total": items, "errored": 0, "failed": items - passed, "passed": passed,
        },
        "per_model_usage": [
            {
                "model_name": model,
                "invocation_count": items,
                **tokens,
                "total_tokens": sum(tokens.values()),
                "cached_tokens": 0,
            }
        ],
        "per_testing_criteria_results": [
            {
                "testing_criteria": evaluation["testing_criteria"][0]["id"],
                "passed": passed,
                "failed": items - passed,
            }
        ],
        "data_source": {
            "type": "jsonl",
            "source": {"type": "file_content", "content": [{"item": {"expected": "yes"}}]},
        },
        "error": None,
        "metadata": {},
    }  # fmt: skip


def _passed(run: str, place: int) -> bool:
    return share(run, place) < 0.8


def items_of(run: Json) -> list[Json]:
    """Return the output items of a run, oldest first, each with its sample."""
    return [_item(run, place) for place in range(run["result_counts"]["total"])]


def _item(run: Json, place: int) -> Json:
    passed = _passed(run["id"], place)
    return {
        "object": "eval.run.output_item",
        "id": ident("outputitem_", run["id"], place, length=32),
        "created_at": run["created_at"] + 60 + place,
        "run_id": run["id"],
        "eval_id": run["eval_id"],
        "status": "pass" if passed else "fail",
        "datasource_item_id": place,
        "datasource_item": {"question": f"May case {place} borrow?", "expected": "yes"},
        "results": [
            {"name": "Same answer", "passed": passed, "score": float(passed), "sample": None}
        ],
        "sample": {
            "input": [{"role": "user", "content": f"May case {place} borrow?"}],
            "output": [{"role": "assistant", "content": "yes" if passed else "no"}],
            "finish_reason": "stop",
            "model": run["model"],
            "usage": {
                "total_tokens": 25, "completion_tokens": 5, "prompt_tokens": 20, "cached_tokens": 0,
            },
            "error": None,
            "temperature": 0.0,
            "max_completion_tokens": 64,
            "top_p": 1.0,
            "seed": 7,
        },
    }  # fmt: skip
