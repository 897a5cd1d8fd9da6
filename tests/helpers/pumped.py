"""Cells whose ions are states, for tests: what they are made of, and what they hold."""

import numpy as np

from loligo import Protocol, simulate
from loligo.cell import Cell, catalogue

FARADAY = 96485.33212

KCC2 = {
    "moves": {"K": 1, "Cl": 1},
    "strength": "0.02 mS/cm2",
    "rate": "nernst(-1, Cl_out, Cl_in) - nernst(1, K_out, K_in)",
}


def pumped(*, cleft=None, carrier="K", strength="2.5 uA/cm2", channel=None):
    """A cell with the spikes of Traub and Miles, leaks and the pump of Luo and Rudy."""
    spiking = catalogue.load("traub_miles1991")
    said = {name: spiking.channel[name].written() for name in ("na", "k")}
    for name, ion in (("na", "Na"), ("k", "K")):
        said[name] |= {"ion": ion}
        del said[name]["reversal"]
    leaks = {
        "na_leak": {"conductance": "0.008 mS/cm2", "ion": "Na"},
        "k_leak": {"conductance": "0.05 mS/cm2", "ion": "K"},
    }
    return Cell(
        name="pumped",
        temperature="36 degC",
        area="1000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-79 mV",
        constants={"V_T": "-63 mV"} if channel is None else {},
        channel={**said, **leaks} if channel is None else channel,
        transporter={"pump": catalogue.load("luo_rudy1994_pump").with_(strength=strength)},
        inside={"depth": "2.5 um", "carrier": carrier, "ions": {"Na": "9 mM", "K": "145 mM"}},
        outside={**(cleft or {}), "ions": {"Na": "145 mM", "K": "4 mM"}},
    )


def left(cell, seconds, **options):
    """What becomes of a cell to which nothing is done."""
    nothing = Protocol("nothing", [f"step 0 uA/cm2 for {seconds} s"], holding="0 uA/cm2")
    options = {"sampling": f"{seconds / 2} s", **options}
    return simulate(cell, nothing, method="error-controlled", **options)


def end(found, name):
    """The value of a state at the end of the only run."""
    return found.final[name].item()


def charge(v, capacitance, amounts, depth, valence):
    """What the membrane holds less what the ions inside bring [nC/cm2]."""
    ions = sum(valence[ion] * amount for ion, amount in amounts.items())
    return capacitance * v - 0.1 * FARADAY * depth * ions


def luo_rudy(sodium, potassium, sodium_outside, v, temperature, atp=8.0, adp=0.005):
    """The share of its greatest current that the pump carries, written down from the papers."""
    u = v * FARADAY / (8.314462618e3 * (temperature + 273.15))
    sigma = np.expm1(sodium_outside / 67.3) / 7.0
    potential = 1.0 / (1.0 + 0.1245 * np.exp(-0.1 * u) + 0.0365 * sigma * np.exp(-u))
    sites = 1.0 / (1.0 + (10.0 / sodium) ** 1.5) * potassium / (potassium + 1.5)
    return potential * sites / (1.0 + 0.008 / atp * (1.0 + adp / 0.1))
