"""Pospischil et al. 2008 and the channels of Hay et al. 2011, as their NEURON files write them.

Conductances in S/cm2 and currents in mA/cm2 inside, as in those files; `ionic` returns uA/cm2.
"""

from math import exp, log

from classic import hippocampal_gates, opening, ratio
from solution import Referee

FARADAY, GAS = 96485.33212, 8.314462618


def calcium_reversal(inside, outside, celsius):
    """Nernst potential [mV] of calcium."""
    return 1e3 * GAS * (celsius + 273.15) / (2 * FARADAY) * log(outside / inside)


def shell(decay, depth, resting, gamma=1.0):
    """Rate of the calcium concentration [mM/ms] below the membrane for an inward current."""

    def rate(current, inside):
        return -1e4 * current * gamma / (2 * FARADAY * depth) - (inside - resting) / decay

    return rate


def pospischil(na, k, m, leak, e_leak, threshold, e_k, tau_max=1000.0, t=0.0, long=0.0):
    """One of the minimal cortical cells at 36 degC."""
    fast = hippocampal_gates(threshold)

    def gates(v, pools):
        found = fast(v, pools)
        if m:
            slow = tau_max / (3.3 * exp((v + 35) / 20) + exp(-(v + 35) / 20))
            found["p"] = (1 / (1 + exp(-(v + 35) / 10)), slow)
        if t:
            u, speed = v + 2, 3.0 ** ((36 - 24) / 10)
            found["s"] = (1 / (1 + exp(-(u + 57) / 6.2)), 0.0)
            tau = 30.8 + (211.4 + exp((u + 113.2) / 5)) / (1 + exp((u + 84) / 3.2))
            found["u"] = (1 / (1 + exp((u + 81) / 4)), tau / speed)
        if long:
            found["q"] = opening(0.055 * ratio(-27 - v, 3.8), 0.94 * exp((-75 - v) / 17))
            found["r"] = opening(0.000457 * exp((-13 - v) / 50), 0.0065 / (exp((-15 - v) / 28) + 1))
        return found

    def low_threshold(v, x, pools):
        reversal = calcium_reversal(pools["ca"], 2.0, 36)
        return t * x["s"] ** 2 * x["u"] * (v - reversal)

    def ionic(v, x, pools):
        total = na * x["m"] ** 3 * x["h"] * (v - 50) + k * x["n"] ** 4 * (v - e_k)
        total += leak * (v - e_leak)
        if m:
            total += m * x["p"] * (v - e_k)
        if t:
            total += low_threshold(v, x, pools)
        if long:
            reversal = calcium_reversal(2.4e-4, 2.0, 36)
            total += long * x["q"] ** 2 * x["r"] * (v - reversal)
        return 1e3 * total

    pools = {}
    if t:
        inside = shell(decay=5.0, depth=1.0, resting=2.4e-4)
        pools["ca"] = (2.4e-4, lambda v, x, p: inside(low_threshold(v, x, p), p["ca"]))
    return Referee(gates, ionic, pools, ("s",) if t else ())


RS = pospischil(0.05, 0.005, 7e-5, 1e-4, -70, -55, -100)
FS = pospischil(0.05, 0.01, 0.0, 1.5e-4, -70, -55, -100)
IB = pospischil(0.05, 0.005, 3e-5, 1e-5, -85, -55, -100, long=1.7e-4)
LTS = pospischil(0.05, 0.005, 3e-5, 1e-5, -85, -55, -100, t=4e-4)
RS_INHIBITORY = pospischil(0.01, 0.0021, 9.8e-5, 1.33e-5, -56.2, -67.9, -90, tau_max=934.0)

WARM = 2.3 ** ((34 - 21) / 10)


def sodium(v, m_middle, h_middle):
    """m and h of Colbert and Pan 2002."""
    m, h = v - m_middle, v - h_middle
    return {
        "m": opening(0.182 * ratio(-m, 6), 0.124 * ratio(m, 6), 1 / WARM),
        "h": opening(0.015 * ratio(h, 6), 0.015 * ratio(-h, 6), 1 / WARM),
    }


