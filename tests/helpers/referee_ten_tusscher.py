"""Ten Tusscher and Panfilov 2006, epicardial human ventricular cell, from the paper's equations.

Currents in pA/pF, concentrations in mM. Doi 10.1152/ajpheart.00109.2006; ``k4`` is 0.005 per ms as
in the authors' program (the paper prints 0.000015).
"""

from math import exp, log, sqrt

FARADAY = 96.48533212
"""C/mmol"""
R_T_OVER_F = 8.314462618 * 310.0 / FARADAY
CAPACITANCE, V_C, V_SR, V_SS = 185.0, 16404.0, 1094.0, 54.68
K_O, NA_O, CA_O = 5.4, 140.0, 2.0

INITIAL = {
    "v": -85.23,
    "m": 0.00172,
    "h": 0.7444,
    "j": 0.7045,
    "xr1": 0.00621,
    "xr2": 0.4712,
    "xs": 0.0095,
    "d": 3.373e-5,
    "f": 0.7888,
    "f2": 0.9755,
    "fcass": 0.9953,
    "s": 0.999998,
    "r": 2.42e-8,
    "ca": 0.000126,
    "ca_sr": 3.64,
    "ca_ss": 0.00036,
    "r_bar": 0.9073,
    "na": 8.604,
    "k": 136.89,
}


def falling(x):
    """1 / (1 + exp(x))"""
    return 1.0 / (1.0 + exp(x))


def sodium_gates(v):
    """Steady state and time constant [ms] of m, h, j."""
    m = falling((-56.86 - v) / 9.03) ** 2
    tau_m = falling((-60.0 - v) / 5.0) * 0.1 * (falling((v + 35.0) / 5.0) + falling((v - 50) / 200))
    h = falling((v + 71.55) / 7.43) ** 2
    if v < -40.0:
        a_h = 0.057 * exp(-(v + 80.0) / 6.8)
        b_h = 2.7 * exp(0.079 * v) + 3.1e5 * exp(0.3485 * v)
        a_j = (-2.5428e4 * exp(0.2444 * v) - 6.948e-6 * exp(-0.04391 * v)) * (v + 37.78)
        a_j *= falling(0.311 * (v + 79.23))
        b_j = 0.02424 * exp(-0.01052 * v) * falling(-0.1378 * (v + 40.14))
    else:
        a_h = a_j = 0.0
        b_h = 0.77 / 0.13 * falling((v + 10.66) / -11.1)
        b_j = 0.6 * exp(0.057 * v) * falling(-0.1 * (v + 32.0))
    return {"m": (m, tau_m), "h": (h, 1.0 / (a_h + b_h)), "j": (h, 1.0 / (a_j + b_j))}


def other_gates(v, ca_ss):
    """Steady state and time constant [ms] of the other gates."""
    bound = 1.0 + (ca_ss / 0.05) ** 2
    tau_d = (0.25 + 1.4 * falling((-35.0 - v) / 13.0)) * 1.4 * falling((v + 5.0) / 5.0)
    tau_f = 1102.5 * exp(-((v + 27.0) ** 2) / 225.0) + 20.0
    tau_f += 200.0 * falling((13.0 - v) / 10.0) + 180.0 * falling((v + 30.0) / 10.0)
    tau_f2 = 562.0 * exp(-((v + 27.0) ** 2) / 240.0)
    tau_f2 += 31.0 * falling((25.0 - v) / 10.0) + 80.0 * falling((v + 30.0) / 10.0)
    return {
        "xr1": (
            falling((-26.0 - v) / 7.0),
            450.0 * falling((-45.0 - v) / 10.0) * 6.0 * falling((v + 30.0) / 11.5),
        ),
        "xr2": (
            falling((v + 88.0) / 24.0),
            3.0 * falling((-60.0 - v) / 20.0) * 1.12 * falling((v - 60.0) / 20.0),
        ),
        "xs": (
            falling((-5.0 - v) / 14.0),
            1400.0 / sqrt(1.0 + exp((5.0 - v) / 6.0)) * falling((v - 35.0) / 15.0) + 80.0,
        ),
        "d": (falling((-8.0 - v) / 7.5), tau_d + falling((50.0 - v) / 20.0)),
        "f": (falling((v + 20.0) / 7.0), tau_f),
        "f2": (0.67 * falling((v + 35.0) / 7.0) + 0.33, tau_f2),
        "fcass": (0.6 / bound + 0.4, 80.0 / bound + 2.0),
        "s": (
            falling((v + 20.0) / 5.0),
            85.0 * exp(-((v + 45.0) ** 2) / 320.0) + 5.0 * falling((v - 20.0) / 5.0) + 3.0,
        ),
        "r": (falling((20.0 - v) / 6.0), 9.5 * exp(-((v + 40.0) ** 2) / 1800.0) + 0.8),
    }


