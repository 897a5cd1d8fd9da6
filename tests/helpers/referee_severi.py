"""Severi, Fantini, Charawi and DiFrancesco 2012, rabbit sinoatrial cell, control conditions.

Written in the paper's units: nA, uS, uF, mm3, seconds; `rates` gives per ms at the end. Doi
10.1113/jphysiol.2012.229435; the constants are those of the authors' CellML file.
"""

from math import exp, expm1, log, pi

FARADAY = 96485.33212
R_T_OVER_F = 8314.462618 * 310.0 / FARADAY
CAPACITANCE = 3.2e-5
NA_O, K_I, K_O, CA_O = 140.0, 140.0, 5.4, 1.8
MAGNESIUM = 2.5
CELL = 1e-9 * pi * 4.0**2 * 70.0
SUB = 1e-9 * 2.0 * pi * 0.02 * (4.0 - 0.02 / 2.0) * 70.0
INNER, JSR, NSR = 0.46 * CELL - SUB, 0.0012 * CELL, 0.0116 * CELL

INITIAL = {
    "v": -52.0,
    "y": 0.181334538702451,
    "dl": 0.0,
    "fl": 0.497133507285601,
    "fca": 0.697998543259722,
    "dt": 0.0,
    "ft": 0.0,
    "paf": 0.0990510403258968,
    "pas": 0.322999177802891,
    "pi": 0.705410877258545,
    "n": 0.0,
    "q": 0.506139850982478,
    "r": 0.0144605370597924,
    "m": 0.440131579215766,
    "h": 1.3676940140066e-5,
    "ryr_r": 0.912317231017262,
    "ryr_o": 1.7340201253e-7,
    "ryr_i": 7.86181717518e-8,
    "ryr_ri": 0.211148145512825,
    "f_tc": 0.0180519400676086,
    "f_tmc": 0.281244308217086,
    "f_tmm": 0.501049376634,
    "f_cmi": 0.0373817991524254,
    "f_cms": 0.054381370046,
    "f_cq": 0.299624275428735,
    "ca": 1e-5,
    "ca_sub": 1e-5,
    "ca_nsr": 1.05386465080816,
    "ca_jsr": 0.316762674605,
    "na": 7.5,
}


def falling(x):
    """1 / (1 + exp(x))"""
    return 1.0 / (1.0 + exp(x))


def quotient(x, y):
    """x / (exp(y) - 1) for y proportional to x, off its removable singularity."""
    return x / expm1(y)


def gates(v, ca_sub):
    """Steady state and time constant [s] of the gates but those of sodium."""
    opening = -0.02839 * quotient(v + 41.8, -(v + 41.8) / 2.5)
    opening -= 0.0849 * quotient(v + 6.8, -(v + 6.8) / 4.8)
    closing = 0.01143 * quotient(v + 1.8, (v + 1.8) / 2.5)
    fca = 0.00035 / (0.00035 + ca_sub)
    slow = 14.0 * falling(-(v - 40.0) / 12.0)
    tau_q = 65.17 / (0.57 * exp(-0.08 * (v + 44.0)) + 0.065 * exp(0.1 * (v + 45.93))) + 10.1
    tau_r = 15.59 / (1.037 * exp(0.09 * (v + 30.61)) + 0.369 * exp(-0.12 * (v + 23.84))) + 2.98
    activated = falling(-(v + 14.8) / 8.5)
    return {
        "y": (
            falling((v + 52.5) / 9.0),
            0.7166529 / (0.0708 * exp(-(v + 5.0) / 20.2791) + 10.6 * exp(v / 18.0)),
        ),
        "dl": (falling(-(v + 20.3) / 4.2), 0.001 / (opening + closing)),
        "fl": (
            falling((v + 37.4) / 5.3),
            0.001 * (44.3 + 230.0 * exp(-(((v + 36.0) / 10.0) ** 2))),
        ),
        "fca": (fca, 0.001 * fca / 0.01),
        "dt": (
            falling(-(v + 38.3) / 5.5),
            0.001 / (1.068 * exp((v + 38.3) / 30.0) + 1.068 * exp(-(v + 38.3) / 30.0)),
        ),
        "ft": (
            falling((v + 58.7) / 3.8),
            1.0 / (16.67 * exp(-(v + 75.0) / 83.3) + 16.67 * exp((v + 75.0) / 15.38)),
        ),
        "paf": (activated, 1.0 / (30.0 * exp(v / 10.0) + exp(-v / 12.0))),
        "pas": (activated, 0.84655354 / (4.2 * exp(v / 17.0) + 0.15 * exp(-v / 21.6))),
        "pi": (
            falling((v + 28.6) / 17.1),
            1.0 / (100.0 * exp(-v / 54.645) + 656.0 * exp(v / 106.157)),
        ),
        "n": (
            slow / (slow + exp(-v / 45.0)),
            1.0 / (28.0 * falling(-(v - 40.0) / 3.0) + exp(-(v - 5.0) / 25.0)),
        ),
        "q": (falling((v + 49.0) / 13.0), 0.001 * 0.6 * tau_q),
        "r": (falling(-(v - 19.3) / 15.0), 0.001 * 0.66 * 1.4 * tau_r),
    }


