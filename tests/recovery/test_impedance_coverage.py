"""How often the intervals of an impedance hold the truth of a simulated membrane."""

import chirps
import numpy as np
import pytest

from loligo.analysis.impedance import impedance

RATE, TRIALS = 0.5, 40


@pytest.mark.parametrize(
    ("cell", "kind"),
    [(chirps.rc(), "linear"), (chirps.resonant(slow=5.0), "exponential")],
    ids=["rc", "resonant"],
)
def test_intervals_hold_the_truth(cell, kind):
    played = chirps.chirp(duration=5000.0, first=0.0004, kind=kind)
    clean = -65 + chirps.respond(cell, played, RATE)
    curve, phase, limits, values = [], [], [], []
    for seed in range(TRIALS):
        rng = np.random.default_rng(seed)
        noise = chirps.coloured(rng, (3, played.size), RATE, rng.uniform(0.1, 0.4), 12.0)
        found = impedance(chirps.recording(played, clean + noise, RATE))
        truth = cell(2j * np.pi * found.frequency)
        size, angle = np.abs(truth), np.angle(truth)
        curve.append(np.mean((found.magnitude_low <= size) & (size <= found.magnitude_high)))
        phase.append(np.mean((found.phase_low <= angle) & (angle <= found.phase_high)))
        limit = found.estimate("low_frequency_impedance")
        if limit.is_ok:
            limits.append(limit.low <= cell(0.0) <= limit.high)
            values.append(limit.value / cell(0.0))
    assert 0.92 <= np.mean(curve) <= 0.98
    assert 0.92 <= np.mean(phase) <= 0.98
    assert len(limits) >= 0.8 * TRIALS
    assert np.mean(limits) >= 0.88  # 95 % less two standard errors of 40 trials
    assert np.mean(values) == pytest.approx(1, abs=0.02)
