"""The sampler of binomial numbers against the exact distribution (validation catalogue 12.3)."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from loligo.engine.support.binomial import binomial, exchange, spread_out
from loligo.engine.support.random import uniforms

DRAWS = 200_000


@njit
def _many(n, p, count, seed):
    found = np.empty(count)
    for step in range(count):
        u, _ = uniforms(seed, 1, 2, step, 3, 0)
        found[step] = binomial(n, p, u, seed, 1, 2, step, 3, 0)
    return found


def _surprise(values, distribution):
    """p-value of a chi-square test in bins of at least ten expected values."""
    low, high = (int(distribution.ppf(q)) for q in (1e-6, 1 - 1e-6))
    edges = np.unique(np.linspace(low - 1, high, 50).astype(int)) + 0.5
    shares = np.diff(np.concatenate([[0.0], distribution.cdf(edges), [1.0]])) * values.size
    counts = np.histogram(values, np.concatenate([[-np.inf], edges, [np.inf]]))[0]
    sizes, starts = [], []
    for index, share in enumerate(shares):
        if not sizes or sizes[-1] >= 10.0:
            sizes.append(0.0)
            starts.append(index)
        sizes[-1] += share
    if sizes[-1] < 10.0:
        rest = sizes.pop()
        sizes[-1] += rest
        starts.pop()
    return stats.chisquare(np.add.reduceat(counts, starts), sizes).pvalue


@pytest.mark.parametrize(
    ("n", "p"),
    [
        (5, 0.3),
        (1, 0.2),
        (1000, 1e-3),
        (1000, 0.999),
        (20, 0.5),
        (21, 0.5),  # just above the mean up to which the distribution is searched
        (30, 0.35),
        (60, 0.7),
        (1800, 0.010184),
        (1800, 0.3),
        (1_000_000, 0.2),
        (1_000_000_000, 1e-8),
        (1_000_000_000, 0.5),
    ],
)
def test_numbers_follow_the_exact_distribution(n, p):
    found = _many(float(n), p, DRAWS, 11)
    assert (found == np.rint(found)).all()
    assert found.min() >= 0
    assert found.max() <= n
    assert _surprise(found, stats.binom(n, p)) > 1e-3


def test_chi_square_sees_a_wrong_distribution():
    assert _surprise(_many(60.0, 0.702, DRAWS, 11), stats.binom(60, 0.7)) < 1e-6


def test_published_probabilities_of_five_channels():
    found = np.bincount(_many(5.0, 0.3, DRAWS, 4).astype(int), minlength=6) / DRAWS
    expected = np.array([0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243])
    assert (np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / DRAWS)).all()


@pytest.mark.parametrize(("n", "p", "expected"), [(0, 0.5, 0), (7, 0.0, 0), (7, 1.0, 7)])
def test_certain_numbers(n, p, expected):
    assert binomial(float(n), p, 0.99, 1, 1, 1, 1, 1, 0) == expected


@pytest.mark.parametrize("chances", [(-0.1, 0.2), (0.2, -0.1), (0.7, 0.7), (np.nan, 0.1)])
def test_impossible_chances_give_no_number(chances):
    assert np.isnan(exchange(10.0, 10.0, *chances, 1, 1, 1, 1, 1))


def test_channels_are_spread_as_a_multinomial_number():
    shares, n, runs = np.array([0.5, 0.0, 0.3, 0.2]), 40.0, 20_000
    counts = spread_out(
        np.tile(shares[:, None], runs), np.full(runs, n), 3, np.arange(runs), np.zeros(runs, int), 8
    )
    assert (counts.sum(axis=0) == n).all()
    assert (counts[1] == 0).all()
    for state in (0, 2, 3):
        assert _surprise(counts[state], stats.binom(n, shares[state])) > 1e-3
    expected = -n * shares[0] * shares[2]
    products = (counts[0] - n * shares[0]) * (counts[2] - n * shares[2])
    assert abs(products.mean() - expected) < 4 * products.std() / np.sqrt(runs)
