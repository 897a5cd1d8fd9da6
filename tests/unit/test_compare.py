from dataclasses import replace

import numpy as np
import pytest

from loligo.recording import Recording, RigState, Tag, compare, from_arrays


def recording(scale: float = 1.0) -> Recording:
    return from_arrays(scale * np.linspace(-70, 0, 500), unit="mV", sampling_rate="10 kHz")


def changed_trace(**changes: object) -> Recording:
    made = recording()
    sweep = made.sweeps[0]
    trace = replace(sweep.traces["response"], **changes)
    return replace(made, sweeps=(replace(sweep, traces={"response": trace}),))


def test_equal_recordings_do_not_differ() -> None:
    assert compare(recording(), recording()) == ()


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (recording(1 + 1e-15), "sample 0 is"),
        (replace(recording(), tags=(Tag(1.0, "drug"),)), "tags: 0, 1"),
        (replace(recording(), problems=("cut",)), "problems: (), ('cut',)"),
        (replace(recording(), sweeps=()), "sweeps: 1, 0"),
        (changed_trace(rig_state=RigState(bridge_balance=0.01)), "rig_state: None, RigState"),
        (changed_trace(sampling_rate=20.0), "sampling_rate: 10.0, 20.0"),
        (changed_trace(start=1.0), "start: 0.0, 1.0"),
        (changed_trace(samples=np.zeros(3)), "500 samples, 3"),
    ],
)
def test_each_difference_is_told(other: Recording, told: str) -> None:
    assert any(told in line for line in compare(recording(), other))
    assert len(compare(recording(), other)) <= 2


def test_integers_may_differ_by_half_their_resolution() -> None:
    stored = np.arange(100, dtype=np.int16)
    a = changed_trace(samples=stored, gain=0.5)
    near = changed_trace(samples=stored, gain=0.5, offset=0.2)
    far = changed_trace(samples=stored, gain=0.5, offset=0.3)
    assert compare(a, near) == ()
    assert len(compare(a, far)) == 1
