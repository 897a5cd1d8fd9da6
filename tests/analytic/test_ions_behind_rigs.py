"""Cells whose ions are states behind a whole amplifier, beside the equations written anew."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, fsolve

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.rig import CurrentClamp, Digitizer, Pipette, Rig, VoltageClamp

FARADAY, GAS, KELVIN = 96485.33212, 8.314462618, 295.15
AREA, DEPTH, CLEFT, EXCHANGE = 1000.0, 2.5, 0.1, 100.0  # um2, um, um, ms
RS, CP, SEAL, MEMBRANE = 0.01, 5.0, 5.0, 10.0  # GOhm, pF, GOhm, pF
CELL = Cell(
    name="a cell in a cleft", temperature="22 degC", area="1000 um2", capacitance="1 uF/cm2",
    initial_potential="-80 mV",
    channel={
        "k": {
            "ion": "K", "conductance": "2 mS/cm2",
            "gate": {"n": {"inf": "1 / (1 + exp(-(v + 20) / 8))", "tau": "5"}},
        },
        "k_leak": {"ion": "K", "conductance": "0.05 mS/cm2"},
        "na_leak": {"ion": "Na", "conductance": "0.002 mS/cm2"},
    },
    inside={"depth": "2.5 um", "carrier": "K", "ions": {"Na": "10 mM", "K": "140 mM"}},
    outside={"depth": "0.1 um", "exchange": "100 ms", "ions": {"Na": "145 mM", "K": "4 mM"}},
)  # fmt: skip
PIPETTE = Pipette(series_resistance="10 MOhm", capacitance="5 pF", seal_resistance="5 GOhm")
VOLTAGE = Rig(
    pipette=PIPETTE,
    amplifier=VoltageClamp(
        capacitance_fast="4.5 pF",
        whole_cell_capacitance_compensation="9 pF",
        whole_cell_series_resistance_compensation="10 MOhm",
        series_resistance_correction=0.7,
    ),
    digitizer=Digitizer(sampling="10 kHz", bits=24),
)
CURRENT = Rig(
    pipette=PIPETTE,
    amplifier=CurrentClamp(bridge_balance="8 MOhm", capacitance_neutralization="3 pF"),
    digitizer=Digitizer(sampling="10 kHz", bits=24),
)
TAILS = Protocol(
    "tails",
    ["hold for 5 ms", "step 20 mV for 10, 200 ms as load", "step -70 mV for 30 ms as tail"],
    holding="-80 mV",
)
PULSE = Protocol(
    "pulse", ["hold for 5 ms", "step 200 pA for 200 ms", "hold for 40 ms"], holding="0 pA"
)
STARTS = {"na_in": 10.0, "k_out": 4.0, "na_out": 145.0}


def nernst(outside, inside):
    return 1e3 * GAS * KELVIN / FARADAY * np.log(outside / inside)


def opened(v):
    return 1.0 / (1.0 + np.exp(-(v + 20.0) / 8.0))


def membrane(v, n, na_in, k_out, na_out):
    """Currents of potassium and sodium [pA], and the potassium that charges leave inside [mM].

    1 uF/cm2 times 1 mV is 10 nC/m2 times 1e3; over F and the depth that is mM of a monovalent ion.
    """
    charge = 1e-2 * (v + 80.0) * 1e-3 / FARADAY / (DEPTH * 1e-6)  # C/m2 -> mol/m3
    k_in = 140.0 + charge - (na_in - 10.0)
    k = 10.0 * (2.0 * n + 0.05) * (v - nernst(k_out, k_in))
    na = 10.0 * 0.002 * (v - nernst(na_out, na_in))
    return k, na, k_in


def slopes(v, n, na_in, k_out, na_out):
    """Of gate and ions, as they are written in the description [per ms]."""
    k, na, _ = membrane(v, n, na_in, k_out, na_out)
    per_area = 1e-12 * 1e-3 / (AREA * 1e-12) / FARADAY  # mol/m2/ms of 1 pA
    return [
        (opened(v) - n) / 5.0,
        -na * per_area / (DEPTH * 1e-6),
        k * per_area / (CLEFT * 1e-6) - (k_out - 4.0) / EXCHANGE,
        na * per_area / (CLEFT * 1e-6) - (na_out - 145.0) / EXCHANGE,
    ]


def held(t, y, command):
    """A voltage clamp with 70 % of the series resistance corrected (Lei et al. 2020)."""
    v, pipette, estimate, clamp, measured, *rest = y
    through = (pipette - v) / RS
    expected = 9.0 * (command - estimate) / (0.01 * 9.0)
    moves = (command + 0.7 * 0.01 * (measured + expected) - clamp) / 0.04
    follows = (clamp - pipette) / 0.0008
    current = through + CP * follows - 4.5 * moves - expected
    k, na, _ = membrane(v, *rest)
    return [
        (through - v / SEAL - k - na) / MEMBRANE,
        follows,
        (command - estimate) / (0.01 * 9.0),
        moves,
        (current - measured) / 0.0075,
        *slopes(v, *rest),
    ]


def injected(t, y, command):
    """A follower with a current source."""
    v, pipette, follower, current, *rest = y
    through = (pipette - v) / RS
    k, na, _ = membrane(v, *rest)
    follows = (pipette - follower) / 0.002
    return [
        (through - v / SEAL - k - na) / MEMBRANE,
        (current - through + 3.0 * follows) / CP,
        follows,
        (command - current) / 0.002,
        *slopes(v, *rest),
    ]


def solved(law, start, pieces, times):
    """Integrate piece by piece with Radau's method."""
    y, found, begin = np.asarray(start, float), [], 0.0
    for end, command in pieces:
        at = times[(times >= begin - 1e-9) & (times < end - 1e-9)]
        piece = solve_ivp(
            law, (begin, end), y, method="Radau", args=(command,), rtol=1e-9, atol=1e-10,
            t_eval=np.append(at, end),
        )  # fmt: skip
        found.append(piece.y[:, :-1])
        y, begin = piece.y[:, -1], end
    return np.concatenate(found, axis=1)


