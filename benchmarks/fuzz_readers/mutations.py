"""The ways a file gets damaged; each takes the bytes and a seeded generator."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

HEADER = 4096
"""Most structure of most formats is in the first bytes."""

Mutation = Callable[[bytearray, random.Random], bytearray]

_EXTREMES = (
    struct.pack("<i", -1),
    struct.pack("<i", 0),
    struct.pack("<i", 2**31 - 1),
    struct.pack("<i", -(2**31)),
    struct.pack(">i", 2**31 - 1),
    struct.pack("<h", -1),
    struct.pack("<h", 2**15 - 1),
    struct.pack("<h", 0),
    struct.pack("<q", 2**63 - 1),
    struct.pack("<q", -1),
    struct.pack("<f", float("nan")),
    struct.pack("<f", float("inf")),
    struct.pack("<f", 0.0),
    struct.pack("<d", 1e308),
    struct.pack("<d", float("nan")),
)


def _place(data: bytearray, generator: random.Random) -> int:
    """Choose an offset: half of the time in the header."""
    reach = min(HEADER, len(data)) if generator.random() < 0.5 else len(data)
    return generator.randrange(reach)


def _length(data: bytearray, generator: random.Random) -> int:
    """Choose the length of a block: from one byte to a quarter of the file, small ones oftener."""
    largest = max(2, len(data) // 4)
    return max(1, round(largest ** generator.random()))


def flip_header_bits(data: bytearray, generator: random.Random) -> bytearray:
    """Flip one to eight bits of the header."""
    reach = min(HEADER, len(data))
    for _ in range(generator.randint(1, 8)):
        data[generator.randrange(reach)] ^= 1 << generator.randrange(8)
    return data


def flip_bits(data: bytearray, generator: random.Random) -> bytearray:
    """Flip one to 64 bits anywhere."""
    for _ in range(generator.randint(1, 64)):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    return data


def truncate(data: bytearray, generator: random.Random) -> bytearray:
    """Cut the end off (sometimes almost everything)."""
    return data[: _place(data, generator)]


def _overwrite(data: bytearray, at: int, block: bytes) -> bytearray:
    data[at : at + len(block)] = block[: len(data) - at]
    return data


def zero_block(data: bytearray, generator: random.Random) -> bytearray:
    """Overwrite a block with zeros, as a disk that lost it."""
    return _overwrite(data, _place(data, generator), bytes(_length(data, generator)))


def fill_block(data: bytearray, generator: random.Random) -> bytearray:
    """Overwrite a block with 0xFF, as erased flash memory."""
    return _overwrite(data, _place(data, generator), b"\xff" * _length(data, generator))


def random_block(data: bytearray, generator: random.Random) -> bytearray:
    """Overwrite a block with random bytes."""
    block = generator.randbytes(_length(data, generator))
    return _overwrite(data, _place(data, generator), block)


def duplicate_block(data: bytearray, generator: random.Random) -> bytearray:
    """Insert a copy of a block, shifting what follows."""
    at, length = _place(data, generator), _length(data, generator)
    return data[:at] + data[at : at + length] + data[at:]


def remove_block(data: bytearray, generator: random.Random) -> bytearray:
    """Take a block out, shifting what follows."""
    at, length = _place(data, generator), _length(data, generator)
    return data[:at] + data[at + length :]


def extreme_number(data: bytearray, generator: random.Random) -> bytearray:
    """Overwrite one to four aligned places with extreme numbers."""
    for _ in range(generator.randint(1, 4)):
        at = _place(data, generator) // 4 * 4
        data = _overwrite(data, at, generator.choice(_EXTREMES))
    return data


def swap_bytes(data: bytearray, generator: random.Random) -> bytearray:
    """Reverse the byte order of a few aligned numbers."""
    for _ in range(generator.randint(1, 16)):
        at = _place(data, generator) // 4 * 4
        data[at : at + 4] = data[at : at + 4][::-1]
    return data


def append_bytes(data: bytearray, generator: random.Random) -> bytearray:
    """Add random bytes at the end."""
    return data + generator.randbytes(_length(data, generator))


MUTATIONS: tuple[Mutation, ...] = (
    flip_header_bits,
    flip_bits,
    truncate,
    zero_block,
    fill_block,
    random_block,
    duplicate_block,
    remove_block,
    extreme_number,
    swap_bytes,
    append_bytes,
)


def mutant(original: bytes, seed: int, sample: str, index: int) -> tuple[str, bytes]:
    """Return one damaged copy and the name of what was done to it.

    Parameters
    ----------
    original : bytes
    seed : int
        Of the whole run.
    sample : str
        The file's name; with `seed` and `index` it determines the mutant.
    index : int
        Number of the mutant of this sample.
    """
    generator = random.Random(f"{seed}/{sample}/{index}")
    mutation = generator.choice(MUTATIONS)
    while True:
        damaged = bytes(mutation(bytearray(original), generator))
        if damaged != original:
            return mutation.__name__, damaged
