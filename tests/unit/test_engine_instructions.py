"""The arithmetic of kernels: exponential and logarithm to two units in the last place, edges."""

import numpy as np
import pytest

from loligo.engine.compiling import load

N = 4096
"""Numbers of one call."""

SOURCE = '''"""Each function of a kernel on rows of numbers."""

from numba import njit

from loligo.engine.support.{precision} import lanes_loop, real

N = {n}


@lanes_loop
def body(s, j, unit):
    x = s[j]
    y = s[1 * N + j]
    s[2 * N + j] = exp_(x)
    s[3 * N + j] = log_(x)
    s[4 * N + j] = sqrt_(x)
    s[5 * N + j] = abs(x)
    s[6 * N + j] = max_(x, y)
    s[7 * N + j] = min_(x, y)
    s[8 * N + j] = fma(x, y, -unit)
    s[9 * N + j] = x if x < y else -y
    s[10 * N + j] = (x - y) / (x + real(3.0))


@njit(error_model="numpy")
def run(s, lanes, unit):
    body(s, 0, lanes, (unit,))
'''
ROWS = ("exp", "log", "sqrt", "abs", "max", "min", "fma", "choice", "quotient")


@pytest.fixture(scope="module", params=[np.float64, np.float32], ids=["double", "single"])
def dtype(request):
    return request.param


@pytest.fixture(scope="module")
def compute(dtype):
    """From two arrays to the result of each function by name."""
    precision = "double" if dtype is np.float64 else "single"
    run = load(SOURCE.format(precision=precision, n=N), f"functions {precision}").run

    def results(x, y=1.0):
        x = np.asarray(x, dtype=dtype)
        s = np.zeros((11, N), dtype=dtype)
        found = {name: np.empty(x.shape, dtype=dtype) for name in ROWS}
        y = np.broadcast_to(np.asarray(y, dtype=dtype), x.shape)
        for first in range(0, x.size, N):
            part = slice(first, min(first + N, x.size))
            size = part.stop - part.start
            s[0, :size], s[1, :size] = x[part], y[part]
            run(s.reshape(-1), size, dtype(1.0))
            for row, name in enumerate(ROWS, 2):
                found[name][part] = s[row, :size]
        return found

    return results


def _wide(dtype):
    """A type with more digits, in which the reference is computed."""
    return np.longdouble if dtype is np.float64 else np.float64


def _ulps(found, exact, dtype):
    return np.abs(found.astype(exact.dtype) - exact) / np.spacing(np.abs(exact).astype(dtype))


def test_exponential(compute, dtype):
    limit = 708.0 if dtype is np.float64 else 87.0
    draw = np.random.default_rng(1)
    x = np.concatenate(
        [
            draw.uniform(-limit, limit, 20_000),
            draw.uniform(-2, 2, 20_000),
            draw.normal(0, 1e-4, 2_000),
            np.log(2.0) * (np.arange(-125, 126) + 0.5),
            [0.0, limit, -limit],
        ]
    ).astype(dtype)
    exact = np.exp(x.astype(_wide(dtype)))
    assert _ulps(compute(x)["exp"], exact, dtype).max() <= 2.0
    assert compute([0.0])["exp"][0] == 1.0


def test_exponential_beyond_its_range(compute, dtype):
    """Arguments beyond count as the limit, so that nothing overflows to infinity or to zero."""
    limit = 708.0 if dtype is np.float64 else 87.0
    low, high = compute([-limit, limit])["exp"]
    found = compute([-np.inf, -1e30, -limit - 1, limit + 1, 1e30, np.inf])["exp"]
    np.testing.assert_array_equal(found, [low, low, low, high, high, high])
    assert 0 < low < 2e-38
    assert 1e37 < high < np.inf


def test_logarithm(compute, dtype):
    tiny, huge = np.log10(np.finfo(dtype).tiny), np.log10(np.finfo(dtype).max)
    draw = np.random.default_rng(2)
    x = np.concatenate(
        [
            10.0 ** draw.uniform(tiny, huge, 20_000),
            draw.uniform(0.5, 2.0, 20_000),
            1.0 + draw.normal(0, 1e-4, 2_000),
            np.sqrt(0.5) * 2.0 ** np.arange(-100, 101),
            [np.finfo(dtype).tiny, np.finfo(dtype).max],
        ]
    ).astype(dtype)
    x = x[x >= np.finfo(dtype).tiny]
    exact = np.log(x.astype(_wide(dtype)))
    found = compute(x)["log"]
    away = exact != 0
    assert _ulps(found[away], exact[away], dtype).max() <= 2.0
    assert compute([1.0])["log"][0] == 0.0


def test_logarithm_at_its_edges(compute):
    found = compute([0.0, -0.0, -1.0, -np.inf, np.inf, np.nan])["log"]
    np.testing.assert_array_equal(found, [-np.inf, -np.inf, np.nan, np.nan, np.inf, np.nan])


def test_what_is_no_number_stays_none(compute):
    found = compute([np.nan], 2.0)
    for name in ("exp", "log", "sqrt", "abs", "fma", "quotient"):
        assert np.isnan(found[name][0]), name
    assert np.isnan(compute([-1.0])["sqrt"][0])


def test_the_larger_and_the_smaller(compute):
    """The second where they do not compare, in either place."""
    x, y = [1.0, 3.0, -2.0, np.nan, 1.0, np.inf], [2.0, -3.0, -2.0, 1.0, np.nan, 5.0]
    found = compute(x, y)
    np.testing.assert_array_equal(found["max"], [2.0, 3.0, -2.0, 1.0, np.nan, np.inf])
    np.testing.assert_array_equal(found["min"], [1.0, -3.0, -2.0, 1.0, np.nan, 5.0])
    np.testing.assert_array_equal(found["choice"], [1.0, 3.0, 2.0, -1.0, np.nan, -5.0])


def test_a_fused_product_is_rounded_once(compute, dtype):
    """``(1 + e) (1 - e) - 1`` is ``-e^2``; a product that is rounded first gives 0."""
    e = np.finfo(dtype).eps
    assert compute([1 + e], 1 - e)["fma"][0] == -(e**2)


def test_the_rest_is_correctly_rounded(compute, dtype):
    draw = np.random.default_rng(3)
    x, y = draw.uniform(0.1, 10, (2, 5000)).astype(dtype)
    found = compute(x, y)
    np.testing.assert_array_equal(found["sqrt"], np.sqrt(x))
    np.testing.assert_array_equal(found["abs"], np.abs(x))
    np.testing.assert_array_equal(found["quotient"], (x - y) / (x + dtype(3.0)))


def test_results_do_not_depend_on_the_place_among_the_lanes(compute):
    """Vector instructions and the loop over the rest give the same bits."""
    x = np.random.default_rng(4).uniform(0.1, 30, 67)
    whole = compute(x, 2.0)
    for i in range(0, 67, 11):
        alone = compute(x[i : i + 1], 2.0)
        for name in ROWS:
            assert alone[name][0] == whole[name][i], name
