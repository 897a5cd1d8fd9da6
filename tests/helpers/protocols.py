"""Hypothesis strategies for every class of a protocol, by class."""

from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from loligo.protocol import (
    Hold,
    LeakPulses,
    Noise,
    Protocol,
    Pulses,
    Ramp,
    Series,
    Shock,
    Sine,
    Step,
    Tone,
    Wave,
    Waveform,
    Zap,
    series,
)

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: x + 0.0)
POSITIVE = st.floats(1e-3, 1e6)
DIMENSIONS = ("voltage", "current", "current_density", "conductance")
UNITS = {"voltage": "mV", "current": "pA", "current_density": "uA/cm2", "conductance": "nS"}
LABELS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: " ".join(text.split())
)


def _series(values: st.SearchStrategy[float], count: int, dimension: str, above: bool = False):
    one = values.map(lambda v: (v,))
    many = st.lists(values, min_size=count, max_size=count).map(tuple)
    listed = st.one_of(one, many) if count > 1 else one
    flags = st.booleans() if above else st.just(False)
    return st.builds(Series, listed, st.just(dimension), flags)


@lru_cache
def levels(count: int, dimension: str):
    regular = st.builds(
        lambda first, step: series(
            first / 10, (first + step * (count - 1)) / 10, step / 10, UNITS[dimension]
        ),
        st.integers(-2000, 2000),
        st.integers(1, 300),
    )
    irregular = _series(NUMBERS, count, dimension, above=True)
    return st.one_of(irregular, regular) if count > 1 else irregular


@lru_cache
def differences(count: int, dimension: str):
    return _series(NUMBERS, count, dimension)


@lru_cache
def times(count: int, low: float = 0.5, high: float = 5000.0):
    return _series(st.floats(low, high), count, "time")


@lru_cache
def frequencies(count: int):
    return _series(st.floats(1e-4, 5.0), count, "frequency")


@lru_cache
def _fraction(count: int):
    return _series(st.floats(-4, 4).map(lambda x: x + 0.0), count, "fraction")


@lru_cache
def _seeds(count: int):
    return _series(st.integers(0, 10**9).map(float), count, "fraction")


@lru_cache
def tones(count: int, dimension: str):
    return st.builds(Tone, differences(count, dimension), frequencies(count), _fraction(count))


@lru_cache
def waveforms(count: int, dimension: str):
    row = st.lists(NUMBERS, min_size=2, max_size=5).map(
        lambda values: np.array(values, dtype=np.float64).tobytes()
    )
    rows = st.lists(row, min_size=count, max_size=count).map(tuple)
    return st.builds(
        Waveform, st.one_of(row.map(lambda r: (r,)), rows), st.just(dimension), st.booleans()
    )


@lru_cache
def _noise(count: int, dimension: str):
    correlated = {"correlation_time": times(count, 10.0), "bandwidth": st.none()}
    banded = {
        "correlation_time": st.none(),
        "bandwidth": _series(st.floats(0.02, 0.4), count, "frequency"),
    }
    return st.one_of(
        *(
            st.builds(
                Noise,
                differences(count, dimension),
                times(count, 100.0, 200.0),
                LABELS,
                seed=_seeds(count),
                interval=times(count, 0.5, 1.0),
                about=st.none() | levels(count, dimension),
                **kind,
            )
            for kind in (correlated, banded)
        )
    )


@lru_cache
def epochs(count: int, dimension: str) -> dict[type, Any]:
    """Return a strategy for each class of epoch, of `count` sweeps."""
    level, maybe = levels(count, dimension), st.none() | levels(count, dimension)
    difference, time = differences(count, dimension), times(count)
    made = {
        Hold: st.builds(Hold, time, LABELS),
        Step: st.builds(Step, level, time, LABELS),
        Ramp: st.builds(Ramp, level, time, LABELS, start=maybe),
        Pulses: st.builds(
            Pulses,
            level,
            times(count, 0.01, 0.4),
            times(count, 0.5, 50.0),
            times(count, 0.5, 300.0),
            LABELS,
            base=maybe,
            biphasic=st.booleans(),
        ),
        Sine: st.builds(
            Sine,
            difference,
            frequencies(count),
            time,
            LABELS,
            phase=_fraction(count),
            about=maybe,
            also=st.lists(tones(count, dimension), max_size=2),
        ),
        Zap: st.builds(
            Zap,
            difference,
            frequencies(count),
            frequencies(count),
            time,
            LABELS,
            about=maybe,
            spacing=st.sampled_from(["linear", "exponential"]),
        ),
        Noise: _noise(count, dimension),
        Wave: st.builds(
            Wave,
            waveforms(count, dimension),
            times(count, 0.01, 1.0),
            LABELS,
            factor=_fraction(count),
            interpolation=st.sampled_from(["hold", "linear"]),
        ),
    }
    charge = {"current": "charge", "current_density": "charge_density"}.get(dimension)
    if charge is not None:
        made[Shock] = st.builds(Shock, _series(NUMBERS, count, charge), LABELS)
    return made


@lru_cache
def leaks(count: int, dimension: str):
    return st.builds(
        LeakPulses,
        st.integers(1, 8),
        inverted=st.booleans(),
        level=st.none() | levels(count, dimension),
    )


@st.composite
def protocols(draw):
    """Draw a protocol of any dimension, with any epochs."""
    count, dimension = draw(st.integers(1, 4)), draw(st.sampled_from(DIMENSIONS))
    kinds = epochs(count, dimension)
    listed = draw(st.lists(st.one_of(*kinds.values()), max_size=3))
    listed.append(draw(kinds[Step]))  # a shock needs an epoch after it
    seen: set[str] = set()
    kept = [e for e in listed if not e.label or not (e.label in seen or seen.add(e.label))]
    kept = kept if kept[-1].verb != "shock" else [*kept, draw(times(1).map(Hold))]
    holding = draw(_series(NUMBERS, count, dimension))
    varies = holding.varies or any(True for epoch in kept for _ in epoch.counts())
    return Protocol(
        draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=10)),
        kept,
        holding=holding,
        sweep_interval=draw(st.none() | times(1, 1e6, 1e7)),
        sweeps=1 if varies else draw(st.integers(1, 5)),
        leak=draw(st.none() | leaks(count if varies else 1, dimension)),
        source=draw(LABELS),
    )
