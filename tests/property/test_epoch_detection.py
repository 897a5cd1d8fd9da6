"""Random step protocols: edges and levels are found, exactly where there is no noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loligo.errors import SelectionError
from loligo.recording.epochs import detect_epochs
from loligo.recording.sweep import EpochKind

LEVELS = st.integers(-30, 30).map(lambda n: 5.0 * n)


@st.composite
def step_protocols(draw: st.DrawFn, shortest: int) -> tuple[list[float], list[int]]:
    count = draw(st.integers(2, 7))
    levels = [draw(LEVELS)]
    while len(levels) < count:
        levels.append(draw(LEVELS.filter(lambda level: level != levels[-1])))
    lengths = [draw(st.integers(shortest, 10 * shortest)) for _ in levels]
    return levels, lengths


@given(step_protocols(3))
@settings(deadline=None, max_examples=150)
def test_steps_without_noise_are_found_to_the_sample(
    protocol: tuple[list[float], list[int]],
) -> None:
    levels, lengths = protocol
    epochs = detect_epochs(np.repeat(levels, lengths), 1.0, "command")
    edges = np.concatenate([[0], np.cumsum(lengths)])
    assert [epoch.start for epoch in epochs] == edges[:-1].tolist()
    assert [epoch.stop for epoch in epochs] == edges[1:].tolist()
    assert [epoch.level for epoch in epochs] == levels


@given(step_protocols(100), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_noisy_steps_are_found_within_a_sample(
    protocol: tuple[list[float], list[int]], seed: int
) -> None:
    levels, lengths = protocol
    noise = 0.2
    rng = np.random.default_rng(seed)
    command = np.repeat(levels, lengths) + noise * rng.standard_normal(sum(lengths))
    epochs = detect_epochs(command, 20.0, "command")
    edges = np.concatenate([[0], np.cumsum(lengths)]) / 20.0
    assert [epoch.start for epoch in epochs] == pytest.approx(edges[:-1], abs=0.051)
    assert [epoch.level for epoch in epochs] == pytest.approx(levels, abs=6 * noise / 10)


@given(st.floats(-100, 100), st.floats(-100, 100), st.integers(20, 200))
@settings(deadline=None, max_examples=60)
def test_a_ramp_between_two_levels(first: float, last: float, length: int) -> None:
    if abs(last - first) < 1:
        last = first + 1
    ramp = np.linspace(first, last, length, endpoint=False)
    command = np.concatenate([np.full(50, first), ramp, np.full(50, last)])
    epochs = detect_epochs(command, 10.0)
    assert [epoch.kind for epoch in epochs][1] is EpochKind.RAMP
    assert epochs[1].start_level == pytest.approx(first, abs=abs(last - first) * 1.01 / length)
    assert epochs[1].level == pytest.approx(last, abs=abs(last - first) * 1.01 / length)
    assert epochs[1].duration == pytest.approx(length / 10.0, abs=0.21)


def test_labels_run_from_pre_to_post() -> None:
    command = np.repeat([-70.0, -80.0, -70.0, -60.0, -70.0], 100)
    epochs = detect_epochs(command, 10.0, "command", start=5.0)
    assert [epoch.label for epoch in epochs] == ["pre", "A", "B", "C", "post"]
    kinds = [epoch.kind.value for epoch in epochs]
    assert kinds == ["hold", "step", "hold", "step", "hold"]
    assert epochs[0].start == 5.0
    assert {epoch.source for epoch in epochs} == {"detected"}
    assert {epoch.channel for epoch in epochs} == {"command"}


def test_a_constant_command_is_one_hold() -> None:
    (epoch,) = detect_epochs(np.full(1000, -70.0), 10.0)
    assert (epoch.label, epoch.kind, epoch.level) == ("A", EpochKind.HOLD, -70.0)


@pytest.mark.parametrize("frequency", [0.02, 0.2])
def test_a_sine_is_a_waveform_not_a_level(frequency: float) -> None:
    time = np.arange(100_000) / 10.0
    epochs = detect_epochs(20 * np.sin(2 * np.pi * frequency * time), 10.0)
    assert {epoch.kind for epoch in epochs} == {EpochKind.WAVEFORM}


def test_a_chirp_between_levels_is_one_waveform() -> None:
    time = np.arange(80_000) / 10.0
    chirp = 20 * np.sin(2 * np.pi * (0.0005 * time + 0.5 * 2.5e-6 * time**2))
    command = np.concatenate([np.zeros(5000), chirp, np.zeros(5000)])
    epochs = detect_epochs(command, 10.0)
    assert EpochKind.WAVEFORM in {epoch.kind for epoch in epochs}


@pytest.mark.parametrize("bad", [[[1.0, 2.0]], [1.0, np.nan, 2.0]])
def test_what_cannot_be_searched_is_refused(bad: list[float]) -> None:
    with pytest.raises(SelectionError, match="one-dimensional and finite"):
        detect_epochs(bad, 10.0)


def test_an_empty_command_has_no_epochs() -> None:
    assert detect_epochs([], 10.0) == ()
