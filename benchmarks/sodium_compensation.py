"""How compensation of series resistance moves a sodium I-V, and what of it the model explains.

``python -m benchmarks.sodium_compensation [--json] [--figure FILE.svg]`` takes the recordings of
NaV1.5 at 0, 40 and 80 % compensation (one HEK cell, 24 steps from -100 mV, leak-subtracted), fits a
sodium channel behind the rig to the one at 80 %, and predicts the other two with nothing changed
but what the amplifier's table says: compensation, and its estimate of the series resistance. Then
the three are fitted together, with a shift of gating and another conductance for the other two.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recordings import folder
from loligo import Protocol, Recording, from_arrays
from loligo.cell import Cell
from loligo.inference import Fit, Free, fit
from loligo.rig import Bessel, Pipette, Rig, VoltageClamp

Array = NDArray[np.float64]

SHARES = (0, 40, 80)
STEPS = Protocol(
    "I-V",
    ["hold for 10 ms", "step -80..35 mV by 5 mV for 20 ms as test", "hold for 10 ms"],
    holding="-100 mV",
)
WINDOWS = [("10.2 ms", "16 ms")]
GATING = {
    "shift": "0 mV",
    "opening": "1.507 /ms", "opening_scale": "26.3 mV",
    "closing": "2.425 /ms", "closing_scale": "24.03 mV",
    "inactivation": "4.35 /ms", "inactivation_midpoint": "-0.28 mV",
    "inactivation_scale": "14.11 mV",
}  # fmt: skip
CELL = Cell(
    name="HEK cell with a sodium channel",
    capacitance="10 pF",
    temperature="25 degC",
    initial_potential="-100 mV",
    constants=GATING,
    channel={
        "leak": {"conductance": "0.5 nS", "reversal": "0 mV"},
        "na": {
            "conductance": "813.6 nS",
            "reversal": "57.62 mV",
            "gate": {
                "m": {
                    "power": 3,
                    "alpha": "opening * exp((v - shift + 40) / opening_scale)",
                    "beta": "closing * exp(-(v - shift + 40) / closing_scale)",
                },
                "h": {
                    "inf": "1 / (1 + exp((v - shift + 75) / 6))",
                    "tau": "1 / (0.1 * exp(-(v - shift + 80) / 15) + inactivation"
                    " / (1 + exp(-(v - shift - inactivation_midpoint) / inactivation_scale)))",
                },
            },
        },
    },
)
"""Gates of Hodgkin and Huxley's form (m cubed times h), as the fit at 80 % left them."""
DELAY, LAG = "0.032 ms", "33.1 us"


def recorded(share: int) -> tuple[Recording, Rig]:
    """Return a recording without its offset, and the rig by the amplifier's own table."""
    path = folder() / "nav15_csv" / f"220314_001_ch1_NaIV_25C_{share}CP.csv"
    current = np.loadtxt(path, delimiter=",", skiprows=1).T
    times = np.arange(current.shape[1]) / 25.0
    current = current - current[:, times < 9.5].mean(axis=1, keepdims=True)
    command = np.array([STEPS.command(sweep, times) for sweep in range(len(current))])
    made = from_arrays(
        current, unit="nA", sampling_rate="25 kHz", command=command, command_unit="mV"
    )
    table = np.loadtxt(path.with_name(f"{path.stem}_meta.csv"), delimiter=",", skiprows=1)
    capacitance, resistance = f"{table[0, 1]} pF", f"{table[0, 2]} MOhm"
    amplifier = VoltageClamp(
        capacitance_fast="4 pF",
        summing_time=LAG,
        whole_cell_capacitance_compensation=capacitance,
        whole_cell_series_resistance_compensation=resistance,
        series_resistance_correction=share / 100,
        series_resistance_prediction=share / 100,
    )
    pipette = Pipette(series_resistance=resistance, capacitance="4 pF")
    rig = Rig(
        name=f"{share} %", pipette=pipette, amplifier=amplifier, filter=Bessel(corner="10 kHz")
    )
    return replace(made, protocols={"command": STEPS}), rig


def free() -> dict[str, Free | None]:
    """Return what is free: channel, delay, and the lag of the amplifier."""
    gating = [name for name in GATING if name != "shift"]
    positive = [name for name in gating if not name.endswith("midpoint")]
    return {
        "cell.channel.na.conductance": None,
        "cell.channel.na.reversal": None,
        **{f"cell.constants.{n}": Free(scale="log") if n in positive else None for n in gating},
        "response.delay": Free(start=DELAY, low="0 ms", high="0.3 ms"),
        "amplifier.summing_time": Free(low="1 us", high="100 us"),
    }


