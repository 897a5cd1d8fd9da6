"""`Kinded`: a description that says its kind also inside of another, where several may stand."""

from __future__ import annotations

from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from loligo.cell.description import Description


class Kinded(Description):
    """One of several descriptions that a field may hold."""

    kind: str

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Keep the kind, so that it reads back as what it is."""
        return {"kind": self.kind, **handler(self)}
