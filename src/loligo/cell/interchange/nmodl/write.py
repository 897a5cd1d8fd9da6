"""`write_nmodl` and `write_neuron`: channels and cells as NEURON reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.equations import equations
from loligo.cell.interchange.nmodl.names import VALENCES
from loligo.cell.interchange.nmodl.parts import groups, part
from loligo.cell.interchange.nmodl.script import script_text
from loligo.cell.interchange.nmodl.write_mechanism import mechanism_text
from loligo.cell.interchange.nmodl.write_shape import shape_files
from loligo.cell.neuron import Neuron
from loligo.cell.steady import steady_values
from loligo.errors import ModelError

_SUFFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_KEY = "channel"


def write_nmodl(
    channel: Channel,
    suffix: str,
    *,
    ions: Mapping[str, str] | None = None,
) -> str:
    """Return a channel as an NMODL file.

    Parameters
    ----------
    channel : Channel
        With a conductance per area, a permeability or a current.
    suffix : str
        The name of the mechanism.
    ions : mapping of str to str, optional
        Which variable of an ion each concentration is that the laws depend on:
        ``{"ca": "cai"}``.

    Returns
    -------
    str
        It writes the current of ``na``, ``k`` or ``ca`` where the channel says its ion, else a
        nonspecific one; its reversal is a parameter, or a law, of its own.

    Raises
    ------
    ModelError
        A suffix that is none, an absolute conductance, laws that depend on names that `ions` does
        not have, or on functions that NMODL does not have.
    """
    _check_suffix(suffix)
    if channel.conductance is not None and channel.conductance.unit != "mS/cm2":
        raise ModelError(
            f"{suffix}: the conductance is {channel.conductance}; a density mechanism needs one "
            f"per area, such as '1 mS/cm2'"
        )
    reads = {}
    for name, variable in (ions or {}).items():
        if not re.fullmatch(r"[A-Za-z]\w*[io]", variable, re.ASCII):
            raise ModelError(f"ions: {variable!r} is no concentration such as 'cai' or 'cao'")
        reads[f"constants.{name}"] = variable
    try:
        given: dict[str, Any] = {
            "name": suffix,
            "temperature": "20 degC",
            "area": "100 um2",
            "capacitance": "1 uF/cm2",
            "initial_potential": "-65 mV",
            "constants": dict.fromkeys(ions or {}, "1e-4 mM"),
            "channel": {_KEY: channel},
        }
        cell = Cell(**given)
    except ModelError as error:
        raise ModelError(f"{suffix} cannot be written: {error}", error.problems) from None
    lowered = equations(cell)
    ion = channel.ion if channel.ion in VALENCES else ""
    return mechanism_text(
        part(lowered, [_KEY], 1.0),
        suffix,
        channel.name,
        ion=ion,
        reads=reads,
        starts=_starts(cell, given_only=True),
    )


def write_neuron(cell: Cell | Neuron, folder: str | Path) -> tuple[Path, ...]:
    """Write a cell as NMODL files and a Python script that builds it in NEURON.

    A `Cell` is one section. A `Neuron` is a section for each branch, with its compartments as
    segments; ``cell.json`` beside the script holds its shape and its values.

    Channels are files of their own, ``<channel>_ch.mod``; those that a pool ties to each other are
    one file with it, ``pools_ch.mod``. ``cell.py`` compiles nothing: run ``nrnivmodl`` in the
    folder, then ``python cell.py``, or import `build` and `run` from it.

    Parameters
    ----------
    cell : Cell or Neuron
    folder : path-like
        Made where it is not there; files of the same names are replaced.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    ModelError
        No cell, something that NMODL does not have, or a folder that cannot be written.
    """
    if isinstance(cell, Neuron):
        files = shape_files(cell, lambda patch, given: _starts(patch, given_only=given))
        for name in files:
            _check_suffix(name.partition(".")[0])
    elif isinstance(cell, Cell):
        files = _section_files(cell)
    else:
        raise ModelError(
            f"a {type(cell).__name__} cannot be written: only a Cell or a Neuron has sections in "
            f"NEURON"
        )
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{folder.name}: cannot be written: {error}") from None
    return tuple(folder / name for name in files)


def _section_files(cell: Cell) -> dict[str, str]:
    """Return the files of an isopotential cell, one section."""
    lowered = equations(cell)
    size = cell.area if cell.area is not None else 100.0 * cell.capacitance.value
    per_area = 1.0 if cell.area is not None else 100.0 / size
    files: dict[str, str] = {}
    for keys in groups(lowered):
        chosen = part(lowered, keys, per_area)
        suffix = "pools_ch" if chosen.flows or len(keys) > 1 else f"{keys[0]}_ch"
        _check_suffix(suffix)
        title = f"{cell.name}: {', '.join(keys)}"
        try:
            files[f"{suffix}.mod"] = mechanism_text(
                chosen, suffix, title, starts=_starts(cell, given_only=not chosen.flows)
            )
        except ModelError as error:
            raise ModelError(f"{', '.join(keys)}: {error}") from None
    suffixes = [name.removesuffix(".mod") for name in files]
    density = cell.capacitance.value if cell.area is not None else 1.0
    files["cell.py"] = script_text(cell, suffixes, size, density)
    return files


def _starts(cell: Cell, *, given_only: bool) -> dict[str, float]:
    """Return the occupancies that schemes start with, those given or all of them."""
    lowered = equations(cell)
    found: dict[str, float] = {}
    for scheme in lowered.occupancies:
        if scheme.initial is not None:
            found |= dict(zip(scheme.symbols, scheme.initial, strict=True))
    if given_only:
        return found
    values = steady_values(lowered, cell.initial_potential, found)
    names = [name for scheme in lowered.occupancies for name in scheme.symbols]
    return {name: float(values[name]) for name in names}


def _check_suffix(suffix: str) -> None:
    if not _SUFFIX.fullmatch(suffix):
        raise ModelError(f"{suffix!r} is no suffix; use a letter, then letters, digits and _")
