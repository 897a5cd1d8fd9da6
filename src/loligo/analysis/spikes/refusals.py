"""Why a quantity of one spike has no value, in one small number a spike."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Refusal(IntEnum):
    """Why there is no value; zero where there is one."""

    NONE = 0
    CUT_BY_START = 1
    """The trace begins too late to show it."""
    CUT_BY_END = 2
    """The trace ends, or the command jumps, before it could be seen."""
    CUT_BY_SPIKE = 3
    """The next spike comes before it could be seen."""
    ABSENT = 4
    """It is not there: no such deflection stands out from the noise."""
    NO_BASELINE = 5
    """No baseline potential was given."""
    NOT_REACHED = 6
    """The potential does not cross the level it is measured at."""
    AT_EDGE = 7
    """The command jumps there, so that the bridge artefact is in it."""
    COARSE = 8
    """Fewer than three samples within the width at half height do not show it."""

    @property
    def words(self) -> str:
        """The reason, as it stands in tables."""
        return self.name.lower()

    @property
    def sentence(self) -> str:
        """The reason for a person who asks why there is no value."""
        return _SENTENCES[self]


_SENTENCES = {
    Refusal.NONE: "",
    Refusal.CUT_BY_START: "the sweep begins too late to show it",
    Refusal.CUT_BY_END: "the sweep ends or the command jumps before it could be seen",
    Refusal.CUT_BY_SPIKE: "the next spike comes before it could be seen",
    Refusal.ABSENT: "no such deflection stands out from the noise",
    Refusal.NO_BASELINE: "the sweep has no baseline before the stimulus",
    Refusal.NOT_REACHED: "the potential does not cross the level it is measured at",
    Refusal.AT_EDGE: "the command jumps there, so that the artefact of the bridge is in it",
    Refusal.COARSE: "fewer than three samples within the half width: sample it faster",
}


Codes = NDArray[np.uint8]


def marked(count: int, *reasons: tuple[NDArray[np.bool_], Refusal]) -> Codes:
    """Return the code of the first reason that applies to each of `count` spikes."""
    codes = np.zeros(count, dtype=np.uint8)
    for where, reason in reasons:
        codes[where & (codes == 0)] = reason
    return codes
