"""`Mechanism`: what an NMODL file says, as channels and pools; `assemble_cell` joins several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.description import FrozenMapping
from loligo.cell.interchange.nmodl.names import (
    CONCENTRATIONS,
    DEFAULT_CONCENTRATION,
    VALENCES,
)
from loligo.cell.interchange.nmodl.pools import IonPool
from loligo.cell.interchange.nmodl.syntax import Ion
from loligo.errors import ModelError, suggest


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What an NMODL file says.

    Attributes
    ----------
    suffix : str
        Its name in NEURON.
    title : str
        Its TITLE.
    channels : mapping of str to Channel
        The channel of each current, by its variable (``"ina"``); their strengths are the values the
        file gives, changed by ``parameters`` of `read_nmodl` or ``with_``.
    pools : mapping of str to IonPool
        The concentrations it computes, by variable (``"cai"``).
    ions : tuple of Ion
        Its USEION statements.
    by_ion : frozenset of str
        Currents that reverse where their ion does.
    concentrations : mapping of str to float
        Concentrations [mM] that laws depend on, by name, with the values they have in NEURON.
    notes : tuple of str
        What was passed over in the file.
    """

    suffix: str
    title: str
    channels: FrozenMapping[Channel]
    pools: FrozenMapping[IonPool]
    ions: tuple[Ion, ...]
    by_ion: frozenset[str]
    concentrations: FrozenMapping[float]
    notes: tuple[str, ...] = ()

    @property
    def channel(self) -> Channel:
        """The channel, of a file with one current.

        Raises
        ------
        ModelError
            It has none, or several.
        """
        if len(self.channels) != 1:
            names = ", ".join(self.channels) or "none"
            raise ModelError(f"{self.suffix} has not one current but {names}; use .channels[name]")
        return next(iter(self.channels.values()))

    @property
    def keys(self) -> dict[str, str]:
        """The name each channel gets in a cell, by its current."""
        if len(self.channels) == 1:
            return dict.fromkeys(self.channels, self.suffix)
        return {current: f"{self.suffix}_{current}" for current in self.channels}


def assemble_cell(
    mechanisms: Iterable[Mechanism],
    *,
    name: str,
    temperature: Any,
    area: Any,
    capacitance: Any = "1 uF/cm2",
    initial_potential: Any = "-65 mV",
    channel: Mapping[str, Channel] | None = None,
    reversals: Mapping[str, float] | None = None,
    concentrations: Mapping[str, float] | None = None,
) -> Cell:
    """Return the cell with some mechanisms, joined by their ions as NEURON joins them.

    Parameters
    ----------
    mechanisms : iterable of Mechanism
    name : str
    temperature, area, capacitance, initial_potential : quantity
        Of the cell.
    channel : mapping of str to Channel, optional
        Further channels.
    reversals : mapping of str to float, optional
        Reversal potentials of ions [mV] by variable (``{"ek": -90}``), for currents that reverse
        where their ion does.
    concentrations : mapping of str to float, optional
        Concentrations [mM] that no mechanism computes, by variable; NEURON's where not given.

    Returns
    -------
    Cell
        A pool is filled by the channels of its ion. Where a mechanism uses a concentration of an
        ion, currents of the ion reverse at its Nernst potential, as in NEURON.

    Raises
    ------
    ModelError
        Two mechanisms with one name, or what a `Cell` refuses.
    """
    every = list(mechanisms)
    reversals, outside = dict(reversals or {}), dict(concentrations or {})
    pools = {name: pool for mechanism in every for name, pool in mechanism.pools.items()}
    channels: dict[str, Channel] = dict(channel or {})
    constants: dict[str, float] = {}
    for mechanism in every:
        constants |= {k: v for k, v in mechanism.concentrations.items() if k not in pools}
        for current, key in mechanism.keys.items():
            if key in channels:
                raise ModelError(f"two mechanisms with the name {key!r}")
            made = mechanism.channels[current]
            if current in mechanism.by_ion:
                made = _at_ion(made, reversals, _valence(made.ion, every), constants, pools)
            channels[key] = made
    for variable in (*outside, *reversals):
        allowed = {*constants, *(f"e{made.ion}" for made in channels.values() if made.ion)}
        if variable not in allowed:
            raise ModelError(f"no mechanism depends on {variable!r}; {suggest(variable, allowed)}")
    constants |= outside
    filled = {
        variable: pool.pool(_carriers(pool.ion, channels)) for variable, pool in pools.items()
    }
    given: dict[str, Any] = {
        "name": name,
        "temperature": temperature,
        "area": area,
        "capacitance": capacitance,
        "initial_potential": initial_potential,
        "constants": {key: f"{value!r} mM" for key, value in constants.items()},
        "channel": channels,
        "pool": filled,
    }
    return Cell(**given)


def _carriers(ion: str, channels: Mapping[str, Channel]) -> Sequence[str]:
    return [key for key, channel in channels.items() if channel.ion == ion]


def _valence(ion: str, mechanisms: Iterable[Mechanism]) -> int | None:
    """Return the valence of an ion whose concentrations some mechanism uses; else ``None``."""
    uses = [used for mechanism in mechanisms for used in mechanism.ions if used.name == ion]
    for used in uses:
        if {f"{ion}i", f"{ion}o"} & {*used.reads, *used.writes}:
            return next((use.valence for use in uses if use.valence), VALENCES.get(ion))
    return None


def _at_ion(
    channel: Channel,
    reversals: Mapping[str, float],
    valence: int | None,
    constants: dict[str, float],
    pools: Mapping[str, IonPool],
) -> Channel:
    """Return a channel that reverses where its ion does in this cell."""
    ion = channel.ion
    inside, outside = f"{ion}i", f"{ion}o"
    if f"e{ion}" in reversals:
        return channel.with_(reversal=f"{float(reversals[f'e{ion}'])!r} mV")
    if valence is None:
        return channel
    for name in (inside, outside):
        if name not in pools:
            constants.setdefault(name, CONCENTRATIONS.get(name, DEFAULT_CONCENTRATION))
    return channel.with_(reversal=f"nernst({valence}, {outside}, {inside})")
