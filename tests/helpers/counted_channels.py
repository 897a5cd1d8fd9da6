"""Cells for tests of what is simulated channel by channel: one two-state channel, and the axon."""

import numpy as np

from loligo.cell import Cell, catalogue, with_schemes
from loligo.protocol import Protocol


def two_state_cell(n_channels, alpha="0.05 /ms", beta="0.2 /ms", **fields):
    """A patch with channels of 20 pS that reverse at -50 mV: 1 pA through an open one at 0 mV."""
    return Cell(
        name="two-state channels",
        temperature="20 degC",
        capacitance="10 pF",
        initial_potential="0 mV",
        channel={
            "k": {
                "conductance": f"{20 * n_channels} pS",
                "reversal": "-50 mV",
                "scheme": {
                    "states": ["C", "O"],
                    "open": {"O": 1.0},
                    "transitions": [f"C <-> O : {alpha}, {beta}"],
                    "single_channel_conductance": "20 pS",
                },
            }
        },
        **fields,
    )


def axon(temperature="6.3 degC"):
    """Hodgkin and Huxley's axon, its gates counted: per 100 um2 6000 Na and 1800 K channels."""
    cell = catalogue.load("hodgkin_huxley1952")
    cell = with_schemes(cell, {"na": "20 pS", "k": "20 pS"})
    return cell.with_(temperature=temperature)


def held_at(potential, duration):
    """A voltage clamp that holds a potential [mV] for a time [ms]."""
    return Protocol("held", [f"step {potential} mV for {duration} ms"], holding=f"{potential} mV")


def copies(cell, count):
    """Parameters that make a batch of equal cells."""
    value = cell.channel["k"].conductance
    return {"channel.k.conductance": (np.full(count, value.value), value.unit)}


def within(values, expected, sigmas=4.0):
    """Whether independent values (along the first axis) have a mean within standard errors."""
    error = np.std(values, axis=0, ddof=1) / np.sqrt(len(values))
    return np.all(np.abs(np.mean(values, axis=0) - expected) <= sigmas * error)
