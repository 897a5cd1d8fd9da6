"""Protocols about the recording itself: the test pulse, and copies that subtract the leak."""

from __future__ import annotations

from typing import Any

from loligo.protocol.leak import LeakPulses
from loligo.protocol.levels import Hold, Step
from loligo.protocol.protocol import Protocol
from loligo.protocol.series import above_holding


def test_pulse(
    step: Any = "-10 mV",
    *,
    holding: Any = "-70 mV",
    before: Any = "10 ms",
    duration: Any = "20 ms",
    after: Any = "20 ms",
    sweeps: int = 20,
    sweep_interval: Any = "100 ms",
) -> Protocol:
    """Return a small step repeated: series resistance, membrane resistance and capacitance.

    Parameters
    ----------
    step : difference of level
        From the holding level.
    holding : level
    before, duration, after : time
        Of ``baseline``, ``test`` and the rest.
    sweeps : int
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Lindau, Neher 1988 Pfluegers Arch 411:137, https://doi.org/10.1007/BF00582306
    """
    return Protocol(
        "test pulse",
        [Hold(before, "baseline"), Step(above_holding(step), duration, "test"), Hold(after)],
        holding=holding,
        sweeps=sweeps,
        sweep_interval=sweep_interval,
        source="Lindau, Neher 1988, https://doi.org/10.1007/BF00582306",
    )


def pn_leak(
    protocol: Protocol, count: int = 4, *, inverted: bool = True, level: Any = None
) -> Protocol:
    """Return a protocol with small copies of each sweep before it, to subtract the leak by.

    Parameters
    ----------
    protocol : Protocol
    count : int
        N of P/N: how many copies, and how much smaller each is.
    inverted : bool
        The copies go the other way, away from where channels open: P/-N.
    level : level, optional
        Where the copies start from; the holding level by default.

    Returns
    -------
    Protocol

    References
    ----------
    Bezanilla, Armstrong 1977 J Gen Physiol 70:549, https://doi.org/10.1085/jgp.70.5.549
    """
    return protocol.replace(leak=LeakPulses(count, inverted=inverted, level=level))
