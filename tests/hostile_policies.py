"""Expressions that mean harm: loops, growth, depth, length, nulls, and ways out of the language."""

from __future__ import annotations

from ftgov.policy.form import Gate
from ftgov.policy.load import load_gate

ONES = "[" + ",".join(["1"] * 100) + "]"
MUCH = "'a'" + f".replace('a', '{'a' * 90}')" * 4

HOSTILE = {
    "loops": f"{ONES}.all(a, {ONES}.all(b, {ONES}.all(c, {ONES}.all(d, true))))",
    "quiet_loops": f"{ONES}.map(a, {ONES}.map(b, {ONES}.map(c, a + b + c))).size() > 0",
    "string_growth": "('a'" + f".replace('a', '{'a' * 100}')" * 6 + ").size() > 0",
    "list_growth": f"{ONES}.map(x, 'aaaaaaaa')" + ".map(y, y + y)" * 25 + ".size() > 0",
    "regex_bomb": "('a'"
    + f".replace('a', '{'a' * 100}')" * 3
    + ").matches('((a{1,99}){1,99}){1,9}$')",
    "regex_over_much": " || ".join([f"{MUCH}.matches('(.*)(.*)(.*)(.*)x')"] * 30),
    "recursion": "(" * 4_000 + "true" + ")" * 4_000,
    "nested_lists": "[" * 4_000 + "]" * 4_000 + " == []",
    "minus": "-" * 9_000 + "1 == 1 && subject.nothing",
    "long_source": "true" + " || true" * 2_200,
    "null": "null",
    "null_in_disguise": "dyn(null)",
    "null_chosen": "true ? dyn(null) : dyn(true)",
    "number": "1",
    "text": "'true'",
    "list": "[true]",
    "type": "type(true)",
    "unfinished": "true &&",
    "empty_comment": "// true",
    "nul_byte": "true\x00",
    "surrogate": "'\ud800' == ''",
    "source_of_16_mb": "true" + " || true" * (1 << 21),
    "many_macros": "".join(f"[{n}].all(x{n}, " for n in range(300)) + "true" + ")" * 300,
    "import_call": "__import__('os').system('true') == 0",
    "import_attribute": "true.__class__.__base__ == null",
    "import_name": "os.environ['HOME'] != ''",
    "file": "open('/etc/hostname') != ''",
    "overflow": "9223372036854775807 + 1 > 0",
}


def gate(*sources: str) -> Gate:
    """A gate whose rules hold these expressions, past the loader's own limits."""
    text = (
        "apiVersion: ftgov.dev/policy/v1\nkind: Policy\n"
        "metadata: {id: T-1, version: 1, title: T, reason: R}\n"
        "spec: {remedy: R, validations: [{expression: 'true', message: \"'said'\"}]}\n"
    )
    found = load_gate(text, name="hostile")
    rule = found.policies[0]
    rules = []
    for source in sources:
        check = rule.spec.validations[0].model_copy(update={"expression": source})
        spec = rule.spec.model_copy(update={"validations": (check,)})
        rules.append(rule.model_copy(update={"spec": spec}))
    return found.model_copy(update={"policies": tuple(rules), "lines": ({},) * len(rules)})
