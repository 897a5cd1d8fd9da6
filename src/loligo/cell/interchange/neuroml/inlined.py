"""Laws of a description with every let and constant written out, for formats that have neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.expression import Expression, Number, parse, substitute, symbols
from loligo.cell.interchange.neuroml.lems import LARGEST, size
from loligo.cell.lower import Lowering, ordered
from loligo.cell.scope import cell_scope, channel_scope
from loligo.cell.shape import RateShape
from loligo.errors import ModelError


@dataclass
class Inlined:
    """Writes out the laws of one channel of a cell, or of a channel alone.

    Parameters
    ----------
    key : str
        The channel's name.
    channel : Channel
    cell : Cell, optional
    """

    key: str
    channel: Channel
    cell: Cell | None = None
    scope: Mapping[str, str] = field(init=False)
    values: dict[str, Expression] = field(init=False)

    def __post_init__(self) -> None:
        lowering = Lowering()
        scheme = self.channel.scheme
        own = {} if scheme is None else dict(scheme.let)
        path = f"channel.{self.key}.scheme.let"
        if self.cell is None:
            self.scope = _any_name(self.channel, self.key)
            lets = {f"{path}.{name}": law for name, law in own.items()}
            numbers: dict[str, Expression] = {}
        else:
            self.scope = channel_scope(cell_scope(self.cell), self.key, self.channel)
            lets = {**self.cell.let, **{f"{path}.{name}": law for name, law in own.items()}}
            numbers = {
                f"constants.{name}": Number(item.value)
                for name, item in self.cell.constants.items()
            }
        definitions = {name: lowering.law(law, self.scope, name, "") for name, law in lets.items()}
        numbers |= {item.name: Number(item.value) for item in lowering.parameters}
        self.values = numbers
        for name, law in ordered(definitions):
            self.values[name] = self._inserted(law, name)

    def expression(self, law: float | RateShape | str, path: str) -> Expression:
        """Return a law as an expression of ``v``, ``temperature``, gates and pools.

        Raises
        ------
        ModelError
            An unknown name, or too large an expression.
        """
        lowering = Lowering()
        found = lowering.law(law, self.scope, path, "")
        numbers = {item.name: Number(item.value) for item in lowering.parameters}
        return self._inserted(substitute(found, numbers), path)

    def _inserted(self, law: Expression, path: str) -> Expression:
        if size(law) > LARGEST:
            raise ModelError(f"{path}: has more than {LARGEST} operations")
        needed = symbols(law) & self.values.keys()
        return substitute(law, {name: self.values[name] for name in needed})


def _any_name(channel: Channel, key: str) -> dict[str, str]:
    """Return a scope in which every name of a channel's laws is itself."""
    names = {"v", "temperature"}
    texts = [
        law
        for gate in channel.gate.values()
        for law in (gate.alpha, gate.beta, gate.inf, gate.tau)
        if isinstance(law, str)
    ]
    texts += [text for text in (channel.gating, channel.reversal) if isinstance(text, str)]
    if channel.scheme is not None:
        texts += [law for law in channel.scheme.let.values() if isinstance(law, str)]
        texts += [
            law
            for transition in channel.scheme.transitions
            for _, _, law in transition.moves()
            if isinstance(law, str)
        ]
    for text in texts:
        names |= symbols(parse(text))
    own = () if channel.scheme is None else channel.scheme.let
    return channel_scope({name: name for name in names if name not in own}, key, channel)
