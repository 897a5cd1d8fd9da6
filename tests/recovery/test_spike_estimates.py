"""Intervals of what the spikes say of a cell hold the truth of simulated cells."""

import numpy as np
import pytest
from scipy.signal import butter, lfilter
from spike_shapes import Shape, trace

from loligo.analysis import Status
from loligo.analysis.spikes import spikes, train
from loligo.recording import Epoch, EpochKind, from_arrays

RATE, CELLS = 20.0, 40
SHAPE = Shape(rise=0.15, fall=1.0)


def _cell(seed, deviation):
    """Return a recording with a single spike at rheobase and a train above; their times [ms]."""
    rng = np.random.default_rng(seed)
    first = 150 + rng.uniform(0, 30)
    evoked = np.cumsum(rng.uniform(15, 40, 9)) + 120
    sweeps, commands = [], []
    for peaks, level in (((), 10.0), ((first,), 20.0), (evoked, 30.0)):
        voltage = trace(SHAPE, peaks, 600.0, RATE)
        noise = lfilter(*butter(2, 0.5), rng.normal(size=voltage.size + 500))[500:]
        sweeps.append(voltage + noise * deviation / noise.std())
        commands.append(np.where(np.arange(voltage.size) // 2000 % 5 > 0, level, 0.0))
    commands = [np.where(np.arange(c.size) < 10_000, c, 0.0) for c in commands]
    recording = from_arrays(
        np.array(sweeps),
        unit="mV",
        sampling_rate="20 kHz",
        command=np.array(commands),
        command_unit="pA",
    )
    return recording, first, evoked


def _truth(first):
    threshold = float(SHAPE.potential(SHAPE.threshold()))
    top = SHAPE.rest + SHAPE.height
    up, down = SHAPE.crossings((threshold + top) / 2)
    slope = SHAPE.slope(np.linspace(-2, 4, 60_001))
    return {
        "spike_threshold_potential": threshold,
        "spike_amplitude": top - threshold,
        "spike_half_width": down - up,
        "spike_upstroke": slope.max(),
        "spike_downstroke": slope.min(),
        "first_spike_latency": first - 100,
        "rheobase": 20.0,
        "spike_count": 10.0,
        "maximum_frequency": 9 / 400,
    }


def _truth_of_train(evoked):
    known = train(evoked, 100.0, 500.0)
    return {
        "spike_count": 9,
        "first_spike_latency": evoked[0] - 100,
        "mean_frequency": 9 / 400,
        "mean_interspike_interval": known.mean_interval,
        "adaptation_index": known.adaptation_index,
        "burst_count": 0,
    }


@pytest.mark.parametrize("deviation", [0.05, 0.3, 1.0])
def test_intervals_hold_the_truth(deviation):
    held: dict[str, list[bool]] = {}
    for seed in range(CELLS):
        recording, first, evoked = _cell(seed, deviation)
        cell, single = _truth(first), _truth_of_train(evoked)
        seen = set()
        for estimate in spikes(recording).estimates:
            if estimate.sweep is None and estimate.name in cell:
                true = cell[estimate.name]
            elif estimate.sweep == 2 and estimate.epoch:
                true = single[estimate.name]
            else:
                continue
            assert estimate.is_ok, estimate
            key = f"{estimate.name} {estimate.sweep}"
            held.setdefault(key, []).append(estimate.low <= true <= estimate.high)
            seen.add(key)
        assert len(seen) == len(cell) + len(single)
    # 95 % of 40 is 38; 32 and fewer are less than 1 in 1000 by chance.
    assert {name: sum(found) for name, found in held.items() if sum(found) <= 32} == {}


def test_intervals_of_a_shape_are_no_wider_than_need_be():
    recording, *_ = _cell(0, 0.05)
    found = {e.name: e for e in spikes(recording).estimates if e.sweep is None}
    widths = {name: found[name].high - found[name].low for name in _truth(0.0)}
    assert widths["spike_amplitude"] < 1.5
    assert widths["spike_half_width"] < 0.02
    assert widths["first_spike_latency"] < 0.2


def test_a_borderline_spikelet_is_in_the_interval_of_the_count():
    peaks = np.arange(130.0, 480.0, 70.0)
    heights = (90, 90, 90, 22, 18)
    voltage = sum(
        trace(Shape(rest=0, height=h), [p], 600.0, RATE)
        for h, p in zip(heights, peaks, strict=True)
    )
    voltage = voltage - 65 + np.random.default_rng(0).normal(0, 0.05, voltage.size)
    recording = from_arrays(voltage[None], unit="mV", sampling_rate="20 kHz")
    count = spikes(recording).estimates[0]
    assert (count.low, count.value, count.high) == (3, 4, 5)


def test_intervals_that_follow_a_ramp_are_no_adaptation():
    peaks = [150.0, 250.0, 330.0, 390.0, 430.0]
    level = np.clip((np.arange(12_000) / RATE - 100) / 400, 0, 1) * 100
    epochs = [
        Epoch("pre", EpochKind.HOLD, 0, 100, "command", 0.0),
        Epoch("A", EpochKind.RAMP, 100, 500, "command", 100.0, 0.0),
        Epoch("post", EpochKind.HOLD, 500, 600, "command", 100.0),
    ]
    recording = from_arrays(
        trace(SHAPE, peaks, 600.0, RATE),
        unit="mV",
        sampling_rate="20 kHz",
        command=level,
        command_unit="pA",
        epochs=epochs,
    )
    found = {e.name: e for e in spikes(recording).estimates if e.epoch == "A"}
    assert found["spike_count"].value == 5
    assert found["mean_interspike_interval"].value == pytest.approx(70, abs=0.1)
    assert found["adaptation_index"].status is Status.NO_STEP
    assert "not constant" in found["adaptation_index"].reason
