"""The spikes of a recording as tidy tables: a row a spike, a row a stimulus, a row a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, layout_of
from loligo.analysis.spikes.columns import Row
from loligo.analysis.spikes.estimates import spike_estimates
from loligo.analysis.spikes.quantities import PER_SPIKE
from loligo.analysis.spikes.stimuli import stimuli
from loligo.analysis.spikes.sweep import SPIKES, SpikeOptions, SweepSpikes, spikes_of_sweep
from loligo.analysis.spikes.trains import Train
from loligo.recording import Channel, ClampMode, Recording


@dataclass(frozen=True, eq=False, slots=True)
class SpikeTable:
    """The spikes of one response of a recording.

    Attributes
    ----------
    channel : str
    sweeps : tuple of SweepSpikes
        None where the response is not in current clamp.
    estimates : tuple of Estimate
        Of the recording first, then of each sweep and stimulus; see `spike_estimates`.
    """

    channel: str
    sweeps: tuple[SweepSpikes, ...]
    estimates: tuple[Estimate, ...]

    def spike_rows(self) -> Iterator[Row]:
        """Yield a row a spike: sweep, spike (from 0), epoch it fell in, quantities, status.

        The columns are `SPIKE_COLUMNS`, in internal units; times count from the sweep's start.
        """
        for entry in self.sweeps:
            if entry.features is None:
                continue
            for spike in range(len(entry.features)):
                time = float(entry.features["peak_time"][spike]) + entry.start
                epochs = [s.epoch for s, _ in entry.stimuli if s.start <= time < s.stop]
                row: dict[str, Any] = {
                    "channel": self.channel,
                    "sweep": entry.sweep,
                    "spike": spike,
                    "epoch": epochs[0] if epochs else "",
                }
                for name in PER_SPIKE:
                    value = float(entry.features[name][spike])
                    shift = entry.start if name in _TIMES else 0.0
                    row["spike_" + name] = value + shift
                yield {**row, "status": entry.features.status(spike)}

    def stimulus_rows(self) -> Iterator[Row]:
        """Yield a row a stimulus of each sweep: what was injected and what it evoked.

        The columns are `STIMULUS_COLUMNS`, in internal units.
        """
        for entry in self.sweeps:
            for stimulus, evoked in entry.stimuli:
                yield {
                    "channel": self.channel,
                    "sweep": entry.sweep,
                    "epoch": stimulus.epoch,
                    "stimulus_start": stimulus.start,
                    "stimulus_stop": stimulus.stop,
                    "command_current": stimulus.level,
                    **_train_columns(evoked),
                }

    def sweep_rows(self) -> Iterator[Row]:
        """Yield a row a sweep: how many spikes, and how many of them outside every stimulus.

        The columns are `SWEEP_COLUMNS`.
        """
        for entry in self.sweeps:
            yield {
                "channel": self.channel,
                "sweep": entry.sweep,
                "spike_count": None if entry.whole is None else entry.whole.spike_count,
                "spike_count_in_stimulus": entry.inside_count,
                "spike_count_outside_stimulus": entry.outside_count,
                "rejected_count": None if entry.times is None else len(entry.times.rejected_reason),
                "status": entry.status.value,
                "reason": entry.reason,
            }


_TIMES = ("threshold_time", "peak_time", "trough_time")


def spikes(
    recording: Recording,
    response: Channel | str | None = None,
    options: SpikeOptions = SPIKES,
) -> SpikeTable:
    """Find and measure the spikes of each sweep of a current-clamp response.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.
    options : SpikeOptions

    Returns
    -------
    SpikeTable
        A sweep that cannot be looked at (samples that are not finite, out of range) is there with
        its reason. A response that is not in current clamp gives no sweeps and one refusal.

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    Notes
    -----
    Edges of the command are known here, so that what follows one at once is not counted. Where the
    recording holds no command, every spike is counted for the sweep and none for a stimulus.
    """
    layout = layout_of(recording, response)
    channel = layout.response.name
    refusal = _refusal(layout)
    if refusal is not None:
        return SpikeTable(channel, (), (refusal,))
    found = stimuli(layout)
    sweeps = tuple(
        spikes_of_sweep(layout, index, found.get(index, ()), options) for index in layout.sweeps
    )
    return SpikeTable(channel, sweeps, spike_estimates(layout, sweeps, options))


def _refusal(layout: Layout) -> Estimate | None:
    mode = layout.response.clamp_mode
    if mode in {ClampMode.CURRENT_CLAMP, ClampMode.ZERO_CURRENT}:
        return None
    words = "of unknown clamp mode" if mode is None else mode.value.replace("_", " ")
    why = f"spikes are looked for in current clamp; {layout.response.name!r} is {words}"
    return Estimate(
        "spike_count", None, None, None, Status.WRONG_MODE, why, channel=layout.response.name
    )


def _train_columns(evoked: Train) -> Row:
    first = evoked.instantaneous_frequency
    return {
        "spike_count": evoked.spike_count,
        "first_spike_latency": evoked.first_spike_latency,
        "mean_frequency": evoked.mean_frequency,
        "initial_frequency": float(first[0]) if first.size else float("nan"),
        "mean_interspike_interval": evoked.mean_interval,
        "interspike_interval_variation": evoked.interval_variation,
        "adaptation_index": evoked.adaptation_index,
        "burst_count": evoked.burst_count,
    }
