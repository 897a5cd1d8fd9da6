"""The JSON schema of descriptions, with what their docstrings say: enough to build a form from."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic import BaseModel

_ENTRY = re.compile(r"(\w+(?:, \w+)*) : .*")


def documented(model: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings of a class and its bases say about each parameter."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        names: list[str] = []
        for line in _section(inspect.cleandoc(owner.__doc__ or "")):
            if match := _ENTRY.fullmatch(line):
                names = match[1].split(", ")
                found |= dict.fromkeys(names, "")
            elif line.strip():
                found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found


def _section(text: str) -> list[str]:
    """Return the lines of a docstring's section on parameters."""
    match = re.search(r"^Parameters\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return match[1].splitlines() if match else []


def for_forms(model: type[BaseModel], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the summary, descriptions, and defaults as a file writes them.

    What may be left out has its one type, instead of a choice between it and null.
    """
    texts = documented(model)
    schema["description"] = inspect.cleandoc(model.__doc__ or "").split("\n\n")[0]
    for name, entry in schema.get("properties", {}).items():
        if texts.get(name):
            entry["description"] = texts[name]
        if "default" not in entry:
            continue
        if entry["default"] is None:
            del entry["default"]
            kept = [choice for choice in entry.pop("anyOf") if choice != {"type": "null"}]
            entry.update(kept[0] if len(kept) == 1 else {"anyOf": kept})
        for kind in model.model_fields[name].metadata:
            if "default" in entry and hasattr(kind, "write"):
                entry["default"] = kind.write(model.model_fields[name].default)
    return schema
