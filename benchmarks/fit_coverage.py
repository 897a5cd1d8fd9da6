"""How often the intervals of a fit hold the truth: random cells and rigs, recorded and fitted.

``python -m benchmarks.fit_coverage [--fits N] [--sweeps N] [--active] [--json]`` prints a line a
parameter: in how many fits its 95 % interval holds the truth, the median error, and the statuses of
the fits. With ``--active`` the cells have a potassium channel and are simulated.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from loligo import Protocol, record
from loligo.cell import Cell
from loligo.inference import Fit, fit
from loligo.rig import Bessel, Digitizer, Noise, PassiveCell, Pipette, Rig, VoltageClamp

PATHS = (
    "pipette.series_resistance",
    "cell.resistance",
    "cell.capacitance",
    "cell.reversal",
    "filter.corner",
)
ACTIVE = (
    "cell.channel.k.conductance",
    "cell.channel.k.gate.n.inf.midpoint",
    "cell.channel.k.gate.n.tau",
    "pipette.series_resistance",
    "cell.capacitance",
)
FAMILY = Protocol(
    "a family", ["hold for 2 ms", "step -60..20 mV by 20 mV for 15 ms"], holding="-70 mV"
)
NOISE = Noise(
    feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)", input_capacitance="10 pF"
)


def patched(conductance: float, capacitance: float) -> Cell:
    """Return a passive cell of a conductance [nS] and a capacitance [pF]."""
    return Cell(
        name="a passive cell",
        capacitance=f"{capacitance} pF",
        temperature="22 degC",
        initial_potential="-70 mV",
        channel={"leak": {"conductance": f"{conductance} nS", "reversal": "-65 mV"}},
    )


def step_of(sweeps: int) -> Protocol:
    """Return a test step, repeated."""
    return Protocol(
        "a test step",
        ["hold for 10 ms", "step -80 mV for 30 ms as test", "hold for 20 ms"],
        holding="-70 mV",
        sweeps=sweeps,
    )


def drawn(random: np.random.Generator) -> tuple[Cell, Rig, dict[str, float], PassiveCell, Rig]:
    """Return a cell and a rig, the truth by path, and the values to start from, 10 to 30 % off.

    Series resistance 5 to 25 MOhm, capacitance 15 to 100 pF, conductance 1 to 10 nS, corner 3 to 8
    kHz, each log-uniform.
    """
    rs, c, g, corner = np.exp(
        random.uniform(np.log([5.0, 15.0, 1.0, 3.0]), np.log([25.0, 100.0, 10.0, 8.0]))
    )
    rig = Rig(
        pipette=Pipette(series_resistance=f"{rs} MOhm", capacitance="5 pF"),
        amplifier=VoltageClamp(capacitance_fast="5 pF", summing_time="5 us"),
        filter=Bessel(corner=f"{corner} kHz"),
        noise=NOISE,
        digitizer=Digitizer(sampling="25 kHz"),
    )
    truth = dict(zip(PATHS, (rs / 1e3, 1.0 / g, c, -65.0, corner), strict=True))
    guess = PassiveCell(
        resistance=f"{1.3 / g} GOhm", capacitance=f"{0.8 * c} pF", reversal="-60 mV"
    )
    off = {"pipette.series_resistance": f"{1.3 * rs} MOhm", "filter.corner": f"{1.1 * corner} kHz"}
    return patched(g, c), rig, truth, guess, rig.with_(**off)


def fitted(count: int, sweeps: int, seed: int) -> Iterator[tuple[Fit, dict[str, float]]]:
    """Yield fits of random recordings, each with the truth by path."""
    random = np.random.default_rng(seed)
    for number in range(count):
        cell, rig, truth, guess, begun = drawn(random)
        recording = record(cell, rig, step_of(sweeps), seed=number)
        yield fit(recording, guess, begun, PATHS, starts=1), truth


def with_channel(cell: Cell, conductance: float, midpoint: float, tau: float) -> Cell:
    """Return a cell with a potassium channel of a conductance [nS], a midpoint [mV], a tau [ms]."""
    gate = {"power": 2, "inf": f"sigmoid(1, {midpoint} mV, 8 mV)", "tau": f"{tau} ms"}
    channel = {"conductance": f"{conductance} nS", "reversal": "-90 mV", "gate": {"n": gate}}
    return cell.with_(**{"channel.k": channel})


def fitted_active(count: int, seed: int) -> Iterator[tuple[Fit, dict[str, float]]]:
    """Yield fits of random cells with a channel: 10 to 60 nS, -40 to -20 mV, 1 to 4 ms."""
    random = np.random.default_rng(seed)
    for number in range(count):
        cell, rig, truth, _, begun = drawn(random)
        g, tau = np.exp(random.uniform(np.log([10.0, 1.0]), np.log([60.0, 4.0])))
        midpoint = float(random.uniform(-40.0, -20.0))
        known = dict(zip(ACTIVE, (g, midpoint, tau, truth[PATHS[0]], truth[PATHS[2]]), strict=True))
        wide = rig.with_(digitizer={"sampling": "25 kHz", "range": "30 V"})
        recording = record(with_channel(cell, g, midpoint, tau), wide, FAMILY, seed=number)
        guess = with_channel(cell, 0.8 * g, midpoint + 4.0, 1.3 * tau)
        start = wide.with_(
            **{"pipette.series_resistance": f"{begun.pipette.series_resistance} GOhm"}
        )
        yield fit(recording, guess, start, ACTIVE, starts=1), known


def lines(count: int, sweeps: int, seed: int, active: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a line for each parameter."""
    made = list(fitted_active(count, seed) if active else fitted(count, sweeps, seed))
    statuses = Counter(found.status.value for found, _ in made)
    for path in ACTIVE if active else PATHS:
        ends = [(found[path], truth[path]) for found, truth in made]
        known = [(one, value) for one, value in ends if one.low is not None]
        held = sum((one.low or -np.inf) <= value <= (one.high or np.inf) for one, value in known)
        errors = [abs(one.value - value) / abs(value) for one, value in ends]
        yield {
            "path": path,
            "sweeps": 1 if active else sweeps,
            "n": count,
            "without_interval": count - len(known),
            "coverage_95": held / max(len(known), 1),
            "median_relative_error": float(np.median(errors)),
            "statuses": dict(statuses),
        }


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--active", action="store_true", help="cells with a channel, simulated")
    parser.add_argument("--json", action="store_true", help="a JSON line a parameter")
    given = parser.parse_args()
    for entry in lines(given.fits, given.sweeps, given.seed, given.active):
        if given.json:
            print(json.dumps(entry))
        else:
            print(
                f"{entry['path']:28} {100 * entry['coverage_95']:5.1f} % of {entry['n']}, median "
                f"error {100 * entry['median_relative_error']:.2g} %, {entry['statuses']}"
            )


if __name__ == "__main__":
    main()