def sodium_gates(s):
    """Rates [1/s] of m and h."""
    v, u = s["v"], s["v"] + 75.0
    opening = -200.0 * quotient(v + 41.0, -0.1 * (v + 41.0))
    m = opening * (1.0 - s["m"]) - 8000.0 * exp(-0.056 * (v + 66.0)) * s["m"]
    h_closing = 2000.0 / (320.0 * exp(-0.1 * u) + 1.0)
    return {"m": m, "h": 20.0 * exp(-0.125 * u) * (1.0 - s["h"]) - h_closing * s["h"]}


def exchanger(v, na, ca):
    """The sodium-calcium exchanger current [nA], a cycle of four states."""
    u = v / R_T_OVER_F
    swing = exp(0.4315 * u / 2.0)
    inside = 1.0 + ca / 0.0207 * (1.0 + exp(-0.1369 * u) + na / 26.44)
    inside += na / 395.3 * (1.0 + na / 2.289 * (1.0 + na / 26.44))
    outside = 1.0 + CA_O / 3.663 * (1.0 + 1.0)
    outside += NA_O / 1628.0 * (1.0 + NA_O / 561.4 * (1.0 + NA_O / 4.663))
    k12 = ca / 0.0207 * exp(-0.1369 * u) / inside
    k14 = na / 395.3 * na / 2.289 * (1.0 + na / 26.44) * swing / inside
    k21 = CA_O / 3.663 / outside
    k23 = NA_O / 1628.0 * NA_O / 561.4 * (1.0 + NA_O / 4.663) / swing / outside
    k32, k34, k41, k43 = swing, NA_O / (4.663 + NA_O), 1.0 / swing, na / (26.44 + na)
    x1 = k41 * k34 * (k23 + k21) + k21 * k32 * (k43 + k41)
    x2 = k32 * k43 * (k14 + k12) + k41 * k12 * (k34 + k32)
    x3 = k14 * k43 * (k23 + k21) + k12 * k23 * (k43 + k41)
    x4 = k23 * k34 * (k14 + k12) + k14 * k21 * (k34 + k32)
    return 4.0 * (x2 * k21 - x1 * k12) / (x1 + x2 + x3 + x4)


def currents(s):
    """The currents [nA], that through the L-type channel by ion."""
    v, na, ca = s["v"], s["na"], s["ca_sub"]
    u = v / R_T_OVER_F
    e_na, e_k = R_T_OVER_F * log(NA_O / na), R_T_OVER_F * log(K_O / K_I)
    e_mh = R_T_OVER_F * log((NA_O + 0.12 * K_O) / (na + 0.12 * K_I))
    divalent = -2.0 * quotient(u, -2.0 * u) * (ca - CA_O * exp(-2.0 * u))
    monovalent = -quotient(u, -u)
    l_type = 0.2 * s["dl"] * s["fl"] * s["fca"]
    funny = s["y"] ** 2 * K_O / (K_O + 45.0) * 0.03
    pumped = 0.063 / (1.0 + (1.4 / K_O) ** 1.2) / (1.0 + (14.0 / na) ** 1.3)
    return {
        "f_na": funny * (v - e_na),
        "f_k": funny * (v - e_k),
        "si_ca": l_type * divalent,
        "si_k": 0.000365 * l_type * monovalent * (K_I - K_O * exp(-u)),
        "si_na": 0.0000185 * l_type * monovalent * (na - NA_O * exp(-u)),
        "ca_t": 0.02 * s["dt"] * s["ft"] * divalent,
        "kr": 0.0021637 * (v - e_k) * (0.9 * s["paf"] + 0.1 * s["pas"]) * s["pi"],
        "ks": 0.0016576 * (v - e_k) * s["n"] ** 2,
        "to": 0.002 * (v - e_k) * s["q"] * s["r"],
        "na": 0.0125 * s["m"] ** 3 * s["h"] * (v - e_mh),
        "na_k": pumped * falling(-(v - e_na + 110.0) / 20.0),
        "na_ca": exchanger(v, na, ca),
    }


