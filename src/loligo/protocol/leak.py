"""Leak subtraction by small copies of the command: P/N, as the field writes it."""

from __future__ import annotations

import re
from typing import Any

from pydantic import StrictInt

from loligo.errors import ModelError
from loligo.protocol.fields import Frozen, Level

_WRITTEN = re.compile(r"P/(-?)(\d+)(?: from (.+))?")


class LeakPulses(Frozen):
    """Play, before each sweep, N copies of it that are N times smaller.

    Parameters
    ----------
    count : int
        N, 1 or more.
    inverted : bool
        The copies go the other way: P/-N.
    level : level, optional
        Where the copies start from; the holding level by default.

    Notes
    -----
    What is linear in the command, leak and capacitive current, is the same in the sum of the
    copies (subtracted where inverted, added otherwise) as in the sweep itself; what is gated is
    not open there.

    References
    ----------
    Bezanilla, Armstrong 1977 J Gen Physiol 70:549, https://doi.org/10.1085/jgp.70.5.549
    """

    count: StrictInt
    inverted: bool = False
    level: Level | None = None

    def __init__(self, count: int, *, inverted: bool = False, level: Any = None) -> None:
        super().__init__(count=count, inverted=inverted, level=level)
        if count < 1:
            raise ModelError(f"P/N with N = {count}: at least 1 copy is needed")

    @property
    def factor(self) -> float:
        """Size of each copy relative to the sweep."""
        return (-1.0 if self.inverted else 1.0) / self.count

    def __str__(self) -> str:
        sign = "-" if self.inverted else ""
        begin = f" from {self.level}" if self.level is not None else ""
        return f"P/{sign}{self.count}{begin}"

    @classmethod
    def parse(cls, text: str) -> LeakPulses:
        """Read ``"P/4"`` or ``"P/-4 from -100 mV"``.

        Raises
        ------
        ModelError
        """
        found = _WRITTEN.fullmatch(" ".join(text.split()))
        if found is None:
            raise ModelError(f"leak = {text!r}; write 'P/4', 'P/-4' or 'P/-4 from -100 mV'")
        return cls(int(found[2]), inverted=bool(found[1]), level=found[3])
