"""The cases of tests/golden/nmodl as loligo's cells and protocols, and how far traces differ."""

import tomllib
from pathlib import Path

import numpy as np

from loligo import Protocol, simulate
from loligo.cell import Channel
from loligo.cell.interchange.nmodl import assemble_cell, read_nmodl

FOLDER = Path(__file__).resolve().parents[1] / "golden/nmodl"
_TABLE = tomllib.loads((FOLDER / "cases.toml").read_text(encoding="utf-8"))
_DEFAULTS = _TABLE.pop("defaults")
CASES = {name: {**_DEFAULTS, **case} for name, case in _TABLE.items()}
FILES = sorted(FOLDER.glob("*.mod"))


def cell_of(name):
    """Return the cell of a case."""
    case = CASES[name]
    leak = {}
    if case["leak"]:
        conductance, reversal = case["leak"]
        leak["pas"] = Channel(conductance=f"{conductance} mS/cm2", reversal=f"{reversal} mV")
    return assemble_cell(
        [
            read_nmodl(FOLDER / f"{stem}.mod", parameters=case["parameters"].get(stem))
            for stem in case["mechanisms"]
        ],
        name=name,
        temperature=f"{case['temperature']} degC",
        area=f"{case['area']} um2",
        initial_potential=f"{case['initial_potential']} mV",
        channel=leak,
        reversals=case["reversals"],
        concentrations=case["concentrations"],
    )


def protocol_of(pulses, duration, unit="uA/cm2"):
    """Return a protocol with pulses (start, length, amplitude) [ms, ms, unit]."""
    epochs, now = [], 0.0
    for start, length, amplitude in pulses:
        if start > now:
            epochs.append(f"hold for {start - now} ms")
        epochs.append(f"step {amplitude} {unit} for {length} ms")
        now = start + length
    if duration > now:
        epochs.append(f"hold for {duration - now} ms")
    return Protocol("pulses", epochs, holding=f"0 {unit}")


def difference(cell, protocol, expected):
    """Return the largest difference from a trace sampled every 0.5 ms [mV]."""
    found = simulate(cell, protocol, sampling="0.5 ms", method="error-controlled", tolerance=1e-9)
    potential = found["v"][0, 0]
    assert potential.shape == (len(expected),)
    return float(np.abs(potential - np.asarray(expected)).max())
