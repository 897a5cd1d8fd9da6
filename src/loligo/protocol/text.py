"""A protocol as TOML for people and JSON for machines, and back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loligo.errors import ModelError, suggest
from loligo.protocol.protocol import Protocol
from loligo.protocol.series import number
from loligo.protocol.verbs import VERBS

KIND = "protocol"


def to_toml(protocol: Protocol) -> str:
    """Return a protocol as TOML, one sentence for each epoch.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    str
        `from_toml` makes an equal protocol of it.
    """
    import tomli_w

    return tomli_w.dumps({**_head(protocol), "epochs": [str(e) for e in protocol.epochs]})


def from_toml(text: str) -> Protocol:
    """Read a protocol from TOML.

    Raises
    ------
    ModelError
        Not TOML, or not a protocol that can be played.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"this is not TOML: {error}") from error
    return from_document(document)


def to_json(protocol: Protocol) -> str:
    """Return a protocol as JSON, each epoch an object of its fields.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    str
        `from_json` makes an equal protocol of it.
    """
    epochs = [
        epoch.model_dump(mode="json", exclude_defaults=True) | {"verb": epoch.verb}
        for epoch in protocol.epochs
    ]
    return json.dumps({**_head(protocol), "epochs": epochs}, ensure_ascii=False)


def from_json(text: str) -> Protocol:
    """Read a protocol from JSON.

    Raises
    ------
    ModelError
        Not JSON, or not a protocol that can be played.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ModelError(f"this is not JSON: {error}") from error
    return from_document(document)


def from_document(document: Any) -> Protocol:
    """Return the protocol of a table of its fields, as TOML and JSON have it.

    Raises
    ------
    ModelError
        Not a table, of another kind, with an unknown field, or not to be played.
    """
    if not isinstance(document, Mapping):
        raise ModelError(f"a protocol is a table of fields; got a {type(document).__name__}")
    kind = document.get("kind")
    if kind != KIND:
        raise ModelError(f"kind = {kind!r}; a protocol begins with kind = {KIND!r}")
    fields = Protocol.model_fields
    for name in document:
        if name not in fields:
            raise ModelError(f"a protocol has no {name!r}; {suggest(name, fields)}")
    return Protocol(**document)


def read(path: Path) -> Protocol:
    """Read a protocol from a file that ends in ``.toml`` or ``.json``.

    Raises
    ------
    ModelError
        Another ending, no such file, or not a protocol that can be played.
    """
    readers = {".toml": from_toml, ".json": from_json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ModelError(f"{path.name}: a protocol's file ends in .toml or .json")
    try:
        return reader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name} cannot be read: {error}") from error
    except ModelError as error:
        raise ModelError(f"{path.name}: {error}") from error


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a protocol's file, TOML or JSON.

    An epoch is a table of fields with its ``verb``, or a sentence that begins with the verb.
    """
    schema = Protocol.model_json_schema()
    sentence = {"type": "string", "pattern": f"^({'|'.join(VERBS)})\\b"}
    epochs = schema["properties"]["epochs"]
    epochs["items"] = {"anyOf": [sentence, epochs["items"]]}
    schema["required"] = ["kind", "epochs"]
    for kind in (schema, *schema["$defs"].values()):
        kind["description"] = kind["description"].partition("\n")[0]
        for entry in kind["properties"].values():
            if isinstance(entry.get("default"), Mapping):  # a series
                entry["default"] = number(entry["default"]["values"][0])
    return schema


def _head(protocol: Protocol) -> dict[str, Any]:
    """Return all fields but the epochs, those left at their default aside."""
    head: dict[str, Any] = {"kind": KIND, "name": protocol.name}
    for name in ("source", "holding", "sweep_interval", "leak"):
        value = getattr(protocol, name)
        if value:
            head[name] = str(value)
    if protocol.sweeps > 1 and not protocol.varies:
        head["sweeps"] = protocol.sweeps
    return head
