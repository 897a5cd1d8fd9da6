"""Writes ``tests/golden/neurons.toml``: the referees' numbers, to be compared with the catalogue.

``python tests/golden/generators/neurons`` (needs SciPy, not loligo; about two minutes).
"""

import json
from pathlib import Path

import numpy as np
from classic import ADAMS, CONNOR, DAYAN, TRAUB, WANG
from cortical import FS, HAY, HAY_TEST, IB, LTS, RS, RS_INHIBITORY, hay_gates
from points import point_neurons

POTENTIALS = [-110.0, -85.0, -70.0, -61.0, -54.0, -47.0, -38.0, -29.0, -10.0, 15.0, 40.0]
TABLE = Path(__file__).resolve().parents[2] / "neurons.toml"

CLASSIC = {"m": "na.m", "h": "na.h", "n": "k.n", "a": "a.a", "b": "a.b", "p": "m.p"}
CALCIUM = {"s": "ca_t.s", "u": "ca_t.u", "q": "ca_l.q", "r": "ca_l.r"}
STATES = CLASSIC | CALCIUM

# name: referee, has a rest, start [mV] (None: rest), pieces (ms, uA/cm2), and long steps: uA/cm2
# with as many ms as it takes the intervals to settle
CELLS = {
    "connor1977": (
        CONNOR,
        True,
        None,
        [(100.0, 10.0)],
        {9.0: 200.0, 20.0: 100.0, 40.0: 60.0, 90.0: 60.0},
    ),
    "connor1977_dayan2001": (DAYAN, True, None, [(100.0, 10.0)], {9.0: 200.0, 20.0: 100.0}),
    "wang_buzsaki1996": (
        WANG,
        True,
        None,
        [(100.0, 1.0)],
        {0.2: 400.0, 2.0: 100.0, 5.0: 60.0, 20.0: 40.0},
    ),
    "traub_miles1991": (TRAUB, False, -65.0, [(200.0, 0.0), (50.0, 4.0)], {1.0: 200.0, 5.0: 100.0}),
    "pospischil2008_rs": (RS, True, -70.0, [(50.0, 0.0), (400.0, 2.5)], {5.0: 200.0}),
    "pospischil2008_fs": (FS, True, -70.0, [(50.0, 0.0), (150.0, 3.5)], {5.0: 200.0}),
    "pospischil2008_ib": (IB, True, -84.0, [(100.0, 0.0), (400.0, 0.5)], {}),
    "pospischil2008_lts": (LTS, True, -84.0, [(100.0, 0.0), (400.0, 0.5)], {1.0: 300.0}),
    "pospischil2008_rs_inhibitory": (RS_INHIBITORY, False, -65.0, [(400.0, 0.5)], {1.0: 300.0}),
    "hay2011_soma": (HAY, True, -80.0, [(50.0, 20.0)], {}),
}


def rounded(values, digits=13):
    """Values with so many significant digits."""
    return [float(f"{value:.{digits}g}") for value in values]


def gate_table(gates, potentials, pools):
    """Steady value and time constant of each gate at the potentials."""
    found = [gates(v, pools) for v in potentials]
    return {
        STATES.get(name, name): {
            "steady": rounded(row[name][0] for row in found),
            "tau": rounded(row[name][1] for row in found),
        }
        for name in found[0]
    }


def cell_table(referee, rests, start, pieces, levels):
    """Gates, rest, spike times of a protocol and rates of long steps."""
    table = {"gates": gate_table(referee.gates, POTENTIALS, referee.pools_at_rest())}
    if rests:
        table["rest"] = rounded([referee.rest()])[0]
    start = table["rest"] if start is None else start
    table |= {"start": start, "pieces": [list(piece) for piece in pieces]}
    table["spikes"] = rounded(referee.spikes(pieces, start), 10)
    table["rates"] = []
    for level, duration in levels.items():
        times = referee.spikes([(duration, level)], start, tolerance=1e-11)
        rate = 1e3 / np.diff(times)[-1]
        table["rates"].append([level, duration, *rounded([rate], 10)])
    return table


def written(table, path=()):
    """TOML lines of nested tables; an array takes one line."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{'.'.join(json.dumps(part) for part in path)}]"] if path and plain else []
    lines += [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    lines += [""] if plain else []
    for key, value in table.items():
        if isinstance(value, dict):
            lines += written(value, (*path, key))
    return lines


def main():
    """Compute everything and write the table."""
    table = {"potentials": POTENTIALS, "cell": {}}
    for name, row in CELLS.items():
        table["cell"][name] = cell_table(*row)
    table["gates"] = {
        "hay2011": gate_table(hay_gates, POTENTIALS, {"ca": 2e-4}),
        "adams1982_m": gate_table(ADAMS.gates, POTENTIALS, {}),
    }
    area = np.pi * 13.4715 * 23.1694  # of the test cell [um2]
    weak, strong = (1e2 * current / area for current in (-10.0, 50.0))
    pieces = [(100.0, 0.0), (100.0, weak), (100.0, 0.0), (100.0, strong)]
    table["hay2011_test"] = {
        "spikes": rounded(HAY_TEST.spikes(pieces, -90.0, "LSODA"), 9),
    }
    table["point"] = point_neurons()
    head = "# Written by tests/golden/generators/neurons: mV, ms, uA/cm2 (points: pA), Hz."
    TABLE.write_text("\n".join([head, *written(table)]))


if __name__ == "__main__":
    main()
