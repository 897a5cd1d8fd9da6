"""Voltage-clamp families that take currents apart: by level, by history, by time."""

from __future__ import annotations

from typing import Any

from loligo.protocol.levels import Hold, Ramp, Step
from loligo.protocol.protocol import Protocol

_DOI = "https://doi.org/10.1113/jphysiol.1952."


def current_voltage(
    levels: Any = "-80..60 mV by 10 mV",
    *,
    holding: Any = "-80 mV",
    before: Any = "20 ms",
    duration: Any = "50 ms",
    after: Any = "20 ms",
    sweep_interval: Any = "1 s",
) -> Protocol:
    """Return steps to a series of levels: the current-voltage relation.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    holding : level
    before, duration, after : time
        Of ``baseline``, ``test`` and the rest.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley, Katz 1952 J Physiol 116:424, https://doi.org/10.1113/jphysiol.1952.sp004716

    Examples
    --------
    >>> current_voltage().n_sweeps
    15
    """
    return Protocol(
        "current-voltage relation",
        [Hold(before, "baseline"), Step(levels, duration, "test"), Hold(after)],
        holding=holding,
        sweep_interval=sweep_interval,
        source=f"Hodgkin, Huxley, Katz 1952, {_DOI}sp004716",
    )


def activation(
    levels: Any = "-80..60 mV by 10 mV",
    *,
    tail: Any = "-40 mV",
    holding: Any = "-80 mV",
    before: Any = "50 ms",
    duration: Any = "500 ms",
    tail_duration: Any = "200 ms",
    after: Any = "50 ms",
    sweep_interval: Any = "5 s",
) -> Protocol:
    """Return steps to a series of levels, each followed by one tail level.

    The tail current right after ``test`` is in proportion to the conductance the step has
    activated, whatever the step's driving force was.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    tail : level
    holding : level
    before, duration, tail_duration, after : time
        Of ``baseline``, ``test``, ``tail`` and the rest.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley 1952 J Physiol 116:473, https://doi.org/10.1113/jphysiol.1952.sp004718
    """
    return Protocol(
        "activation",
        [
            Hold(before, "baseline"),
            Step(levels, duration, "test"),
            Step(tail, tail_duration, "tail"),
            Hold(after),
        ],
        holding=holding,
        sweep_interval=sweep_interval,
        source=f"Hodgkin, Huxley 1952b, {_DOI}sp004718",
    )


def tail_currents(
    levels: Any = "-120..40 mV by 10 mV",
    *,
    prepulse: Any = "40 mV",
    holding: Any = "-80 mV",
    before: Any = "50 ms",
    duration: Any = "500 ms",
    tail_duration: Any = "200 ms",
    after: Any = "50 ms",
    sweep_interval: Any = "5 s",
) -> Protocol:
    """Return one activating step followed by a series of tail levels.

    The tail currents give the instantaneous current-voltage relation, its reversal and the time
    course of deactivation.

    Parameters
    ----------
    levels : level
        Of ``tail``, one for each sweep.
    prepulse : level
    holding : level
    before, duration, tail_duration, after : time
        Of ``baseline``, ``prepulse``, ``tail`` and the rest.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley 1952 J Physiol 116:473, https://doi.org/10.1113/jphysiol.1952.sp004718
    """
    return Protocol(
        "tail currents",
        [
            Hold(before, "baseline"),
            Step(prepulse, duration, "prepulse"),
            Step(levels, tail_duration, "tail"),
            Hold(after),
        ],
        holding=holding,
        sweep_interval=sweep_interval,
        source=f"Hodgkin, Huxley 1952b, {_DOI}sp004718",
    )


def inactivation(
    levels: Any = "-120..0 mV by 10 mV",
    *,
    test: Any = "0 mV",
    holding: Any = "-80 mV",
    before: Any = "20 ms",
    conditioning: Any = "500 ms",
    duration: Any = "20 ms",
    after: Any = "20 ms",
    sweep_interval: Any = "2 s",
) -> Protocol:
    """Return a series of conditioning levels, each followed by one test level.

    The peak current in ``test`` against the conditioning level is the steady state of inactivation.

    Parameters
    ----------
    levels : level
        Of ``conditioning``, one for each sweep.
    test : level
    holding : level
    before, conditioning, duration, after : time
        Of ``baseline``, ``conditioning``, ``test`` and the rest.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley 1952 J Physiol 116:497, https://doi.org/10.1113/jphysiol.1952.sp004719
    """
    return Protocol(
        "steady-state inactivation",
        [
            Hold(before, "baseline"),
            Step(levels, conditioning, "conditioning"),
            Step(test, duration, "test"),
            Hold(after),
        ],
        holding=holding,
        sweep_interval=sweep_interval,
        source=f"Hodgkin, Huxley 1952c, {_DOI}sp004719",
    )


def recovery(
    intervals: Any = "1, 2, 5, 10, 20, 50, 100, 200, 500 ms",
    *,
    level: Any = "0 mV",
    rest: Any = "-80 mV",
    holding: Any = "-80 mV",
    before: Any = "20 ms",
    conditioning: Any = "100 ms",
    duration: Any = "20 ms",
    after: Any = "20 ms",
    sweep_interval: Any = "5 s",
) -> Protocol:
    """Return two pulses with an interval between them that grows: recovery from inactivation.

    The peak current in ``second`` over that in ``first`` is what has recovered in the interval.

    Parameters
    ----------
    intervals : time
        Of ``interval``, one for each sweep.
    level : level
        Of both pulses.
    rest : level
        Between them.
    holding : level
    before, conditioning, duration, after : time
        Of ``baseline``, ``first``, ``second`` and the rest.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley 1952 J Physiol 116:497, https://doi.org/10.1113/jphysiol.1952.sp004719
    """
    return Protocol(
        "recovery from inactivation",
        [
            Hold(before, "baseline"),
            Step(level, conditioning, "first"),
            Step(rest, intervals, "interval"),
            Step(level, duration, "second"),
            Hold(after),
        ],
        holding=holding,
        sweep_interval=sweep_interval,
        source=f"Hodgkin, Huxley 1952c, {_DOI}sp004719",
    )


def voltage_ramp(
    start: Any = "-100 mV",
    stop: Any = "60 mV",
    *,
    holding: Any = "-80 mV",
    before: Any = "100 ms",
    duration: Any = "1 s",
    after: Any = "100 ms",
    sweeps: int = 1,
    sweep_interval: Any = None,
) -> Protocol:
    """Return a straight ramp: the current-voltage relation in one sweep.

    Parameters
    ----------
    start, stop : level
    holding : level
    before, duration, after : time
        Of ``baseline``, ``ramp`` and the rest.
    sweeps : int
    sweep_interval : time, optional

    Returns
    -------
    Protocol

    Notes
    -----
    The current holds the capacitive ``C dV/dt`` throughout.

    References
    ----------
    Palti, Adelman 1969 J Membrane Biol 1:431, https://doi.org/10.1007/BF01869791
    """
    return Protocol(
        "voltage ramp",
        [Hold(before, "baseline"), Ramp(stop, duration, "ramp", start=start), Hold(after)],
        holding=holding,
        sweeps=sweeps,
        sweep_interval=sweep_interval,
        source="Palti, Adelman 1969, https://doi.org/10.1007/BF01869791",
    )
