"""Luo and Rudy 1991, phase 1 guinea pig ventricular cell, written from the paper's equations.

Per cm2 with 1 uF/cm2: currents in uA/cm2. Doi 10.1161/01.RES.68.6.1501.
"""

from math import exp, expm1, log, sqrt

R_T_OVER_F = 8.314462618 * 310.0 / 96.48533212
SODIUM_INSIDE, G_NA = 18.0, 23.0

INITIAL = {
    "v": -84.3801107371,
    "m": 0.00171338077730188,
    "h": 0.982660523699656,
    "j": 0.989108212766685,
    "d": 0.00302126301779861,
    "f": 0.999967936476325,
    "x": 0.0417603108167287,
    "ca": 0.00017948816388306,
}


def sodium_rates(v):
    """Opening and closing rates [1/ms] of m, h, j."""
    shifted = v + 47.13
    opening = 3.2 if shifted == 0 else 0.32 * shifted / -expm1(-0.1 * shifted)
    m = (opening, 0.08 * exp(-v / 11.0))
    if v >= -40.0:
        h = (0.0, 1.0 / (0.13 * (1.0 + exp((v + 10.66) / -11.1))))
        j = (0.0, 0.3 * exp(-2.535e-7 * v) / (1.0 + exp(-0.1 * (v + 32.0))))
        return m, h, j
    h = (0.135 * exp((80.0 + v) / -6.8), 3.56 * exp(0.079 * v) + 3.1e5 * exp(0.35 * v))
    rising = (-1.2714e5 * exp(0.2444 * v) - 3.474e-5 * exp(-0.04391 * v)) * (v + 37.78)
    j = (
        rising / (1.0 + exp(0.311 * (v + 79.23))),
        0.1212 * exp(-0.01052 * v) / (1.0 + exp(-0.1378 * (v + 40.14))),
    )
    return m, h, j


def other_rates(v):
    """Opening and closing rates [1/ms] of d, f, x."""
    d = (
        0.095 * exp(-0.01 * (v - 5.0)) / (1.0 + exp(-0.072 * (v - 5.0))),
        0.07 * exp(-0.017 * (v + 44.0)) / (1.0 + exp(0.05 * (v + 44.0))),
    )
    f = (
        0.012 * exp(-0.008 * (v + 28.0)) / (1.0 + exp(0.15 * (v + 28.0))),
        0.0065 * exp(-0.02 * (v + 30.0)) / (1.0 + exp(-0.2 * (v + 30.0))),
    )
    x = (
        0.0005 * exp(0.083 * (v + 50.0)) / (1.0 + exp(0.057 * (v + 50.0))),
        0.0013 * exp(-0.06 * (v + 20.0)) / (1.0 + exp(-0.04 * (v + 20.0))),
    )
    return d, f, x


def currents(s):
    """The six currents [uA/cm2]."""
    v = s["v"]
    e_na = R_T_OVER_F * log(140.0 / SODIUM_INSIDE)
    e_k1 = R_T_OVER_F * log(5.4 / 145.0)
    e_k = R_T_OVER_F * log((5.4 + 0.01833 * 140.0) / (145.0 + 0.01833 * SODIUM_INSIDE))
    if v <= -100.0:
        rectified = 1.0
    elif v == -77.0:
        rectified = 2.837 * 0.04 / exp(0.04 * (v + 35.0))
    else:
        rectified = 2.837 * expm1(0.04 * (v + 77.0)) / ((v + 77.0) * exp(0.04 * (v + 35.0)))
    a = 1.02 / (1.0 + exp(0.2385 * (v - e_k1 - 59.215)))
    b = 0.49124 * exp(0.08032 * (v - e_k1 + 5.476)) + exp(0.06175 * (v - e_k1 - 594.31))
    b /= 1.0 + exp(-0.5143 * (v - e_k1 + 4.753))
    return {
        "na": G_NA * s["m"] ** 3 * s["h"] * s["j"] * (v - e_na),
        "si": 0.09 * s["d"] * s["f"] * (v - 7.7 + 13.0287 * log(s["ca"])),
        "k": 0.282 * sqrt(5.4 / 5.4) * s["x"] * rectified * (v - e_k),
        "k1": 0.6047 * sqrt(5.4 / 5.4) * a / (a + b) * (v - e_k1),
        "kp": 0.0183 / (1.0 + exp((7.488 - v) / 5.98)) * (v - e_k1),
        "b": 0.03921 * (v + 59.87),
    }


def rates(s, injected=0.0):
    """Rates of all states [1/ms]."""
    found = currents(s)
    names = ("m", "h", "j", "d", "f", "x")
    pairs = (*sodium_rates(s["v"]), *other_rates(s["v"]))
    gates = {n: a * (1.0 - s[n]) - b * s[n] for n, (a, b) in zip(names, pairs, strict=True)}
    calcium = -1e-4 * found["si"] + 0.07 * (1e-4 - s["ca"])
    return {"v": injected - sum(found.values()), **gates, "ca": calcium}
