"""Named sets of criteria: what is usual at the bench, and other programs' defaults.

Of ipfx only the documented names, meanings and default values are used; what they are applied to
here is said in each criterion.
"""

from __future__ import annotations

from loligo.analysis.quality.criteria import Comparison, Criteria, Criterion
from loligo.errors import SelectionError, suggest
from loligo.recording import ClampMode

_MOST, _LEAST, _WITHIN = Comparison.AT_MOST, Comparison.AT_LEAST, Comparison.WITHIN
_VC, _CC = ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP

_AUTOPATCHER = "Wu et al. 2016, https://doi.org/10.1152/jn.00386.2016 (table 1)"
_USUAL = "usual at the bench; no single source"
_OWN = "loligo's own"
_IPFX = "ipfx, default QC criteria (Ephys QC Criteria v1.1)"

_SIGNAL = (
    Criterion(
        "out_of_range", "saturated_share", 0.0, "%", _MOST,
        "What is out of range was not recorded.", _OWN, is_warning=True,
    ),
    Criterion(
        "patch_kept", "lost_sweep_count", 0.0, "", _MOST,
        "Sweeps after the patch was lost are not of the cell.", _OWN,
    ),
    Criterion(
        "stimulus_arrived", "unanswered_sweep_count", 0.0, "", _MOST,
        "A command that nothing answers did not reach the cell.", _OWN,
    ),
    Criterion(
        "command_as_told", "command_error", 5.0, "%", _MOST,
        "Other steps than the protocol's make every result per command wrong.", _OWN,
    ),
    Criterion(
        "mains_hum", "mains_hum_share", 50.0, "%", _MOST,
        "Hum that makes most of the noise can be had rid of at the rig.", _OWN, is_warning=True,
    ),
)  # fmt: skip

_VOLTAGE = (
    Criterion(
        "series_resistance", "series_resistance", 20.0, "MOhm", _MOST,
        "A large series resistance slows the clamp and lets the potential slip.", _USUAL, mode=_VC,
    ),
    Criterion(
        "series_resistance_change", "series_resistance_change", 20.0, "%", _WITHIN,
        "Currents before and after a change of access cannot be compared.", _USUAL, mode=_VC,
    ),
    Criterion(
        "holding_current", "holding_current", 200.0, "pA", _WITHIN,
        "A large holding current tells of a leak or a damaged cell.",
        f"{_AUTOPATCHER}: above -200 pA", is_warning=True, mode=_VC,
    ),
)  # fmt: skip

_CURRENT = (
    Criterion(
        "resting_potential", "resting_potential", -50.0, "mV", _MOST,
        "A depolarized cell is damaged, or leaks through its seal.", _USUAL, mode=_CC,
    ),
    Criterion(
        "baseline_potential_change", "baseline_potential_change", 5.0, "mV", _WITHIN,
        "Sweeps at different potentials are not repetitions.", _USUAL, is_warning=True, mode=_CC,
    ),
    Criterion(
        "input_resistance_change", "input_resistance_change", 20.0, "%", _WITHIN,
        "The cell or the access changed on the way.", _USUAL, is_warning=True, mode=_CC,
    ),
)  # fmt: skip

_ALLEN = (
    Criterion(
        "access_resistance_mohm_max", "series_resistance", 20.0, "MOhm", _MOST,
        "Maximal access resistance.", _IPFX,
    ),
    Criterion(
        "access_resistance_mohm_min", "series_resistance", 1.0, "MOhm", _LEAST,
        "Minimal access resistance.", _IPFX,
    ),
    Criterion(
        "input_vs_access_resistance_max", "series_to_input_ratio", 0.15, "", _MOST,
        "Maximal access resistance by input resistance.", _IPFX,
    ),
    Criterion(
        "seal_gohm_min", "seal_resistance", 1.0, "GOhm", _LEAST,
        "Minimal seal resistance.", _IPFX,
    ),
    Criterion(
        "leak_pa_max", "bias_current", 100.0, "pA", _WITHIN,
        "Largest bias current either way (leak_pa_min is its negative); as the file states it.",
        _IPFX, each_sweep=True, mode=_CC,
    ),
    Criterion(
        "pre_noise_rms_mv_max", "voltage_fast_noise_rms", 0.07, "mV", _MOST,
        "Noise before the stimulus, within 1.5 ms; here of all stretches at rest.",
        _IPFX, each_sweep=True, mode=_CC,
    ),
    Criterion(
        "post_noise_rms_mv_max", "voltage_fast_noise_rms_after", 0.07, "mV", _MOST,
        "Noise after the stimulus, within 1.5 ms.", _IPFX, each_sweep=True, mode=_CC,
    ),
    Criterion(
        "slow_noise_rms_mv_max", "voltage_slow_noise_rms", 0.5, "mV", _MOST,
        "Instability of the patch over half a second.", _IPFX, each_sweep=True, mode=_CC,
    ),
    Criterion(
        "vm_delta_mv_max", "sweep_potential_change", 1.0, "mV", _WITHIN,
        "Difference of the potential between beginning and end of a sweep.",
        _IPFX, each_sweep=True, mode=_CC,
    ),
    Criterion(
        "blowout_mv_max", "", 10.0, "mV", _WITHIN, "Potential after the cell was blown off "
        "(blowout_mv_min is its negative).", _IPFX,
        unavailable="it is measured in the bath at the end of an experiment, in another recording",
    ),
    Criterion(
        "electrode_0_pa_max", "", 200.0, "pA", _WITHIN, "Current at the start, the electrode "
        "in the bath (electrode_0_pa_min is its negative).", _IPFX,
        unavailable="it is measured in the bath before the seal, in another recording",
    ),
)  # fmt: skip

PRESETS = {
    "loligo": Criteria("loligo", (*_SIGNAL, *_VOLTAGE, *_CURRENT), "by clamp mode"),
    "voltage_clamp": Criteria("voltage_clamp", (*_SIGNAL, *_VOLTAGE), _USUAL),
    "current_clamp": Criteria("current_clamp", (*_SIGNAL, *_CURRENT), _USUAL),
    "ipfx": Criteria("ipfx", _ALLEN, _IPFX),
}
"""The named sets of criteria."""

DEFAULT = "loligo"
"""The set used where none is named."""


def chosen(criteria: Criteria | str) -> Criteria:
    """Return a set of criteria, by its name where it has one.

    Raises
    ------
    SelectionError
        No set has this name.
    """
    if isinstance(criteria, Criteria):
        return criteria
    if criteria not in PRESETS:
        raise SelectionError(f"no criteria {criteria!r}; {suggest(criteria, PRESETS)}")
    return PRESETS[criteria]
