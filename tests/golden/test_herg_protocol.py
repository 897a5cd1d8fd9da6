"""The hERG sine-wave protocol, from its description, against the one that was played."""

import numpy as np
import pytest
from scipy.io import loadmat

from loligo.protocol.standard import herg_sine_wave


def test_it_is_the_protocol_that_was_played(recordings):
    """10 kHz, one sample of holding before time 0 (the file's first step is at sample 2501)."""
    played = loadmat(recordings / "herg_mat/sine_wave_protocol.mat")["T"].ravel()
    times = (np.arange(played.size) - 1) * 0.1
    command = herg_sine_wave().command(0, times)
    assert command == pytest.approx(played, abs=1e-10)


def test_it_follows_its_formula():
    protocol = herg_sine_wave()
    t = np.linspace(3000, 6499.9, 500)
    s = t - 2500
    formula = -30 + 54 * np.sin(0.007 * s) + 26 * np.sin(0.037 * s) + 10 * np.sin(0.19 * s)
    assert protocol.command(0, t) == pytest.approx(formula, abs=1e-10)
    assert protocol.duration(0) == 8000.0
