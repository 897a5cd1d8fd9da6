"""Connor, Walter and McKown 1977 with its textbook form, Wang and Buzsaki 1996, Traub and Miles
1991, Adams, Brown and Constanti 1982: each as its paper or textbook writes it."""

from math import exp, expm1

from solution import Referee


def ratio(x, y):
    """``x / (exp(x / y) - 1)``."""
    return y if x == 0.0 else x / expm1(x / y)


def opening(alpha, beta, scale=1.0):
    """Steady value and time constant of a pair of rates."""
    return alpha / (alpha + beta), scale / (alpha + beta)


# Connor 1977: the squid's rates shifted along the voltage axis, 3.8 times as fast (18 degC).
M_SHIFT, H_SHIFT, N_SHIFT = -5.3, -12.0, -4.3


def crustacean_gates(v, _):
    """m, h, n, a, b of the modified axon."""
    m, h, n = v + M_SHIFT, v + H_SHIFT, v + N_SHIFT
    return {
        "m": opening(0.1 * ratio(-(m + 35), 10), 4 * exp(-(m + 60) / 18), 1 / 3.8),
        "h": opening(0.07 * exp(-(h + 60) / 20), 1 / (1 + exp(-(h + 30) / 10)), 1 / 3.8),
        "n": opening(0.01 * ratio(-(n + 50), 10), 0.125 * exp(-(n + 60) / 80), 2 / 3.8),
        "a": (
            (0.0761 * exp((v + 94.22) / 31.84) / (1 + exp((v + 1.17) / 28.93))) ** (1 / 3),
            0.3632 + 1.158 / (1 + exp((v + 55.96) / 20.12)),
        ),
        "b": (
            1 / (1 + exp((v + 53.3) / 14.54)) ** 4,
            1.24 + 2.678 / (1 + exp((v + 50) / 16.027)),
        ),
    }


def textbook_gates(v, _):
    """The same in the numbers of Dayan and Abbott 2001, chapter 6."""
    return {
        "m": opening(0.38 * ratio(-(v + 29.7), 10), 15.2 * exp(-0.0556 * (v + 54.7))),
        "h": opening(0.266 * exp(-0.05 * (v + 48)), 3.8 / (1 + exp(-0.1 * (v + 18)))),
        "n": opening(0.02 * ratio(-(v + 45.7), 10), 0.25 * exp(-0.0125 * (v + 55.7))),
        "a": (
            (0.0761 * exp(0.0314 * (v + 94.22)) / (1 + exp(0.0346 * (v + 1.17)))) ** (1 / 3),
            0.3632 + 1.158 / (1 + exp(0.0497 * (v + 55.96))),
        ),
        "b": (
            1 / (1 + exp(0.0688 * (v + 53.3))) ** 4,
            1.24 + 2.678 / (1 + exp(0.0624 * (v + 50))),
        ),
    }


def five_branches(v, x, _):
    """Current of the circuit with the transient potassium branch."""
    sodium = 120 * x["m"] ** 3 * x["h"] * (v - 55)
    potassium = 20 * x["n"] ** 4 * (v + 72)
    transient = 47.7 * x["a"] ** 3 * x["b"] * (v + 75)
    return sodium + potassium + transient + 0.3 * (v + 17)


def interneuron_gates(v, _):
    """h and n with phi = 5; m follows at once."""
    return {
        "m": opening(0.1 * ratio(-(v + 35), 10), 4 * exp(-(v + 60) / 18)),
        "h": opening(0.07 * exp(-(v + 58) / 20), 1 / (exp(-0.1 * (v + 28)) + 1), 1 / 5),
        "n": opening(0.01 * ratio(-(v + 34), 10), 0.125 * exp(-(v + 44) / 80), 1 / 5),
    }


def interneuron(v, x, _):
    """Wang and Buzsaki 1996."""
    sodium = 35 * x["m"] ** 3 * x["h"] * (v - 55)
    return sodium + 9 * x["n"] ** 4 * (v + 90) + 0.1 * (v + 65)


def hippocampal_gates(threshold):
    """m, h, n of Traub and Miles with potentials counted from a threshold [mV]."""

    def gates(v, _):
        u = v - threshold
        return {
            "m": opening(0.32 * ratio(13 - u, 4), 0.28 * ratio(u - 40, 5)),
            "h": opening(0.128 * exp((17 - u) / 18), 4 / (1 + exp((40 - u) / 5))),
            "n": opening(0.032 * ratio(15 - u, 5), 0.5 * exp((10 - u) / 40)),
        }

    return gates


def hippocampal(v, x, _):
    """Conductances of the benchmark in Brette et al. 2007."""
    sodium = 100 * x["m"] ** 3 * x["h"] * (v - 50)
    return sodium + 30 * x["n"] ** 4 * (v + 90) + 0.05 * (v + 60)


def muscarinic_gates(v, _):
    """Adams, Brown and Constanti 1982: symmetrical barrier, valence of 2.5 at 25 mV of kT/e."""
    return {"m": opening(3.3e-3 * exp((v + 35) / 20), 3.3e-3 * exp(-(v + 35) / 20))}


CONNOR = Referee(crustacean_gates, five_branches)
DAYAN = Referee(textbook_gates, five_branches)
WANG = Referee(interneuron_gates, interneuron, instantaneous=("m",))
TRAUB = Referee(hippocampal_gates(-63.0), hippocampal)
ADAMS = Referee(muscarinic_gates, lambda v, x, _: x["m"] * (v + 90))
