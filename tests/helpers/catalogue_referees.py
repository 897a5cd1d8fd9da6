"""What the catalogue's cells are compared with when the engine simulates them.

``CELLS`` are all of them. ``NEURONS`` is the table of independent solutions, ``REFEREES`` has the
equations written anew, ``PERIODS`` and ``SHOCKS`` are solutions of the 1952 equations by a
Runge-Kutta method of eighth order with a tolerance of 1e-11, from rest, to the digits given.
"""

import tomllib
from pathlib import Path

import referee_hudspeth_lewis
import referee_luo_rudy
import referee_severi
import referee_ten_tusscher

from loligo.cell.catalogue import load, names
from loligo.cell.cell import Cell
from loligo.cell.equations import equations

TABLE = Path(__file__).parents[1] / "golden/neurons.toml"
NEURONS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["cell"]
RESTING = [n for n, row in NEURONS.items() if "rest" in row and not equations(load(n)).flows]
CELLS = [name for name in names() if isinstance(load(name), Cell)]
AXONS = ("hodgkin_huxley1952", "hodgkin_huxley1952_schemes")
HERG = ("beattie2018_cell5", "beattie2018_cell5_scheme")
SODIUM = {name: f"na.{name}" for name in ("m", "h", "j")}


class Uncarried:
    """Ten Tusscher and Panfilov's cell with a stimulus that carries no potassium, as ours."""

    INITIAL = referee_ten_tusscher.INITIAL

    @staticmethod
    def rates(state, injected=0.0):
        found = referee_ten_tusscher.rates(state)
        return found | {"v": found["v"] + injected}


# Referee, pieces (ms, mV/ms), the referee's start by our names where ours is another, and the
# largest difference [mV] with extrapolated fixed steps and with steps under control of the error.
REFEREES = {
    # At -40 mV the rates of h and j jump: fixed steps across it have an error of first order.
    "luo_rudy1991": (
        referee_luo_rudy,
        [(10.0, 0.0), (2.0, 25.5), (588.0, 0.0)],
        {"v": "v", **SODIUM, "d": "si.d", "f": "si.f", "x": "k.x", "ca": "ca"},
        (0.01, 1e-5),
    ),
    "ten_tusscher_panfilov2006_epicardial": (
        Uncarried,
        [(10.0, 0.0), (1.0, 52.0), (489.0, 0.0)],
        {},
        (5e-4, 1e-5),
    ),
    "severi2012": (referee_severi, [(400.0, 0.0)], {}, (1e-5, 1e-5)),
    "hudspeth_lewis1988": (
        referee_hudspeth_lewis,
        [(10.0, 0.0), (60.0, 50.0 / 15.0), (30.0, 0.0)],
        {},
        (1e-6, 1e-6),
    ),
}

REST = -64.9963793
"""Of the axon [mV]."""
PERIODS = {"6.5": 18.16289, "10": 14.63621, "20": 11.56470, "50": 8.54438}
"""Of firing [ms] by the current [uA/cm2]."""
FIRST_SPIKE = 1.90123
"""Under 10 uA/cm2 [ms]."""
SHOCKS = {"7": (37.11857, 3.39122), "15": (40.41035, 1.15931), "100": (43.74846, 0.27382)}
"""Peak [mV] and its time [ms] by the shock [nC/cm2]."""
