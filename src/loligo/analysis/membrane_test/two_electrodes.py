"""What a step tells of a cell that two electrodes clamp: its steady states, and no transient.

No current flows through the electrode that measures, and the amplifier charges the cell as fast as
gain and output allow: what the transient looks like is the amplifier's doing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.interval import interval_of_mean, location
from loligo.analysis.membrane_test.judge import Refusal, estimates
from loligo.analysis.membrane_test.model import Command
from loligo.analysis.membrane_test.shape import steady_ratio

NO_TRANSIENT = Refusal(
    Status.WRONG_MODE,
    "two electrodes clamp the cell, so there is no transient through a series resistance; told are "
    "total resistance and holding current, by a triangle ramp the capacitance, and by the measured "
    "potential how far the clamp is from the command (command_error)",
)
_FEWEST_SWEEPS = 3


def without_transient(
    sweeps: NDArray[np.float64], sampling_rate: float, command: Command
) -> dict[str, Estimate]:
    """Return an estimate of each quantity of the membrane test.

    Parameters
    ----------
    sweeps : (sweeps, time) array [pA]
        Identical ones.
    sampling_rate : float [kHz]
    command : Command
        Its first edge is a step.

    Returns
    -------
    dict of str to Estimate
        Total resistance and holding current; the others are refused.
    """
    if not np.isfinite(sweeps).all():
        return estimates(None, Refusal(Status.NOT_FINITE, "missing values in the current"), None)
    found = estimates(None, NO_TRANSIENT, steady_ratio(sweeps, sampling_rate, command))
    before = sweeps[:, : int(command.times[0] * sampling_rate)]
    held = (
        interval_of_mean(before.mean(axis=1))
        if len(before) >= _FEWEST_SWEEPS
        else location(before.mean(axis=0)).interval
    )
    found["holding_current"] = Estimate(
        "holding_current", held.value, held.low, held.high, Status.OK,
        definition="mean of the current before the step",
    )  # fmt: skip
    return found