def currents(s):
    """The twelve currents [pA/pF]."""
    v = s["v"]
    e_k = R_T_OVER_F * log(K_O / s["k"])
    e_na = R_T_OVER_F * log(NA_O / s["na"])
    e_ks = R_T_OVER_F * log((K_O + 0.03 * NA_O) / (s["k"] + 0.03 * s["na"]))
    e_ca = 0.5 * R_T_OVER_F * log(CA_O / s["ca"])
    u = v / R_T_OVER_F
    w = 2.0 * (v - 15.0) / R_T_OVER_F
    driving = (
        w * (0.25 * s["ca_ss"] * exp(w) - CA_O) / (exp(w) - 1.0) if w else 0.25 * s["ca_ss"] - CA_O
    )
    a = 0.1 * falling(0.06 * (v - e_k - 200.0))
    b = 3.0 * exp(0.0002 * (v - e_k + 100.0)) + exp(0.1 * (v - e_k - 10.0))
    b *= falling(-0.5 * (v - e_k))
    exchanged = exp(0.35 * u) * s["na"] ** 3 * CA_O - exp(-0.65 * u) * NA_O**3 * s["ca"] * 2.5
    exchanged /= (87.5**3 + NA_O**3) * (1.38 + CA_O) * (1.0 + 0.1 * exp(-0.65 * u))
    pumped = K_O / (K_O + 1.0) * s["na"] / (s["na"] + 40.0)
    root = sqrt(K_O / 5.4)
    return {
        "na": 14.838 * s["m"] ** 3 * s["h"] * s["j"] * (v - e_na),
        "ca_l": 3.980e-2 * s["d"] * s["f"] * s["f2"] * s["fcass"] * 2.0 * FARADAY * driving,
        "to": 0.294 * s["r"] * s["s"] * (v - e_k),
        "kr": 0.153 * root * s["xr1"] * s["xr2"] * (v - e_k),
        "ks": 0.392 * s["xs"] ** 2 * (v - e_ks),
        "k1": 5.405 * root * a / (a + b) * (v - e_k),
        "na_ca": 1000.0 * exchanged,
        "na_k": 2.724 * pumped / (1.0 + 0.1245 * exp(-0.1 * u) + 0.0353 * exp(-u)),
        "p_ca": 0.1238 * s["ca"] / (s["ca"] + 0.0005),
        "p_k": 0.0146 * (v - e_k) * falling((25.0 - v) / 5.98),
        "b_na": 2.9e-4 * (v - e_na),
        "b_ca": 5.92e-4 * (v - e_ca),
    }


def free(concentration, total, half):
    """Fraction of added calcium that stays free beside a fast buffer."""
    return 1.0 / (1.0 + total * half / (concentration + half) ** 2)


def rates(s, injected=0.0):
    """Rates of all states [1/ms, mM/ms]. An injected current is carried by potassium."""
    i = currents(s)
    gates = sodium_gates(s["v"]) | other_gates(s["v"], s["ca_ss"])
    leak, up = 0.00036 * (s["ca_sr"] - s["ca"]), 0.006375 / (1.0 + (0.00025 / s["ca"]) ** 2)
    k_casr = 2.5 - 1.5 / (1.0 + (1.5 / s["ca_sr"]) ** 2)
    opening, closing = 0.15 / k_casr * s["ca_ss"] ** 2, 0.045 * k_casr * s["ca_ss"]
    is_open = opening * s["r_bar"] / (0.06 + opening)
    release = 0.102 * is_open * (s["ca_sr"] - s["ca_ss"])
    transfer = 0.0038 * (s["ca_ss"] - s["ca"])
    per_volume = CAPACITANCE / (V_C * FARADAY)
    calcium = -(i["b_ca"] + i["p_ca"] - 2.0 * i["na_ca"]) * per_volume / 2.0
    calcium += (leak - up) * V_SR / V_C + transfer
    subspace = -i["ca_l"] * CAPACITANCE / (2.0 * V_SS * FARADAY)
    subspace += release * V_SR / V_SS - transfer * V_C / V_SS
    potassium = i["k1"] + i["to"] + i["kr"] + i["ks"] + i["p_k"] - 2.0 * i["na_k"] - injected
    sodium = i["na"] + i["b_na"] + 3.0 * (i["na_k"] + i["na_ca"])
    return {
        "v": injected - sum(i.values()),
        **{name: (inf - s[name]) / tau for name, (inf, tau) in gates.items()},
        "ca": calcium * free(s["ca"], 0.2, 0.001),
        "ca_sr": (up - release - leak) * free(s["ca_sr"], 10.0, 0.3),
        "ca_ss": subspace * free(s["ca_ss"], 0.4, 0.00025),
        "r_bar": 0.005 * (1.0 - s["r_bar"]) - closing * s["r_bar"],
        "na": -sodium * per_volume,
        "k": -potassium * per_volume,
    }
