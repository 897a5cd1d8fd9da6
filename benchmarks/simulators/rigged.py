"""The workload behind a whole amplifier: a voltage-clamp family through pipette and compensation.

The squid axon's membrane of 100 pF behind a pipette of 10 MOhm and 4 pF, an amplifier that corrects
and predicts 70 % of the series resistance and cancels both capacitances: nine equations, of which
the fastest settles within a microsecond. Only numbers and NumPy belong here, because every
simulator's own environment imports this file; SciPy is imported where the reference is made.

References
----------
Lei, C. L. et al. (2020), Phil. Trans. R. Soc. A 378, 20190348, doi:10.1098/rsta.2019.0348: the
amplifier; its equations are written in `derivative`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.simulators import workloads as w

CAPACITANCE, RESISTANCE, PIPETTE_CAPACITANCE = 100.0, 0.01, 4.0
"""Of the cell [pF], and of the pipette [GOhm, pF]."""
SHARE = 0.7
"""Of the series resistance that is corrected and predicted."""
CLAMP, SUMMING, RESPONSE = 0.0008, 0.04, 0.0075
"""Time constants of clamp, summing amplifier and current monitor [ms]."""
LEVELS = np.arange(-80.0, 70.1, 5.0)
HOLDING, STARTS, ENDS, DURATION, GRID = -80.0, 10.0, 40.0, 50.0, 0.02
SETTLED = 2.0
"""What comes before is not compared: pipette and amplifier settle from where they start [ms]."""
AREA = CAPACITANCE * 1e-6 / w.CAPACITANCE
"""[cm2]"""


def start() -> Any:
    """Return potential, gates, pipette, clamp, estimate and measured current at the beginning."""
    a = w.rates(np.array(HOLDING))
    gates = [float(a[i] / (a[i] + a[i + 1])) for i in (0, 2, 4)]
    return np.array([HOLDING, *gates, HOLDING, HOLDING, HOLDING, 0.0])


def derivative(state: Any, command: Any) -> Any:
    """Return the time derivative of (8, sweep) states at commands [mV]; currents in pA."""
    v, m, h, n, pipette, clamp, estimate, measured = state
    opening_m, closing_m, opening_h, closing_h, opening_n, closing_n = w.rates(v)
    outward = (
        w.SODIUM * m**3 * h * (v - w.SODIUM_REVERSAL)
        + w.POTASSIUM * n**4 * (v - w.POTASSIUM_REVERSAL)
        + w.LEAK * (v - w.LEAK_REVERSAL)
    )
    into_cell = (pipette - v) / RESISTANCE
    d_estimate = (command - estimate) / ((1.0 - SHARE) * RESISTANCE * CAPACITANCE)
    predicted = SHARE * RESISTANCE * (measured + CAPACITANCE * d_estimate)
    d_clamp = (command + predicted - clamp) / SUMMING
    d_pipette = (clamp - pipette) / CLAMP
    current = (
        into_cell
        + PIPETTE_CAPACITANCE * d_pipette
        - PIPETTE_CAPACITANCE * d_clamp
        - CAPACITANCE * d_estimate
    )
    return np.array(
        [
            (into_cell - 1e6 * AREA * outward) / CAPACITANCE,
            opening_m * (1.0 - m) - closing_m * m,
            opening_h * (1.0 - h) - closing_h * h,
            opening_n * (1.0 - n) - closing_n * n,
            d_pipette,
            d_clamp,
            d_estimate,
            (current - measured) / RESPONSE,
        ]
    )


def family() -> dict[str, Any]:
    """Return the reference: the measured current [pA], one row a sweep, by Radau at 1e-10."""
    from scipy.integrate import solve_ivp

    rows = []
    for level in LEVELS:
        state, found = start(), []
        for begins, ends, command in (
            (0.0, STARTS, HOLDING),
            (STARTS, ENDS, level),
            (ENDS, DURATION, HOLDING),
        ):
            times = begins + np.arange(round((ends - begins) / GRID) + 1) * GRID
            done = solve_ivp(
                lambda _, y, command=command: derivative(y, command),
                (times[0], times[-1]),
                state,
                method="Radau",
                t_eval=times,
                rtol=1e-10,
                atol=1e-9,
            )
            if not done.success:
                raise RuntimeError(f"the reference did not finish: {done.message}")
            state = done.y[:, -1]
            found.append(done.y[7, :-1])
        rows.append(np.concatenate(found))
    return {"current": np.array(rows)}


def error(current: Any, reference: dict[str, Any]) -> dict[str, float]:
    """Compare measured currents [pA], one row a sweep, every `GRID` ms."""
    expected = reference["current"]
    late = np.arange(expected.shape[1]) * GRID > SETTLED
    difference = (np.asarray(current) - expected)[:, late] / np.abs(expected).max()
    return {
        "current_error_percent": 100.0 * float(np.abs(difference).max()),
        "current_rms_percent": 100.0 * float(np.sqrt(np.mean(difference**2))),
    }
