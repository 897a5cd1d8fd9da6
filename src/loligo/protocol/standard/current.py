"""Current-clamp protocols: how a cell answers steps, pulses, shocks and sweeps of frequency."""

from __future__ import annotations

from typing import Any, Literal

from loligo.protocol.levels import Hold, Shock, Step
from loligo.protocol.oscillations import Zap
from loligo.protocol.protocol import Protocol
from loligo.protocol.series import LEVELS, Series, as_series

_GOUWENS = "Gouwens et al. 2019, https://doi.org/10.1038/s41593-019-0417-0"
_LAPICQUE = "Lapicque 1907, translated 2007, https://doi.org/10.1007/s00422-007-0189-6"


def _steps(
    levels: Any,
    *,
    name: str,
    source: str,
    holding: Any = "0 pA",
    before: Any = "200 ms",
    duration: Any = "1 s",
    after: Any = "300 ms",
    sweep_interval: Any = "3 s",
) -> Protocol:
    """Return steps of current, one level for each sweep: what the families here are made of."""
    return Protocol(
        name,
        [Hold(before, "baseline"), Step(levels, duration, "test"), Hold(after, "after")],
        holding=holding,
        sweep_interval=sweep_interval,
        source=source,
    )


def long_square(levels: Any = "-100..300 pA by 20 pA", **timing: Any) -> Protocol:
    """Return long steps from hyperpolarizing to firing: passive properties and the f-I relation.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    **timing
        `holding`, `before`, `duration`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Gouwens et al. 2019 Nat Neurosci 22:1182, https://doi.org/10.1038/s41593-019-0417-0

    Examples
    --------
    >>> long_square("0..200 pA by 50 pA").n_sweeps
    5
    """
    return _steps(levels, name="long square", source=_GOUWENS, **timing)


def frequency_current(levels: Any = "0..500 pA by 20 pA", **timing: Any) -> Protocol:
    """Return rising depolarizing steps: firing frequency against current.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    **timing
        `holding`, `before`, `duration`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Gouwens et al. 2019 Nat Neurosci 22:1182, https://doi.org/10.1038/s41593-019-0417-0
    """
    return _steps(levels, name="f-I relation", source=_GOUWENS, **timing)


def hyperpolarizing_steps(levels: Any = "-200..-20 pA by 20 pA", **timing: Any) -> Protocol:
    """Return hyperpolarizing steps: input resistance, sag and rebound.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    **timing
        `holding`, `before`, `duration`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Robinson, Siegelbaum 2003 Annu Rev Physiol 65:453,
    https://doi.org/10.1146/annurev.physiol.65.092101.142734
    """
    source = "Robinson, Siegelbaum 2003, https://doi.org/10.1146/annurev.physiol.65.092101.142734"
    return _steps(levels, name="hyperpolarizing steps", source=source, **timing)


def rheobase_steps(levels: Any = "0..100 pA by 2 pA", **timing: Any) -> Protocol:
    """Return fine rising steps: the smallest long current that fires the cell.

    Parameters
    ----------
    levels : level
        Of ``test``, rising, one for each sweep.
    **timing
        `holding`, `before`, `duration`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Lapicque 1907, translated in Biol Cybern 97:341, https://doi.org/10.1007/s00422-007-0189-6
    """
    return _steps(levels, name="rheobase", source=_LAPICQUE, **timing)


def short_square(levels: Any = "100..2000 pA by 100 pA", **timing: Any) -> Protocol:
    """Return pulses of 3 ms: the threshold and the shape of a single spike.

    Parameters
    ----------
    levels : level
        Of ``test``, one for each sweep.
    **timing
        `holding`, `before`, `duration`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Gouwens et al. 2019 Nat Neurosci 22:1182, https://doi.org/10.1038/s41593-019-0417-0
    """
    times = {"before": "50 ms", "duration": "3 ms", "after": "150 ms", "sweep_interval": "1 s"}
    return _steps(levels, name="short square", source=_GOUWENS, **{**times, **timing})


