"""Runs simulations on numba's simulated graphics card, and prints how they compare, as JSON.

A script: the simulator is chosen by ``NUMBA_ENABLE_CUDASIM=1`` before numba is imported.
"""

import json
from functools import cache

import numpy as np
from targets import FEATURES, clamped

from loligo.cell import catalogue
from loligo.engine import cuda, simulate
from loligo.errors import SimulationError
from loligo.protocol import Protocol

AXON = "hodgkin_huxley1952"


def same(one, other):
    """Tell whether two simulations are equal to the last bit."""
    tables = [(s.traces, s.final, s.features) for s in (one, other)]
    pairs = [
        (a[name], b[name]) for a, b in zip(*tables, strict=True) for name in a.keys() | b.keys()
    ]
    pairs += list(zip(one.spikes, other.spikes, strict=True))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


@cache
def clamp(name, clamp_name, precision):
    """Compare the card with the processor under one clamp."""
    protocol, more = clamped(clamp_name)
    one, other = (
        simulate(
            catalogue.load(name), protocol, record=("v", "i.membrane"), features=FEATURES,
            spikes=True, threshold="-30 mV", precision=precision, target=target, **more,
        )
        for target in ("kernel", "cuda")
    )  # fmt: skip
    return {"same": same(one, other), "spikes": int(other["spike_count"].sum())}


def batch(**limits):
    """Compare cells that differ, in sweeps of two lengths, under limits that split the launches."""
    usual = {name: getattr(cuda, name) for name in limits}
    protocol = Protocol(
        "p", ["hold for 0.5 ms", "step 5..45 uA/cm2 by 40 uA/cm2 for 5..6 ms by 1 ms"],
        holding="0 uA/cm2",
    )  # fmt: skip
    parameters = {"channel.na.conductance": (np.array([0.0, 100.0, 140.0]), "mS/cm2")}
    told = []
    results = []
    for target in ("kernel", "cuda"):
        for name, value in limits.items():
            setattr(cuda, name, value)
        results.append(
            simulate(
                catalogue.load(AXON), protocol, parameters=parameters, spikes=True, dt="0.05 ms",
                threshold="-60 mV", sampling="0.1 ms", features=FEATURES, target=target,
                progress=told.append if target == "cuda" else False,
            )
        )  # fmt: skip
        for name, value in usual.items():
            setattr(cuda, name, value)
    return {
        "same": same(*results),
        "spikes": len(results[1].spikes[0]),
        "launches": len(told),
        "told": told == sorted(told) and told[-1] == 1.0,
    }


def divergence():
    """Return the error of each target for a current that no membrane survives."""
    protocol = Protocol("p", ["hold for 0.5 ms", "step 1, 1e7 uA/cm2 for 2 ms"], holding="0 uA/cm2")
    told = []
    for target in ("kernel", "cuda"):
        try:
            simulate(catalogue.load(AXON), protocol, target=target)
        except SimulationError as error:
            told.append(str(error))
    return told


def functions():
    """Compare exponential and logarithm with NumPy's, in units in the last place."""
    from loligo.engine.support import cuda_double, cuda_single

    found = {}
    generator = np.random.default_rng(1)
    for precision, module, largest in (("double", cuda_double, 700), ("single", cuda_single, 86)):
        x = generator.uniform(-largest, largest, 2000).astype(module.DTYPE)
        y = np.exp(generator.uniform(-largest, largest, 2000)).astype(module.DTYPE)
        exact_exp = np.exp(x.astype(np.longdouble))
        exact_log = np.log(y.astype(np.longdouble))
        for name, exact, values in (
            ("exp", exact_exp, [module.exp_(v) for v in x]),
            ("log", exact_log, [module.log_(v) for v in y]),
        ):
            spacing = np.spacing(np.abs(exact).astype(module.DTYPE)).astype(np.longdouble)
            found[f"{name} {precision}"] = float(np.max(np.abs(np.array(values) - exact) / spacing))
    return found


def main():
    """Print all comparisons."""
    double, single = "double", "single"
    print(
        json.dumps(
            {
                "current": clamp(AXON, "current", double),
                "voltage": clamp(AXON, "voltage", double),
                "resistance": clamp("luo_rudy1991", "through a resistance", double),
                "conductance": clamp("hodgkin_huxley1952_schemes", "conductance", double),
                "current, single": clamp(AXON, "current", single),
                "voltage, single": clamp(AXON, "voltage", single),
                "whole": batch(SHORTEST=1000),
                "short launches": batch(SHORTEST=3, SECONDS=0.0),
                "room for one spike": batch(SPIKES=1),
                "room for one sample": batch(SAMPLES=1),
                "two runs at a time": batch(RUNS=2),
                "divergence": divergence(),
                "functions": functions(),
            }
        )
    )


if __name__ == "__main__":
    main()
