"""`read_nmodl`: an NMODL file of a density mechanism as channels and pools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from loligo.cell.channel import Channel
from loligo.cell.description import FrozenMapping
from loligo.cell.expression import symbols
from loligo.cell.interchange.nmodl.currents import channel
from loligo.cell.interchange.nmodl.laws import Laws, laws
from loligo.cell.interchange.nmodl.mechanism import Mechanism
from loligo.cell.interchange.nmodl.names import (
    CONCENTRATIONS,
    DEFAULT_CONCENTRATION,
    REVERSALS,
    VALENCES,
    bare,
    kind,
)
from loligo.cell.interchange.nmodl.parse_file import parse_file
from loligo.cell.interchange.nmodl.pools import IonPool, ion_pool
from loligo.cell.interchange.nmodl.source import Source, read_source
from loligo.cell.interchange.nmodl.syntax import File, Ion, Variable
from loligo.errors import suggest

_CURRENT_UNITS = ("", "mA/cm2", "milliamp/cm2", "milliamps/cm2")


def read_nmodl(source: str | Path, *, parameters: Mapping[str, float] | None = None) -> Mechanism:
    """Return what an NMODL file of a density mechanism says.

    The numbers of a file are taken as NEURON takes them, in mV, ms, mA/cm2, S/cm2 and mM; the units
    it writes beside them are not converted.

    Parameters
    ----------
    source : path-like or str
        A path, or the text of a file itself (with a brace or a new line in it).
    parameters : mapping of str to float, optional
        Other values than the file's for its PARAMETERs, in its units.

    Returns
    -------
    Mechanism

    Raises
    ------
    ModelError
        What is wrong or refused, with the line and its text.
    """
    text = read_source(source)
    file = parse_file(text)
    _check(file, text)
    values = _values(file, text, parameters or {})
    found = laws(file, text, values)
    reversals = _reversals(file, values)
    channels: dict[str, Channel] = {}
    pools: dict[str, IonPool] = {}
    by_ion = set()
    carriers = {i: ion for ion in file.ions for i in ion.writes if i == f"i{ion.name}"}
    for current in (*carriers, *file.nonspecific):
        owner = carriers.get(current)
        name = owner.name if owner else ""
        _has_reversal(found, current, reversals)
        channels[current] = channel(found, current, name, reversals)
        if f"i:e{name}" in symbols(found.known[current]):
            by_ion.add(current)
    for ion in file.ions:
        for variable in ion.writes:
            if variable in {f"{ion.name}i", f"{ion.name}o"}:
                valence = ion.valence or VALENCES.get(ion.name)
                if valence is None:
                    raise text.error(ion.line, f"the ion {ion.name} needs a VALENCE")
                pools[variable] = ion_pool(found, variable, ion, valence)
    if not channels and not pools:
        raise text.error(1, "the file has neither a current nor a concentration")
    return Mechanism(
        suffix=file.suffix,
        title=file.title,
        channels=FrozenMapping(channels),
        pools=FrozenMapping(pools),
        ions=tuple(file.ions),
        by_ion=frozenset(by_ion),
        concentrations=FrozenMapping(_concentrations(found, file, pools)),
        notes=_notes(found, channels),
    )


def _check(file: File, text: Source) -> None:
    if not file.suffix:
        raise text.error(1, "no SUFFIX: only density mechanisms are read")
    if file.suffix == "nothing":
        raise text.error(1, "SUFFIX nothing has no mechanism in it")
    for current in (*(f"i{ion.name}" for ion in file.ions), *file.nonspecific):
        variable = file.assigned.get(current)
        if variable is not None and variable.unit not in _CURRENT_UNITS:
            raise text.error(
                variable.line, f"{current} in {variable.unit}; a density mechanism has mA/cm2"
            )
    for ion in file.ions:
        for variable_name in ion.writes:
            if variable_name == f"e{ion.name}":
                raise text.error(ion.line, f"a file that writes {variable_name} is not read")


def _values(file: File, text: Source, given: Mapping[str, float]) -> dict[str, float]:
    """Return the numbers of the parameters, by symbol."""
    for name in given:
        if name not in file.parameters and name not in file.assigned:
            hint = suggest(name, file.parameters)
            raise text.error(1, f"parameters: no PARAMETER {name!r}; {hint}")
    for name, value in given.items():
        old = file.parameters.get(name) or file.assigned.pop(name)
        file.parameters[name] = Variable(name, float(value), old.unit, old.line)
    return {
        f"p:{name}": variable.value
        for name, variable in file.parameters.items()
        if variable.value is not None
    }


def _reversals(file: File, values: Mapping[str, float]) -> dict[str, float]:
    """Return the reversal potential of each ion: the file's own, or NEURON's."""
    found = dict(REVERSALS)
    for ion in file.ions:
        name = f"e{ion.name}"
        if f"p:{name}" in values:
            found[name] = values[f"p:{name}"]
    return found


def _has_reversal(found: Laws, current: str, reversals: Mapping[str, float]) -> None:
    read = {f"e{ion.name}" for ion in found.file.ions}
    for symbol in sorted(symbols(found.settled(found.known[current]))):
        name = bare(symbol)
        if kind(symbol) == "i" and name in read and name not in reversals:
            raise found.error(
                current,
                f"{current} has no reversal: {name} is that of no ion NEURON knows and the file "
                f"gives no value; give it one in PARAMETER",
            )


def _concentrations(found: Laws, file: File, pools: Mapping[str, IonPool]) -> dict[str, float]:
    """Return the concentrations that laws depend on."""
    laws_of = list(found.known.values())
    laws_of += [rate for _, there, back in found.reactions for rate in (there, back) if rate]
    used = {bare(s) for law in laws_of for s in symbols(law) if kind(s) == "i"}
    names = {name for ion in file.ions for name in _concentration_names(ion)}
    return {
        name: CONCENTRATIONS.get(name, DEFAULT_CONCENTRATION)
        for name in sorted(used & names - pools.keys())
    }


def _concentration_names(ion: Ion) -> tuple[str, str]:
    return f"{ion.name}i", f"{ion.name}o"


def _notes(found: Laws, channels: Mapping[str, Channel]) -> tuple[str, ...]:
    used = {gate for channel in channels.values() for gate in channel.gate}
    used |= {s for c in channels.values() if c.scheme is not None for s in c.scheme.states}
    pools = {bare(s) for value in found.known.values() for s in symbols(value)}
    return tuple(
        f"the state {state} drives no current"
        for state in found.file.states
        if channels and state not in used and f"{state}_" not in used and state not in pools
    )