def strength_duration(
    levels: Any = "100..2000 pA by 100 pA",
    widths: Any = "0.1, 0.2, 0.5, 1, 2, 5, 10, 20 ms",
    **timing: Any,
) -> Protocol:
    """Return pulses of each width at each level: threshold against duration, chronaxie.

    Parameters
    ----------
    levels : level
    widths : time
        Every level is played at the first width, then at the second, and so on.
    **timing
        `holding`, `before`, `after`, `sweep_interval`: levels and times as text.

    Returns
    -------
    Protocol

    References
    ----------
    Lapicque 1907, translated in Biol Cybern 97:341, https://doi.org/10.1007/s00422-007-0189-6
    """
    heights, times = as_series(levels, LEVELS, "levels"), as_series(widths, ("time",), "widths")
    crossed = [(level, width) for width in times.values for level in heights.values]
    given = {"before": "50 ms", "after": "150 ms", "sweep_interval": "1 s", **timing}
    return _steps(
        Series(tuple(level for level, _ in crossed), heights.dimension, heights.above_holding),
        name="strength-duration",
        source=_LAPICQUE,
        duration=Series(tuple(width for _, width in crossed), "time"),
        **given,
    )


def paired_shocks(
    intervals: Any = "2, 3, 4, 5, 6, 8, 10, 15, 20 ms",
    *,
    first: Any = "15 nC/cm2",
    second: Any = "90 nC/cm2",
    holding: Any = "0 uA/cm2",
    before: Any = "5 ms",
    after: Any = "30 ms",
    sweep_interval: Any = "1 s",
) -> Protocol:
    """Return two instantaneous charges with an interval between: refractoriness.

    Parameters
    ----------
    intervals : time
        Of ``interval``, one for each sweep.
    first, second : charge or charge density
        Of the shocks of these labels.
    holding : level
        Zero, in the unit of the current that carries such a charge.
    before, after : time
        Of ``baseline`` and ``after``.
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Hodgkin, Huxley 1952 J Physiol 117:500, https://doi.org/10.1113/jphysiol.1952.sp004764
    """
    return Protocol(
        "paired shocks",
        [
            Hold(before, "baseline"),
            Shock(first, "first"),
            Hold(intervals, "interval"),
            Shock(second, "second"),
            Hold(after, "after"),
        ],
        holding=holding,
        sweep_interval=sweep_interval,
        source="Hodgkin, Huxley 1952d, https://doi.org/10.1113/jphysiol.1952.sp004764",
    )


def zap(
    amplitude: Any = "20 pA",
    start: Any = "0.5 Hz",
    stop: Any = "40 Hz",
    *,
    spacing: Literal["linear", "exponential"] = "linear",
    holding: Any = "0 pA",
    before: Any = "1 s",
    duration: Any = "20 s",
    after: Any = "1 s",
    sweeps: int = 3,
    sweep_interval: Any = "25 s",
) -> Protocol:
    """Return a sine whose frequency sweeps: impedance and resonance.

    Parameters
    ----------
    amplitude : difference of level
    start, stop : frequency
    spacing : {"linear", "exponential"}
    holding : level
    before, duration, after : time
        Of ``baseline``, ``zap`` and ``after``.
    sweeps : int
    sweep_interval : time

    Returns
    -------
    Protocol

    References
    ----------
    Puil, Gimbarzevsky, Miura 1986 J Neurophysiol 55:995, https://doi.org/10.1152/jn.1986.55.5.995
    """
    return Protocol(
        "zap",
        [
            Hold(before, "baseline"),
            Zap(amplitude, start, stop, duration, "zap", spacing=spacing),
            Hold(after, "after"),
        ],
        holding=holding,
        sweeps=sweeps,
        sweep_interval=sweep_interval,
        source="Puil et al. 1986, https://doi.org/10.1152/jn.1986.55.5.995",
    )