def hay_gates(v, pools):
    """All gates of the paper's channels at 34 degC, by channel and letter."""
    found = {f"nata_t.{k}": x for k, x in sodium(v, -38, -66).items()}
    found |= {f"nats2_t.{k}": x for k, x in sodium(v, -32, -60).items()}
    tau = 6 * opening(0.182 * ratio(-(v + 38), 6), 0.124 * ratio(v + 38, 6), 1 / WARM)[1]
    found["nap_et2.m"] = (1 / (1 + exp((v + 52.6) / -4.6)), tau)
    tau = opening(2.88e-6 * ratio(v + 17, 4.63), 6.94e-6 * ratio(-(v + 64.4), 2.63), 1 / WARM)[1]
    found["nap_et2.h"] = (1 / (1 + exp((v + 48.8) / 10)), tau)
    u = v + 10  # the potassium and low-threshold calcium data, corrected for a junction potential
    tau = 1.25 + (175.03 * exp(0.026 * u) if u < -50 else 13 * exp(-0.026 * u))
    found["k_pst.m"] = (1 / (1 + exp(-(u + 1) / 12)), tau / WARM)
    tau = 360 + (1010 + 24 * (u + 55)) * exp(-(((u + 75) / 48) ** 2))
    found["k_pst.h"] = (1 / (1 + exp(-(u + 54) / -11)), tau / WARM)
    tau = 0.34 + 0.92 * exp(-(((u + 71) / 59) ** 2))
    found["k_tst.m"] = (1 / (1 + exp(-u / 19)), tau / WARM)
    tau = 8 + 49 * exp(-(((u + 73) / 23) ** 2))
    found["k_tst.h"] = (1 / (1 + exp(-(u + 66) / -10)), tau / WARM)
    found["skv3_1.m"] = (
        1 / (1 + exp((v - 18.7) / -9.7)),
        0.2 * 20 / (1 + exp((v + 46.56) / -44.14)),
    )
    found["sk_e2.z"] = (1 / (1 + (0.00043 / pools["ca"]) ** 4.8), 1.0)
    speed = 2.5 * 0.04 * (v + 35)
    found["im.m"] = opening(3.3e-3 * exp(speed), 3.3e-3 * exp(-speed), 1 / WARM)
    found["ih.m"] = opening(0.001 * 6.43 * ratio(v + 154.9, 11.9), 0.001 * 193 * exp(v / 33.1))
    found["ca_hva.m"] = opening(0.055 * ratio(-27 - v, 3.8), 0.94 * exp((-75 - v) / 17))
    found["ca_hva.h"] = opening(0.000457 * exp((-13 - v) / 50), 0.0065 / (exp((-v - 15) / 28) + 1))
    tau = 5 + 20 / (1 + exp((u + 25) / 5))
    found["ca_lvast.m"] = (1 / (1 + exp((u + 30) / -6)), tau / WARM)
    tau = 20 + 50 / (1 + exp((u + 40) / 7))
    found["ca_lvast.h"] = (1 / (1 + exp((u + 80) / 6.4)), tau / WARM)
    return found


POWERS = {  # of each gate, with the reversal potential [mV] of its channel
    "nata_t": ({"m": 3, "h": 1}, 50),
    "nats2_t": ({"m": 3, "h": 1}, 50),
    "nap_et2": ({"m": 3, "h": 1}, 50),
    "k_pst": ({"m": 2, "h": 1}, -85),
    "k_tst": ({"m": 4, "h": 1}, -85),
    "skv3_1": ({"m": 1}, -85),
    "sk_e2": ({"z": 1}, -85),
    "im": ({"m": 1}, -85),
    "ih": ({"m": 1}, -45),
    "ca_hva": ({"m": 2, "h": 1}, None),
    "ca_lvast": ({"m": 2, "h": 1}, None),
}


def hay(densities, gamma, decay, celsius, leak=3.38e-5, e_leak=-90):
    """An isopotential cell with densities [S/cm2] of the channels."""

    def of_channel(name, v, x, pools):
        powers, reversal = POWERS[name]
        conductance = densities[name]
        for letter, power in powers.items():
            conductance *= x[f"{name}.{letter}"] ** power
        if reversal is None:
            reversal = calcium_reversal(pools["ca"], 2.0, celsius)
        return conductance * (v - reversal)

    def gates(v, pools):
        found = hay_gates(v, pools)
        return {name: x for name, x in found.items() if name.split(".")[0] in densities}

    def ionic(v, x, pools):
        total = leak * (v - e_leak)
        return 1e3 * (total + sum(of_channel(name, v, x, pools) for name in densities))

    inside = shell(decay, 0.1, 1e-4, gamma)

    def calcium(v, x, pools):
        current = sum(of_channel(name, v, x, pools) for name in ("ca_hva", "ca_lvast"))
        return inside(current, pools["ca"])

    return Referee(gates, ionic, {"ca": (5e-5, calcium)})


SOMA = {
    "nata_t": 2.04,
    "nap_et2": 0.00172,
    "k_pst": 0.00223,
    "k_tst": 0.0812,
    "skv3_1": 0.693,
    "sk_e2": 0.0441,
    "ih": 0.0002,
    "ca_hva": 0.000992,
    "ca_lvast": 0.00343,
}
HAY = hay(SOMA, 0.000501, 460.0, 34.0)
CHANNEL_TEST = SOMA | {"nata_t": 0.3, "sk_e2": 8e-5, "skv3_1": 0.293, "im": 6.75e-5}
HAY_TEST = hay(CHANNEL_TEST, 0.05, 80.0, 6.3)