def at_rest(law, guess, command):
    """Where all but the ions stand still; the gate follows the potential."""
    ions = [10.0, 4.0, 145.0]
    count = len(guess)

    def left(x):
        slope = law(0.0, [*x, opened(x[0]), *ions], command)
        return slope[:count]

    x = fsolve(left, guess, xtol=1e-13)
    assert np.abs(left(x)).max() < 1e-6
    return [*x, opened(x[0]), *ions]


@pytest.mark.parametrize("sweep", [0, 1])
def test_a_cleft_that_fills_while_a_clamp_holds(sweep):
    """The tail turns round: after 200 ms potassium outside is fourfold."""
    recording = record(CELL, VOLTAGE, TAILS, truth=["v", "K_in", "K_out", "Na_out"], dt="2 us")
    load = (10.0, 200.0)[sweep]
    traces = recording.truth.traces
    found = {name: traces[name].values(sweep) for name in ("v", "K_in", "K_out", "Na_out")}
    times = 0.1 * np.arange(found["v"].size)
    start = at_rest(held, [-80.0, -80.0, -80.0, -80.0, 0.0], -80.0)
    pieces = [(5.0, -80.0), (5.0 + load, 20.0), (35.0 + load, -70.0)]
    exact = solved(held, start, pieces, times)
    k_in = membrane(exact[0], *exact[5:])[2]
    for name, expected in (
        ("v", exact[0]),
        ("K_in", k_in),
        ("K_out", exact[7]),
        ("Na_out", exact[8]),
    ):
        size = np.abs(expected).max()
        assert np.abs(found[name] - expected).max() < 1e-4 * size, name
    response = recording.sweeps[sweep].trace("response").values()
    assert np.abs(response - exact[4]).max() < 1e-4 * np.abs(exact[4]).max()
    tail = round(10 * (5.0 + load)) + 10
    inward = nernst(exact[7, tail], k_in[tail]) > -70.0
    assert inward == (sweep == 1)
    assert (exact[7].max() > 16.0) == (sweep == 1)


def test_a_cleft_that_a_current_fills():
    recording = record(CELL, CURRENT, PULSE, truth=["v", "K_in", "K_out"])
    traces = recording.truth.traces
    times = 0.1 * np.arange(traces["v"].values(0).size)
    start = at_rest(injected, [-80.0, -80.0, -80.0, 0.0], 0.0)
    exact = solved(injected, start, [(5.0, 0.0), (205.0, 200.0), (245.0, 0.0)], times)
    k_in = membrane(exact[0], *exact[4:])[2]
    for name, expected in (("v", exact[0]), ("K_in", k_in), ("K_out", exact[6])):
        assert np.abs(traces[name].values(0) - expected).max() < 1e-4 * np.abs(expected).max(), name
    response = recording.sweeps[0].trace("response").values()
    shown = exact[2] - 0.008 * exact[3]
    assert np.abs(response - shown).max() < 1e-4 * np.abs(shown).max()
    assert traces["v"].values(0)[-1] > start[0] + 3.0  # what the cleft still holds depolarizes


def test_true_is_what_the_ions_at_the_start_give():
    truth = record(CELL, CURRENT, PULSE).truth.parameters

    def outward(v):
        k, na, _ = membrane(v, opened(v), 10.0, 4.0, 145.0)
        return k + na + v / SEAL

    rest = brentq(outward, -100.0, -40.0)
    assert truth["resting_potential"] == pytest.approx(rest, abs=1e-6)
    slope = (outward(rest + 0.01) - outward(rest - 0.01)) / 0.02
    assert truth["membrane_resistance"] == pytest.approx(1.0 / slope, rel=1e-4)
