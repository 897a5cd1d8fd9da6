"""Whatever was recorded, `analyze` answers with values that make sense or reasons why not."""

import math

import numpy as np
import pytest
from spike_shapes import Shape, trace

import loligo
from loligo.terms import TERMS

COMMANDS = ("none", "zero", "step", "up", "steps", "ramp", "sample", "gap", "chirp", "late")
RESPONSES = (
    "zero",
    "constant",
    "noise",
    "resistor",
    "membrane",
    "upside_down",
    "spikes",
    "huge",
    "gap",
    "infinite",
    "clipped",
    "drift",
)


def command(kind: str, count: int, index: int, rate: float, rng) -> np.ndarray | None:
    time = np.arange(count) / rate
    first, last = count // 4, max(3 * count // 4, count // 4 + 1)
    level = float(rng.choice([-100.0, -10.0, -1.0, 20.0])) * (1 + index)
    made = np.zeros(count)
    if kind == "none":
        return None
    if kind == "step":
        made[first:last] = -abs(level)
    elif kind == "up":
        made[first:last] = abs(level)
    elif kind == "steps":
        made[first:last] = level
        made[first : first + max(count // 20, 1)] = -2 * level
    elif kind == "ramp":
        made[first:last] = np.linspace(0, level, last - first)
    elif kind == "sample":
        made[first] = level
    elif kind == "gap":
        made[first:last] = level
        made[last - 1] = np.nan
    elif kind == "chirp":
        made = level * np.sin(2 * np.pi * (0.5 + 10 * time / (count / rate) / 1e3) * time / 20)
    elif kind == "late":
        made[-max(count // 50, 1) :] = level
    return made


def response(kind: str, given_: np.ndarray | None, count: int, rate: float, rng) -> np.ndarray:
    driven = np.zeros(count) if given_ is None else np.nan_to_num(given_)
    noise = rng.normal(0, 0.3, count)
    if kind == "zero":
        return np.zeros(count)
    if kind == "constant":
        return np.full(count, -71.3)
    if kind == "noise":
        return -65 + noise
    if kind == "resistor":
        return -65 + 0.2 * driven
    if kind in {"membrane", "upside_down", "drift", "clipped"}:
        keep = math.exp(-1 / (rate * 15))
        slow = np.empty(count)
        level = 0.0
        for place, value in enumerate(driven):
            level = keep * level + (1 - keep) * value
            slow[place] = level
        size = -0.2 if kind == "upside_down" else 0.2
        made = -65 + size * slow + noise
        if kind == "drift":
            made += np.linspace(0, 40, count)
        return np.clip(made, -66, -64.5) if kind == "clipped" else made
    if kind == "spikes":
        length = count / rate
        return trace(Shape(), np.arange(5, length, 11.0), length, rate, 0.1)[:count]
    made = -65 + 0.2 * driven + noise
    if kind == "huge":
        return made * 1e7
    made[count // 2 : count // 2 + max(count // 30, 1)] = np.nan if kind == "gap" else np.inf
    return made


@pytest.mark.parametrize("driven_by", COMMANDS)
@pytest.mark.parametrize("clamp_mode", ["current_clamp", "voltage_clamp"])
def test_every_estimate_is_a_sensible_value_or_a_reason(clamp_mode, driven_by):
    for kind in RESPONSES:
        rng = np.random.default_rng([COMMANDS.index(driven_by), RESPONSES.index(kind)])
        count = int(rng.choice([1, 2, 7, 40, 301, 1600, 4000]))
        sweeps, rate = int(rng.integers(1, 4)), float(rng.choice([1.0, 2.0, 20.0]))
        check(clamp_mode, driven_by, kind, count, sweeps, rate, rng)


def check(clamp_mode, driven_by, kind, count, sweeps, rate, rng):
    commands = [command(driven_by, count, i, rate, rng) for i in range(sweeps)]
    rows = np.array([response(kind, c, count, rate, rng) for c in commands])
    known = {} if commands[0] is None else {"command": np.array(commands)}
    units = ("mV", "pA") if clamp_mode == "current_clamp" else ("pA", "mV")
    if known:
        known["command_unit"] = units[1]
    recording = loligo.from_arrays(rows, unit=units[0], sampling_rate=f"{rate} kHz", **known)
    for estimate in loligo.analyze(recording):
        assert estimate.name in TERMS
        ends = [end for end in (estimate.low, estimate.high) if end is not None]
        assert not any(math.isnan(end) for end in ends), estimate
        if estimate.is_ok:
            assert estimate.value is not None and math.isfinite(estimate.value), estimate
            assert estimate.definition, estimate
            if estimate.low is not None:
                assert estimate.low <= estimate.value, estimate
            if estimate.high is not None:
                assert estimate.value <= estimate.high, estimate
        else:
            assert estimate.value is None, estimate
            assert estimate.reason, estimate
