"""Spike features of 200 simulated sweeps, beside eFEL where it is installed.

``python -m benchmarks.spike_features`` makes 200 sweeps of 2 s at 20 kHz (classical Hodgkin-Huxley
membrane, a step from 200 to 1700 ms, 160 depolarizing and 40 hyperpolarizing, noise of 0.05 mV),
measures the same features of each with loligo and with eFEL in one process and one thread, in
turns, and prints the median processor time of each, and how often each counts the spikes that the
noiseless sweep has.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from loligo.analysis.spikes import detect_spikes_each, spike_features_each, train
from loligo.analysis.spikes.quantities import PER_SPIKE
from loligo.analysis.spikes.subthreshold import step_features

START, STOP, RATE = 200.0, 1700.0, 20.0
SAMPLES = 40_001
SUBSTEPS = 5
EFEL = {
    "the workload": [
        "spike_count",
        "AP_amplitude",
        "AP_width",
        "AP_duration_half_width",
        "AHP_depth",
        "ISI_values",
        "mean_frequency",
        "voltage_base",
        "time_constant",
        "sag_amplitude",
        "sag_ratio1",
    ],
}
EFEL["every quantity"] = [
    *EFEL["the workload"],
    "AP_begin_time",
    "AP_begin_voltage",
    "peak_time",
    "peak_voltage",
    "AP_amplitude_from_voltagebase",
    "AP_rise_time",
    "AP_fall_time",
    "AP_peak_upstroke",
    "AP_peak_downstroke",
    "min_AHP_values",
    "AHP_time_from_peak",
    "fast_AHP",
    "ADP_peak_amplitude",
]
"""What eFEL is asked for."""
LOLIGO = {
    "the workload": ("amplitude", "half_width", "threshold_width", "trough_potential"),
    "every quantity": PER_SPIKE,
}
"""What loligo is asked for of each spike; the rest comes with `train` and `step_features`."""


def currents() -> np.ndarray:
    """Return the step of each sweep [uA/cm2]."""
    return np.concatenate([np.linspace(2, 20, 160), np.linspace(-0.5, -8, 40)])


def _gates(v: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return opening and closing rate of m, h and n."""

    def linoid(x: np.ndarray) -> np.ndarray:
        x = x + 1e-9
        return x / -np.expm1(-x)

    return (
        (linoid((v + 40) / 10), 4 * np.exp(-(v + 65) / 18)),
        (0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))),
        (0.1 * linoid((v + 55) / 10), 0.125 * np.exp(-(v + 65) / 80)),
    )


def simulate(amplitude: np.ndarray) -> np.ndarray:
    """Return noiseless sweeps, shape (sweep, time) [mV]; exponential Euler at 0.01 ms."""
    v = np.full(amplitude.shape, -65.0)
    gates = [up / (up + down) for up, down in _gates(v)]
    step = 1 / RATE / SUBSTEPS
    sweeps = np.empty((amplitude.size, SAMPLES))
    for sample in range(SAMPLES):
        sweeps[:, sample] = v
        for part in range(SUBSTEPS):
            at = sample / RATE + part * step
            injected = amplitude if START <= at < STOP else 0.0
            for k, (up, down) in enumerate(_gates(v)):
                total = up + down
                gates[k] = gates[k] - (up / total - gates[k]) * np.expm1(-step * total)
            m, h, n = gates
            sodium, potassium = 120 * m**3 * h, 36 * n**4
            conductance = sodium + potassium + 0.3
            goal = (injected + 50 * sodium - 77 * potassium - 54.387 * 0.3) / conductance
            v = goal + (v - goal) * np.exp(-step * conductance)
    return sweeps


def sweeps(cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the sweeps with noise, and the upward crossings of 0 mV of each without."""
    if cache.is_file():
        clean = np.load(cache)
    else:
        clean = simulate(currents())
        np.save(cache, clean)
    truth = np.sum((clean[:, :-1] < 0) & (clean[:, 1:] >= 0), axis=1)
    return clean + np.random.default_rng(7).normal(0, 0.05, clean.shape), truth


def with_loligo(traces: np.ndarray, quantities: Sequence[str]) -> list[int]:
    """Measure each sweep; return the counts."""
    count = len(traces)
    steps = step_features(traces, RATE, START, STOP)
    found = detect_spikes_each(traces, RATE)
    shapes = spike_features_each(
        traces,
        RATE,
        found,
        baselines=steps.baseline.tolist(),
        stops=[(START, STOP)] * count,
        quantities=quantities,
    )
    for times, shape, baseline in zip(found, shapes, steps.baseline, strict=True):
        _ = shape["trough_potential"] - baseline
        if quantities is PER_SPIKE:
            train(times.peak_time, START, STOP)
        else:
            first, last = np.searchsorted(times.peak_time, (START, STOP))
            _ = np.diff(times.peak_time[first:last]), (last - first) / (STOP - START)
    return [len(times) for times in found]


def with_efel(traces: np.ndarray, features: list[str]) -> list[int]:
    """Measure features of each sweep with eFEL; return the counts."""
    import efel

    efel.reset()
    efel.set_setting("Threshold", 0.0)
    times = np.arange(traces.shape[1]) / RATE
    inputs = [{"T": times, "V": v, "stim_start": [START], "stim_end": [STOP]} for v in traces]
    results = efel.get_feature_values(inputs, features, raise_warnings=False)
    return [int(found["spike_count"][0]) for found in results]


Work = Callable[[], list[int]]


def timed(ours: Work, theirs: Work | None, runs: int) -> list[tuple[float, np.ndarray]]:
    """Return the median processor time of all sweeps [ms], and the counts, of each in turns."""
    works = [ours] if theirs is None else [ours, theirs]
    spent: list[list[float]] = [[] for _ in works]
    counts: list[list[int]] = [[] for _ in works]
    for _ in range(runs):
        for place, work in enumerate(works):
            begin = time.process_time()
            counts[place] = work()
            spent[place].append(1e3 * (time.process_time() - begin))
    return [
        (statistics.median(own), np.array(found)) for own, found in zip(spent, counts, strict=True)
    ]


def main() -> int:
    """Print the figures and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    default = Path(tempfile.gettempdir()) / "loligo_spike_sweeps.npy"
    parser.add_argument("--cache", type=Path, default=default, help="file the sweeps are kept in")
    options = parser.parse_args()
    traces, truth = sweeps(options.cache)
    has_efel = importlib.util.find_spec("efel") is not None
    for words, names in EFEL.items():
        wanted = LOLIGO[words]
        results = timed(
            partial(with_loligo, traces, wanted),
            partial(with_efel, traces, names) if has_efel else None,
            options.runs,
        )
        print(f"{words} ({len(names)} features of eFEL):")
        for package, (spent, counts) in zip(("loligo", "eFEL"), results, strict=False):
            right = np.mean(counts == truth)
            each = spent / len(traces)
            print(f"  {package:6s} {each:.3f} ms a sweep, count right in {right:.1%}")
        if has_efel:
            print(f"  loligo is {results[1][0] / results[0][0]:.1f} times as fast")
    if not has_efel:
        print("eFEL is not installed; install it to compare")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
