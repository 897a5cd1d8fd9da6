"""How often the intervals of a fit hold the truth: random cells and rigs, recorded and fitted.

``python -m benchmarks.fit_coverage [--fits N] [--sweeps N] [--json]`` prints a line a parameter: in
how many fits its 95 % interval holds the truth, the median error, and the statuses of the fits.
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


def lines(count: int, sweeps: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield a line for each parameter."""
    made = list(fitted(count, sweeps, seed))
    statuses = Counter(found.status.value for found, _ in made)
    for path in PATHS:
        ends = [(found[path], truth[path]) for found, truth in made]
        known = [(one, value) for one, value in ends if one.low is not None]
        held = sum((one.low or -np.inf) <= value <= (one.high or np.inf) for one, value in known)
        errors = [abs(one.value - value) / abs(value) for one, value in ends]
        yield {
            "path": path,
            "sweeps": sweeps,
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
    parser.add_argument("--json", action="store_true", help="a JSON line a parameter")
    given = parser.parse_args()
    for entry in lines(given.fits, given.sweeps, given.seed):
        if given.json:
            print(json.dumps(entry))
        else:
            print(
                f"{entry['path']:28} {100 * entry['coverage_95']:5.1f} % of {entry['n']}, median "
                f"error {100 * entry['median_relative_error']:.2g} %, {entry['statuses']}"
            )


if __name__ == "__main__":
    main()
