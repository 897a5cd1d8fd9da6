"""Damaged NMODL files: they read or are refused by an error of ours, at once, and run nothing."""

import random
import time

import pytest
from nmodl_cases import FILES

from loligo.cell.interchange.nmodl import read_nmodl
from loligo.errors import LoligoError

COUNT = 800
PIECES = (
    *(
        "{",
        "}",
        "(",
        ")",
        "=",
        "'",
        "^",
        "-",
        "*",
        "/",
        "~",
        "<->",
        "1e999",
        "0",
        "1e-320",
        '"',
        ":",
    ),
    *(
        "IF (v) {",
        "} ELSE {",
        "LOCAL",
        "SOLVE",
        "STATE {",
        "COMMENT",
        "VERBATIM",
        "FROM i = 0 TO 9 {",
    ),
    *(
        "exp(",
        "log(-1)",
        "rates(v)",
        "x' = -x",
        "__import__('os')",
        "\0",
        "\u00b5",
        "m = m + m",
        "t",
    ),
)


def damaged(text, rng):
    kind = rng.randrange(5)
    start = rng.randrange(len(text))
    end = min(len(text), start + rng.randrange(1, 40))
    if kind == 0:
        return text[:start] + text[end:]
    if kind == 1:
        return text[:start] + rng.choice(PIECES) + text[start:]
    if kind == 2:
        return text[:start] + text[start:end] * rng.randrange(2, 30) + text[end:]
    words = text.split(" ")
    if kind == 3:
        first, second = (rng.randrange(len(words)) for _ in range(2))
        words[first], words[second] = words[second], words[first]
        return " ".join(words)
    return text[:start]


def test_damaged_files_are_read_or_refused():
    rng = random.Random(20261127)
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    refused, slowest = 0, 0.0
    for _ in range(COUNT):
        text = damaged(rng.choice(texts), rng)
        begun = time.perf_counter()
        try:
            read_nmodl("\n" + text)
        except LoligoError:
            refused += 1
        slowest = max(slowest, time.perf_counter() - begun)
    assert refused > COUNT / 4
    assert slowest < 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "{" * 100_000,
        "NEURON { SUFFIX x } BREAKPOINT { i = " + "-" * 50_000 + "1 }",
        "NEURON { SUFFIX x } BREAKPOINT { i = " + "1+" * 50_000 + "1 }",
        "NEURON { SUFFIX x } BREAKPOINT { " + "IF (v) { " * 5000,
        "NEURON { SUFFIX x } ASSIGNED { a } BREAKPOINT { a = v " + "a = a*a + a " * 5000 + "}",
        "NEURON { SUFFIX x } FUNCTION f(x) { f = f(x) } ASSIGNED { a } BREAKPOINT { a = f(1) }",
        "NEURON { SUFFIX x NONSPECIFIC_CURRENT i } ASSIGNED { i } BREAKPOINT { i = f20(v) } "
        "FUNCTION f0(x) { f0 = x } "
        + " ".join(
            f"FUNCTION f{n}(x) {{ f{n} = f{n - 1}(x) + f{n - 1}(x) }}" for n in range(1, 21)
        ),
        "x\n" * 250_000,
    ],
)
def test_texts_made_to_be_slow_are_refused_at_once(text):
    begun = time.perf_counter()
    with pytest.raises(LoligoError):
        read_nmodl("\n" + text)
    assert time.perf_counter() - begun < 5
