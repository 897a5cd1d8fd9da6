"""Philox4x32-10 against the vectors published with it (Salmon et al. 2011, Random123's
kat_vectors), and the numbers made of its words against their distributions."""

import numpy as np
import pytest
from scipy import stats

from loligo.engine.support.random import normals, philox, uniforms

ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_published_vectors(counter, key, words):
    found = philox(*(np.uint64(x) for x in (*counter, *key)))
    assert tuple(int(word) for word in found) == words


def test_uniform_numbers_are_made_of_the_words():
    # The counter of these arguments is (3, 2, 4, 5) and the key (7, 1): the upper 27 and 26 bits.
    words = [int(w) for w in philox(*(np.uint64(x) for x in (3, 2, 4, 5, 7, 1)))]
    expected = [((a >> 5) * 2**26 + (b >> 6)) / 2**53 for a, b in (words[:2], words[2:])]
    assert list(uniforms(7, 1, 2, 3, 4, 5)) == expected


def test_late_steps_are_other_numbers():
    steps = [0, 1, 2**32, 2**32 + 1, 2**47]
    assert len({uniforms(1, 2, 3, step, 4, 0) for step in steps}) == len(steps)


def test_uniform_numbers_are_uniform_and_runs_independent():
    pairs = np.array(
        [uniforms(1, cell, sweep, 0, 0, 0) for cell in range(100) for sweep in range(50)]
    )
    assert stats.kstest(pairs.ravel(), "uniform").pvalue > 1e-3
    others = np.array([uniforms(2, cell, 0, 0, 0, 0)[0] for cell in range(5000)])
    for a, b in ((pairs[:, 0], pairs[:, 1]), (pairs[1:, 0], pairs[:-1, 0]), (pairs[:, 0], others)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(a.size)


def test_normal_numbers_are_normal():
    cells, sweeps = np.divmod(np.arange(20_000), 100)
    found = normals(5, cells, sweeps, 9)
    assert stats.kstest(found, "norm").pvalue > 1e-3
