"""Whatever small recording is written as NWB is read back unchanged."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from loligo.recording import (
    Channel,
    ClampMode,
    Electrode,
    Epoch,
    EpochKind,
    Provenance,
    Recording,
    RigState,
    Role,
    Sweep,
    Tag,
    Trace,
    Truth,
    compare,
    read,
    write_nwb,
)

finite = st.floats(-1e6, 1e6)
positive = st.floats(1e-3, 1e3)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
gains = st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6)
names = st.text("abc µ/:\x00.", min_size=1, max_size=4)
stored = st.one_of(
    arrays.arrays(np.int16, st.integers(0, 20)),
    arrays.arrays(np.float64, st.integers(0, 20), elements=finite),
    arrays.arrays(np.float32, st.integers(0, 20), elements=st.floats(-1e6, 1e6, width=32)),
)
UNITS = {
    (Role.RESPONSE, ClampMode.VOLTAGE_CLAMP): "pA",
    (Role.RESPONSE, ClampMode.CURRENT_CLAMP): "mV",
    (Role.RESPONSE, ClampMode.ZERO_CURRENT): "mV",
    (Role.COMMAND, ClampMode.VOLTAGE_CLAMP): "mV",
    (Role.COMMAND, ClampMode.CURRENT_CLAMP): "pA",
}
rigs = st.none() | st.builds(
    RigState,
    capacitance_fast=st.none() | positive,
    series_resistance_correction=st.none() | st.floats(0, 1),
    bridge_balance=st.none() | finite,
    bias_current=st.none() | finite,
    filter_frequency=st.none() | positive,
)


@st.composite
def channels(draw: st.DrawFn, name: str) -> Channel:
    kind = draw(st.sampled_from([*UNITS, None]))
    electrode = draw(st.sampled_from(["e", "f/g", ""]))
    if kind is None:
        unit = draw(st.sampled_from(["", "mmHg", "mV", "degC", "lux"]))
        return Channel(name, Role.AUXILIARY, unit, None, electrode, unit, draw(words))
    return Channel(name, kind[0], UNITS[kind], kind[1], electrode, "V", draw(words))


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    labels = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    entries = tuple(draw(channels(name)) for name in labels)
    traces = st.builds(Trace, stored, positive, gains, finite, st.floats(0, 100), rigs)
    epochs = st.builds(
        Epoch, words, st.sampled_from(EpochKind), finite, finite,
        st.sampled_from(["", *labels]), st.none() | finite, st.none() | finite,
    )  # fmt: skip
    sweeps = tuple(
        Sweep(
            draw(st.integers(-3, 2**33)),
            draw(st.floats(0, 1e6)),
            {n: draw(traces) for n in labels if draw(st.booleans())},
            tuple(draw(st.lists(epochs, max_size=2))),
            draw(words),
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    start = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1))
    start |= st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
    truth = st.none() | st.builds(Truth, st.dictionaries(words, st.floats(allow_nan=False)), words)
    return Recording(
        channels=entries,
        sweeps=sweeps,
        provenance=Provenance(draw(words), protocol=draw(words), comment=draw(words)),
        electrodes=tuple(Electrode(n, draw(words)) for n in ("e", "f/g") if draw(st.booleans())),
        start_time=draw(start),
        tags=tuple(draw(st.lists(st.builds(Tag, finite, words), max_size=2))),
        problems=tuple(draw(st.lists(words, max_size=1))),
        truth=draw(truth),
    )


@given(recordings())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_anything_comes_back_unchanged(recording: Recording) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_nwb(recording, Path(folder) / "a.nwb")
        assert compare(recording, read(path)) == ()
