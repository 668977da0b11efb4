"""What models that can be bound to a form are bound to: a GBNF grammar, and schemas of tools. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from runtime.actions.call import quoted
from runtime.actions.choice import Around, able, targets
from runtime.actions.values import LONGEST
from runtime.protocol import messages as m

_RULES = rf"""number ::= "-"? [0-9]{{1,9}} ("." [0-9]{{1,4}})?
integer ::= "-"? [0-9]{{1,9}}
flag ::= "true" | "false"
text ::= "\"" [^"\\\x00-\x1F]{{1,{LONGEST}}} "\""
"""


def grammar(verbs: Iterable[m.Verb], scene: Around, npc: str) -> str:
    """GBNF (llama.cpp) of `none` or one call that is possible now: `pour(cup_1, drink=ale)`. What it lets
    through, `parse` reads; parameters that have a default may be left out."""
    calls = [_call(verb, scene, npc) for verb in verbs if able(verb, npc)]
    return "\n".join([f"root ::= {' | '.join([_literal('none'), *filter(None, calls)])}", _RULES])


def tools(verbs: Iterable[m.Verb], scene: Around, npc: str) -> list[dict[str, Any]]:
    """Schemas of OpenAI's `tools`, targets as enums of what is possible now."""
    made = [_tool(verb, scene, npc) for verb in verbs if able(verb, npc)]
    return [tool for tool in made if tool is not None]


def _call(verb: m.Verb, scene: Around, npc: str) -> str:
    """One alternative of the grammar; empty for a verb that has nothing to be done to."""
    # Commas depend on what stands before: a target is always there, else the first parameter has none.
    parts: list[str] = []
    if verb.targets is not None:
        ids = [_literal(quoted(entity.id)) for entity in targets(verb, scene, npc)]
        if not ids:
            return ""
        parts.append(f"({' | '.join(ids)})")
    # The required come first, so that those with a default always follow something or stand alone.
    told = sorted(verb.parameters.items(), key=lambda item: item[1].default is not None)
    optional = ""
    for name, parameter in reversed(told):
        argument = f"{_literal(name + '=')} {_kind(parameter)}"
        if parameter.default is None:
            parts.insert(verb.targets is not None, argument)
        else:
            optional = f"({_literal(', ')} {argument})? {optional}"
    body = f" {_literal(', ')} ".join(parts)
    if not parts and optional:
        body, optional = _alone(told), ""
    return " ".join(filter(None, [_literal(verb.name + "("), body, optional.strip(), _literal(")")]))


def _alone(told: list[tuple[str, m.Parameter]]) -> str:
    """Parameters that all have defaults and nothing before them: any run of them, in order."""
    runs = []
    for at, (name, parameter) in enumerate(told):
        rest = " ".join(f"({_literal(', ' + n + '=')} {_kind(p)})?" for n, p in told[at + 1 :])
        runs.append(f"{_literal(name + '=')} {_kind(parameter)} {rest}".strip())
    return f"({' | '.join(runs)})?"


def _kind(parameter: m.Parameter) -> str:
    if parameter.kind == "choice":
        return f"({' | '.join(_literal(quoted(choice)) for choice in parameter.choices)})"
    return parameter.kind


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # GBNF has the escapes of JSON


def _tool(verb: m.Verb, scene: Around, npc: str) -> dict[str, Any] | None:
    properties: dict[str, Any] = {}
    if verb.targets is not None:
        ids = [entity.id for entity in targets(verb, scene, npc)]
        if not ids:
            return None
        properties["target"] = {"type": "string", "enum": ids}
    properties |= {name: _schema(parameter) for name, parameter in verb.parameters.items()}
    needed = [name for name, p in verb.parameters.items() if p.default is None]
    parameters = {
        "type": "object",
        "properties": properties,
        "required": [*(["target"] if verb.targets is not None else []), *needed],
        "additionalProperties": False,
    }
    function = {"name": verb.name, "description": verb.description or verb.name, "parameters": parameters}
    return {"type": "function", "function": function}


def _schema(parameter: m.Parameter) -> dict[str, Any]:
    kinds = {"text": "string", "choice": "string", "flag": "boolean"}
    schema: dict[str, Any] = {"type": kinds.get(parameter.kind, parameter.kind)}
    if parameter.kind == "choice":
        schema["enum"] = list(parameter.choices)
    if parameter.kind == "text":
        schema["maxLength"] = LONGEST
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.default is not None:
        schema["default"] = parameter.default
    return schema