def curves(found: Fit, number: int) -> tuple[Array, Array]:
    """Return the peaks of recorded and model in each step [pA]."""
    parts = [i for i, part in enumerate(found.stretches) if part.recording == number]
    data = [found.stretches[i].fitted(found.stretches[i].response).min() for i in parts]
    return np.array(data), np.array([found.model[i].min() for i in parts])


def told(peaks: Array) -> dict[str, float]:
    """Return where an I-V peaks, its size, and where its rising limb is half of that."""
    levels = np.arange(-80.0, 36.0, 5.0)
    place = int(peaks.argmin())
    rising = slice(0, place + 1)
    half = float(np.interp(-0.5 * peaks[place], -peaks[rising], levels[rising]))
    return {
        "peak_pA": float(peaks[place]),
        "peak_potential_mV": float(levels[place]),
        "half_mV": half,
        "at_35_mV_pA": float(peaks[-1]),
    }


def line(name: str, share: int, found: Fit, number: int) -> dict[str, Any]:
    """Return a line of the table."""
    data, model = curves(found, number)
    parts = [i for i, part in enumerate(found.stretches) if part.recording == number]
    recorded_all = np.concatenate(
        [found.stretches[i].fitted(found.stretches[i].response) for i in parts]
    )
    missed = np.concatenate([found.residuals(i) for i in parts])
    return {
        "model": name,
        "compensation": share,
        "missed": float(np.sqrt(np.mean(missed**2)) / recorded_all.std()),
        "recorded": told(data),
        "modelled": told(model),
    }


def main() -> None:
    """Fit, predict, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line a recording")
    parser.add_argument("--figure", type=Path, help="draw the I-V curves")
    given = parser.parse_args()
    both = {share: recorded(share) for share in SHARES}
    how: dict[str, Any] = {"starts": 1, "dt": "10 us", "leak_subtracted": True, "windows": WINDOWS}
    one = fit(both[80][0], CELL, both[80][1], free(), **how)
    delay = f"{one.delays[0]!r} ms"
    lag = f"{one.rig.amplifier.summing_time!r} ms"  # type: ignore[union-attr]
    lines, drawn = [line("fitted", 80, one, 0)], {80: curves(one, 0)}
    for share in (40, 0):
        recording, rig = both[share]
        rig = rig.with_control(summing_time=lag)
        other = fit(recording, one.cell, rig, ["response.offset"], delay=delay, **how)
        lines.append(line("predicted", share, other, 0))
        drawn[share] = curves(other, 0)
    own = ("constants.shift", "channel.na.conductance")
    drifts = {f"{number}.cell.{name}": None for number in (0, 1) for name in own}
    recordings, rigs = zip(*both.values(), strict=True)
    all_three = fit(recordings, CELL, rigs, {**free(), **drifts}, **how)
    lines += [line("together", share, all_three, n) for n, share in enumerate(SHARES)]
    for entry in lines:
        print(json.dumps(entry))
    if not given.json:
        print(one)
        print(all_three)
    if given.figure is not None:
        draw(drawn, {s: curves(all_three, n)[1] for n, s in enumerate(SHARES)}, given.figure)


def draw(drawn: dict[int, tuple[Array, Array]], shifted: dict[int, Array], path: Path) -> None:
    """Draw the I-V curves, recorded and modelled."""
    from loligo.plot.protocol import colour_of
    from loligo.plot.style import new_figure, styled

    levels = np.arange(-80.0, 36.0, 5.0)
    with styled():
        figure = new_figure(8.0, 3.4)
        panels = figure.subplots(1, 2, sharey=True)
        for place, share in enumerate(SHARES):
            colour = colour_of(place, len(SHARES) + 1)
            data, model = drawn[share]
            for axes, curve in zip(panels, (model, shifted[share]), strict=True):
                axes.plot(levels, data / 1e3, "o", color=colour, markersize=3, label=f"{share} %")
                axes.plot(levels, curve / 1e3, color=colour)
        panels[0].set_title("fitted at 80 %, predicted at 40 and 0 %", loc="left", size=9)
        panels[1].set_title("fitted together, gating and size drift", loc="left", size=9)
        panels[0].set_ylabel("peak current [nA]")
        panels[0].legend(frameon=False, fontsize=7.5)
        for axes in panels:
            axes.set_xlabel("command [mV]")
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
