"""Channels simulated one by one against the statistics of channels (validation catalogue 12.3 to
12.5), within four standard errors."""

import numpy as np
import pytest
from counted_channels import axon, copies, held_at, two_state_cell, within

from loligo.engine import simulate

TAU = 4.0  # ms
OPEN = 0.2
RECORD = ["i.k", "k.C", "k.O", "k.open"]  # the same everywhere: one kernel serves all


def _held(n_channels, n_cells, duration, **options):
    cell = two_state_cell(n_channels)
    options = {"seed": 1, "dt": "1 ms", "sampling": "1 ms"} | options
    protocol = held_at(0, duration)
    return simulate(
        cell, protocol, stochastic=True, record=RECORD, parameters=copies(cell, n_cells), **options
    )


def test_mean_and_variance_of_the_current():
    # I = N i p and i I - I^2 / N for N = 1000, i = 1 pA, p = 0.2; samples 5 time constants apart.
    found = _held(1000, 300, 200, sampling="20 ms")["i.k"][:, 0]
    assert found.shape == (300, 10)
    assert within(found.mean(axis=1), 200.0)
    assert within(((found - 200.0) ** 2).mean(axis=1), 200.0 - 200.0**2 / 1000)


def test_number_of_open_channels_is_binomial():
    # The relative standard deviation is sqrt((1 - p) / (p N)): it falls as N^-1/2.
    for n_channels in (4, 100, 10_000):
        found = _held(n_channels, 2000, 2)["k.open"][:, 0, -1]
        relative = (found / OPEN - 1.0) ** 2 * n_channels
        assert within(relative, (1 - OPEN) / OPEN)


def test_relaxation_from_closed():
    found = _held(100, 400, 20, initial={"k.C": 1.0, "k.O": 0.0}, dt="0.5 ms")
    times = found.times
    assert within(found["k.O"][:, 0, 1:], OPEN * (1 - np.exp(-times[1:] / TAU)))
    assert (found["k.O"][:, 0, 0] == 0.0).all()
    assert (found["k.O"] * 100 + found["k.C"] * 100 == 100).all()


def test_step_of_any_length_is_exact_for_two_states():
    found = _held(100, 3000, 3, dt="3 ms", sampling="3 ms", initial={"k.O": 0, "k.C": 1})
    assert within(found.final["k.O"][:, 0], OPEN * (1 - np.exp(-3.0 / TAU)))


def test_dwell_times_of_a_single_channel():
    # Seen every 0.1 ms a state is kept with the probability p + (1 - p) exp(-dt / tau): mean times
    # of 5 and 20 ms, longer by what is missed between samples.
    step = 0.1
    found = _held(1, 40, 1000, dt="0.1 ms", sampling="0.1 ms")["k.O"][:, 0] > 0.5
    decay = np.exp(-step / TAU)
    for state, share, mean in ((True, OPEN, 5.0), (False, 1 - OPEN, 20.0)):
        expected = 1.0 / ((1 - share) * (1 - decay))  # samples
        assert expected * step == pytest.approx(mean, rel=0.03)
        here = found == state
        left = (here[:, :-1] & ~here[:, 1:]).sum(axis=1)
        assert within(left - here[:, :-1].sum(axis=1) / expected, 0.0)


def test_autocorrelation_is_exponential():
    found = _held(10, 400, 400)["i.k"][:, 0] - 2.0
    for lag in (1, 4, 12):
        products = (found[:, lag:] * found[:, :-lag]).mean(axis=1)
        assert within(products, 10 * OPEN * (1 - OPEN) * np.exp(-lag / TAU))


def test_spectrum_has_the_corner_of_the_relaxation():
    # One-sided S(0) = 4 N i^2 p (1 - p) tau = 2.56e-3 pA2/Hz; half of it at 1 / (2 pi tau).
    n, step = 500, 1.0
    found = _held(1, 500, n)["i.k"][:, 0] - OPEN
    lags = np.arange(-n + 1, n)
    covariance = OPEN * (1 - OPEN) * np.exp(-np.abs(lags) * step / TAU) * (1 - np.abs(lags) / n)
    for cycle, expected in ((2, 2.56e-3), (20, 1.28e-3)):
        frequency = cycle / (n * step)
        power = 2e-3 * step / n * np.abs(np.fft.rfft(found, axis=1)[:, cycle]) ** 2
        exact = 2e-3 * step * np.sum(covariance * np.cos(2 * np.pi * frequency * lags))
        assert exact == pytest.approx(expected, rel=0.05)
        assert within(power, exact)


def test_conductance_of_an_axon_patch():
    # 12.5: at -65 mV a mean of 0.366644 and 0.0106092 nS, a spread of 0.0851951 and 0.0145659 nS.
    cell = axon()
    area = (np.full(1500, 100.0), "um2")
    found = simulate(
        cell, held_at(-65, 2), stochastic=True, seed=3, parameters={"area": area},
        record=["k.open", "na.open"], sampling="1 ms",
    )  # fmt: skip
    assert (found.n_channels["k"] == 1800).all()
    assert (found.n_channels["na"] == 6000).all()
    for name, number, mean, spread in (
        ("k.open", 1800, 0.366644, 0.0851951),
        ("na.open", 6000, 0.0106092, 0.0145659),
    ):
        conductance = 0.02 * number * found[name][:, 0, -1]
        assert within(conductance, mean)
        assert within((conductance - mean) ** 2, spread**2)
