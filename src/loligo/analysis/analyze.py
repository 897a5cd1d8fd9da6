"""`analyze`: every estimate the clamp mode of a recording allows."""

from __future__ import annotations

from loligo.analysis.baseline import holding_estimates, resting_estimates
from loligo.analysis.estimate import Estimate
from loligo.analysis.layout import layout_of
from loligo.analysis.resistance import resistance_estimates
from loligo.recording import ClampMode, Recording


def analyze(recording: Recording) -> tuple[Estimate, ...]:
    """Analyze each response of a recording.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    tuple of Estimate
        In current clamp `resting_potential`, `baseline_potential` and `input_resistance`; in
        voltage clamp `holding_current` and `total_resistance`; with no command possible (I=0)
        `resting_potential`. Estimates of the recording come first, then those of single sweeps.
        What cannot be estimated is there too, with a status and its reason.

    See Also
    --------
    loligo.analysis.input_resistance, loligo.analysis.total_resistance : definitions.
    """
    if not isinstance(recording, Recording):
        raise TypeError(f"analyze takes a Recording, not {recording!r}; read the file first")
    estimates: list[Estimate] = []
    for response in recording.responses:
        layout = layout_of(recording, response)
        if response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
            estimates += holding_estimates(layout)
            estimates += resistance_estimates(layout, "total_resistance")
        else:
            estimates += resting_estimates(layout)
        if response.clamp_mode is ClampMode.CURRENT_CLAMP:
            estimates += resistance_estimates(layout, "input_resistance")
    return tuple(sorted(estimates, key=lambda entry: entry.sweep is not None))