def buffers(s):
    """Rates of binding [1/s] to troponin, calmodulin and calsequestrin."""
    tmc_free = 1.0 - s["f_tmc"] - s["f_tmm"]
    return {
        "f_tc": 88800.0 * s["ca"] * (1.0 - s["f_tc"]) - 446.0 * s["f_tc"],
        "f_tmc": 227700.0 * s["ca"] * tmc_free - 7.51 * s["f_tmc"],
        "f_tmm": 2277.0 * MAGNESIUM * tmc_free - 751.0 * s["f_tmm"],
        "f_cmi": 227700.0 * s["ca"] * (1.0 - s["f_cmi"]) - 542.0 * s["f_cmi"],
        "f_cms": 227700.0 * s["ca_sub"] * (1.0 - s["f_cms"]) - 542.0 * s["f_cms"],
        "f_cq": 534.0 * s["ca_jsr"] * (1.0 - s["f_cq"]) - 445.0 * s["f_cq"],
    }


def release(s):
    """Rates [1/s] of the four states of the ryanodine receptor."""
    k_casr = 15.0 - 14.0 / (1.0 + (0.45 / s["ca_jsr"]) ** 2.5)
    opening, closing = 10000.0 / k_casr * s["ca_sub"] ** 2, 500.0 * k_casr * s["ca_sub"]
    r, o, i, ri = (s[f"ryr_{name}"] for name in ("r", "o", "i", "ri"))
    to_open, to_inactive = opening * r - 60.0 * o, closing * o - 5.0 * i
    to_ri, back = 60.0 * i - opening * ri, 5.0 * ri - closing * r
    return {
        "ryr_r": back - to_open,
        "ryr_o": to_open - to_inactive,
        "ryr_i": to_inactive - to_ri,
        "ryr_ri": to_ri - back,
    }


def concentrations(s, i, bound):
    """Rates [mM/s] of calcium in its four spaces, and of sodium."""
    diffused = (s["ca_sub"] - s["ca"]) / 4e-5
    up = 12.0 / (1.0 + 0.0006 / s["ca"])
    transferred = (s["ca_nsr"] - s["ca_jsr"]) / 0.04
    released = 2.5e8 * s["ryr_o"] * (s["ca_jsr"] - s["ca_sub"])
    entering = (i["si_ca"] + i["ca_t"] - 2.0 * i["na_ca"]) / (2.0 * FARADAY * SUB)
    held = 0.045 * bound["f_cmi"] + 0.031 * bound["f_tc"] + 0.062 * bound["f_tmc"]
    sodium = i["na"] + i["f_na"] + i["si_na"] + 3.0 * (i["na_k"] + i["na_ca"])
    return {
        "ca": (diffused * SUB - up * NSR) / INNER - held,
        "ca_sub": released * JSR / SUB - entering - diffused - 0.045 * bound["f_cms"],
        "ca_nsr": up - transferred * JSR / NSR,
        "ca_jsr": transferred - released - 10.0 * bound["f_cq"],
        "na": -sodium / ((INNER + SUB) * FARADAY),
    }


def rates(s, injected=0.0):
    """Rates of all states [1/ms, mM/ms]."""
    i, bound = currents(s), buffers(s)
    found = {n: (inf - s[n]) / tau for n, (inf, tau) in gates(s["v"], s["ca_sub"]).items()}
    found |= sodium_gates(s) | release(s) | bound | concentrations(s, i, bound)
    slope = {"v": injected - 1e-3 * sum(i.values()) / CAPACITANCE}
    return slope | {name: 1e-3 * value for name, value in found.items()}
