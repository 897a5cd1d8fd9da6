"""What the tests of targets share: protocols of each clamp, and how far two simulations differ."""

import numpy as np

from loligo.cell.equations import equations
from loligo.protocol import Protocol

FEATURES = (
    "spike_count",
    "first_spike_time",
    "last_spike_time",
    "maximum_potential",
    "minimum_potential",
    "mean_potential",
)

CLAMPS = {
    "current": (
        ["hold for 1 ms", "step 40 pA for 4 ms", "hold for 2 ms", "shock 0.5 pC", "hold for 2 ms"],
        "0 pA",
        {},
    ),
    "voltage": (
        ["hold for 1 ms", "step -20 mV for 4 ms", "ramp from -20 mV to -70 mV for 4 ms"],
        "-70 mV",
        {},
    ),
    "through a resistance": (
        ["hold for 1 ms", "step -20 mV for 4 ms", "hold for 1 ms"],
        "-70 mV",
        {"series_resistance": "5 MOhm"},
    ),
    "conductance": (
        ["hold for 1 ms", "ramp from 0 nS to 4 nS for 2 ms", "hold for 4 ms"],
        "0 nS",
        {"reversal": "0 mV"},
    ),
}


def clamped(clamp):
    """Return the protocol of a clamp, and what `simulate` needs besides."""
    epochs, holding, more = CLAMPS[clamp]
    return Protocol(clamp, epochs, holding=holding), more


def recordable(cell, clamp):
    """Return all that can be recorded of a cell."""
    lowered = equations(cell)
    names = ["v", *lowered.states, *(f"i.{current.name}" for current in lowered.currents)]
    return [*names, "i.membrane", "i.clamp" if clamp == "voltage" else "i.injected"]


def difference(one, other):
    """Return the largest difference of traces and states, as a share of each one's largest value.

    That of the potential, and of times, is in units of 100 mV and 100 ms.
    """
    pairs = {name: (trace, other[name]) for name, trace in one.traces.items()}
    pairs |= {f"final {name}": (x, other.final[name]) for name, x in one.final.items()}
    return {name: _share(name, *pair) for name, pair in pairs.items()}


def _share(name, one, other):
    assert one.shape == other.shape
    scale = 100.0 if name in {"v", "final v"} else np.abs(one).max()
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return 0.0 if same.all() else float(np.nanmax(np.abs(one - other)) / scale)
