"""Sodium of sea water replaced by choline: the action potential falls, the rest stays.

After Hodgkin and Katz 1949 (doi:10.1113/jphysiol.1949.sp004310), who compared the peak with a
sodium electrode, 58 mV for a tenfold change. Writes ``sodium_replaced_by_choline.png``.
"""

import numpy as np

from loligo import Protocol, analyze, record
from loligo.analysis.spikes import SpikeTable
from loligo.cell import catalogue
from loligo.ions.equilibrium import nernst_potential
from loligo.plot.style import ACCENT, INK, WINDOW, new_figure, styled
from loligo.recording import Recording
from loligo.rig import Bessel, CurrentClamp, Digitizer, Noise, Pipette, Rig

SEA_WATER, AXOPLASM, CELSIUS = 460.0, 50.0, 6.3  # mM of sodium, degC
SHARES = np.array([1.0, 0.715, 0.5, 0.33])  # of sodium left, the rest choline, which does not pass
AXON = (
    catalogue.load("hodgkin_huxley1952")
    .with_(area="10000 um2")
    .with_(
        **{
            "channel.na.reversal": f"nernst(1, na_out, {AXOPLASM})",
            "constants": {"na_out": f"{SEA_WATER} mM"},
        }
    )
)
BENCH = Rig(
    name="a microelectrode rig",
    pipette=Pipette(series_resistance="5 MOhm", capacitance="2 pF"),
    amplifier=CurrentClamp(bridge_balance="5 MOhm"),
    filter=Bessel(corner="10 kHz"),
    noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)"),
    digitizer=Digitizer(sampling="50 kHz"),
)
PULSE = Protocol(
    "pulse", ["hold for 40 ms", "step 3 nA for 1 ms", "hold for 20 ms"], holding="0 pA"
)


def recorded(share: float) -> Recording:
    """Return an action potential with this share of the sodium of sea water outside."""
    return record(
        AXON, BENCH, PULSE, seed=1, parameters={"constants.na_out": f"{share * SEA_WATER} mM"}
    )


def potentials(recording: Recording) -> tuple[float, float]:
    """Return rest and peak of the action potential [mV]."""
    analysis = analyze(recording)
    rest = analysis.named("resting_potential")[0]
    (spikes,) = analysis.of(SpikeTable)
    (spike,) = spikes.spike_rows()
    return float(rest.value), float(spike["spike_peak_potential"])


def electrode(share: float) -> float:
    """Return by how much a sodium electrode would change from sea water [mV]."""
    return float(nernst_potential(1, share * SEA_WATER, SEA_WATER, CELSIUS))


def main() -> None:
    """Record the action potentials, and draw them and their peaks."""
    with styled():
        figure = new_figure(6.6, 3.0)
        left, right = figure.subplots(1, 2)
        peaks = []
        for share, shade in zip(SHARES, np.linspace(1.0, 0.35, SHARES.size), strict=True):
            recording = recorded(float(share))
            rest, peak = potentials(recording)
            peaks.append(peak)
            print(f"{share:.3f} of the sodium: rest {rest:.1f} mV, peak {peak:.1f} mV")
            trace = recording.sweeps[0].trace(recording.responses[0].name).values()
            times = np.arange(trace.size) / 50.0 - 40.0
            seen = (times > -1.0) & (times < 8.0)
            left.plot(times[seen], trace[seen], color=ACCENT, alpha=shade, label=f"{share:.1%}")
        left.set(xlabel="time from the start of the pulse [ms]", ylabel="membrane potential [mV]")
        left.legend(frameon=False, fontsize=7.5, title="sodium left", title_fontsize=7.5)
        line = np.array([electrode(float(share)) for share in SHARES])
        right.plot(SHARES, line, color=WINDOW, label="sodium electrode")
        right.plot(SHARES, np.array(peaks) - peaks[0], "o", color=INK, label="recorded peak")
        right.set(xscale="log", xlabel="share of sodium left", ylabel="change of the peak [mV]")
        right.set_xticks(SHARES, [f"{share:g}" for share in SHARES])
        right.minorticks_off()
        right.legend(frameon=False, fontsize=7.5)
        figure.savefig("sodium_replaced_by_choline.png", dpi=150)


if __name__ == "__main__":
    main()
