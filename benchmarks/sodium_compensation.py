"""How compensation of series resistance moves a sodium I-V, and what of it the model explains.

``python -m benchmarks.sodium_compensation [--json] [--figure FILE.svg]`` takes the recordings of
two cells with NaV1.5 (``sodium_recordings``). For each it fits a sodium channel behind the rig at
80 % compensation and predicts the others with nothing changed but what the amplifier's table says,
then the other way round from 0 %. Then two numbers of the rig are fitted to the others. All
recordings of a cell are fitted together with one channel, with what may differ in the rig, and
with what may differ in the channel. Last, with no channel, the inverted rig gives peak
conductances where the membrane was.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sodium_recordings import FIRST, SECOND, WINDOWS, Patched, recorded
from loligo.inference import Fit, Free, fit
from loligo.recording.corrections import membrane_by_model
from loligo.rig import PassiveCell

Array = NDArray[np.float64]
Lines = list[dict[str, Any]]

CELLS = {"first": FIRST, "second": SECOND}
RIG = ("pipette.series_resistance", "pipette.electrode_offset")
HOW: dict[str, Any] = {"starts": 1, "dt": "20 us", "leak_subtracted": True, "windows": WINDOWS}
REVERSAL = 60.0
"""Of sodium, for conductances [mV]."""
LEVELS = np.arange(-20.0, 21.0, 10.0)
"""Where conductances are told [mV]."""
TOGETHER = {
    "one channel": ((), ()),
    "series resistances free": (RIG[:1], ()),
    "rig free": (RIG[:1], RIG[1:]),
    "series resistances and gating free": (RIG[:1], ("cell.constants.shift",)),
    "channel drifts": ((), ("cell.constants.shift", "cell.channel.na.conductance")),
}
"""Free of each recording in a fit of all, and of each but the one at 80 %."""


def free(patched: Patched) -> dict[str, Free | None]:
    """Return what is free: channel, delay, and the lag of the amplifier."""
    gating = [name for name in patched.cell.constants if name != "shift"]
    positive = [name for name in gating if not name.endswith("midpoint")]
    return {
        "cell.channel.na.conductance": None,
        "cell.channel.na.reversal": None,
        **{f"cell.constants.{n}": Free(scale="log") if n in positive else None for n in gating},
        "response.delay": Free(start=patched.delay, low="0 ms", high="0.3 ms"),
        "amplifier.summing_time": Free(low="1 us", high="100 us"),
    }


def curves(found: Fit, number: int) -> tuple[Array, Array]:
    """Return the peaks of recorded and model in each step [pA]."""
    parts = [i for i, part in enumerate(found.stretches) if part.recording == number]
    data = [found.stretches[i].fitted(found.stretches[i].response).min() for i in parts]
    return np.array(data), np.array([found.model[i].min() for i in parts])


def told(peaks: Array, levels: tuple[float, ...]) -> dict[str, float]:
    """Return where an I-V peaks, its size, and where its rising limb is half of that."""
    place = int(peaks.argmin())
    rising = slice(0, place + 1)
    half = float(np.interp(-0.5 * peaks[place], -peaks[rising], levels[rising]))
    return {
        "peak_pA": float(peaks[place]),
        "peak_potential_mV": float(levels[place]),
        "half_mV": half,
        "at_last_step_pA": float(peaks[-1]),
    }


def line(patched: Patched, share: int, found: Fit, number: int) -> dict[str, Any]:
    """Return what one recording and its model say."""
    data, model = curves(found, number)
    parts = [i for i, part in enumerate(found.stretches) if part.recording == number]
    response = [found.stretches[i].fitted(found.stretches[i].response) for i in parts]
    missed = np.concatenate([found.residuals(i) for i in parts])
    return {
        "compensation": share,
        "missed": float(np.sqrt(np.mean(missed**2)) / np.concatenate(response).std()),
        "recorded": told(data, patched.levels),
        "modelled": told(model, patched.levels),
    }


def predicted(patched: Patched, at: int) -> dict[int, tuple[Fit, dict[str, Any]]]:
    """Return the fit at one compensation, and what it says of the others.

    Without compensation nothing tells the lag of its loop, which then stays as it is.
    """
    recording, rig = recorded(patched, at)
    paths = free(patched)
    if at == 0:
        del paths["amplifier.summing_time"]
    one = fit(recording, patched.cell, rig, paths, **HOW)
    lag = f"{one.rig.amplifier.summing_time!r} ms"  # type: ignore[union-attr]
    found = {at: (one, {"model": f"fitted at {at} %", **line(patched, at, one, 0)})}
    for share in sorted(set(patched.shares) - {at}, reverse=True):
        recording, rig = recorded(patched, share)
        rig = rig.with_control(summing_time=lag)
        delay = f"{one.delays[0]!r} ms"
        other = fit(recording, one.cell, rig, ["response.offset"], delay=delay, **HOW)
        entry = {"model": f"predicted from {at} %", **line(patched, share, other, 0)}
        found[share] = other, entry
    return found


def by_the_rig(patched: Patched, share: int) -> tuple[Fit, dict[str, Any]]:
    """Return the channel as fitted at 80 % with two numbers of the rig fitted at another."""
    recording, rig = recorded(patched, share)
    free = {"response.offset": None, RIG[0]: None, RIG[1]: Free(start="-5 mV")}
    found = fit(recording, patched.cell, rig, free, delay=patched.delay, **HOW)
    return found, {"model": "channel of 80 %, rig fitted", **line(patched, share, found, 0)}


def together(patched: Patched, name: str) -> tuple[Fit, Lines]:
    """Return the fit of all recordings of a cell, and what it says of each."""
    each, but_last = TOGETHER[name]
    numbers = range(len(patched.shares))
    own = {f"{number}.{path}": None for path in each for number in numbers}
    own |= {f"{number}.{path}": None for path in but_last for number in numbers[:-1]}
    recordings, rigs = zip(*(recorded(patched, share) for share in patched.shares), strict=True)
    found = fit(recordings, patched.cell, rigs, {**free(patched), **own}, **HOW)
    lines = [
        {"model": f"together, {name}", **line(patched, share, found, number)}
        for number, share in enumerate(patched.shares)
    ]
    return found, lines


def conductance(patched: Patched, share: int) -> tuple[Array, Array]:
    """Return where the membrane was at each peak [mV], and the conductance there [nS].

    By the inverted rig, with no model of the channel.
    """
    recording, rig = recorded(patched, share)
    capacitance = rig.amplifier.whole_cell_capacitance_compensation  # type: ignore[union-attr]
    cell = PassiveCell(resistance="2 GOhm", capacitance=f"{capacitance} pF", reversal="-100 mV")
    rows = []
    for sweep in range(len(recording)):
        membrane = membrane_by_model(
            recording, sweep, rig, cell,
            delay=patched.delay, leak_subtracted=True, bandwidth="5 kHz",
        )  # fmt: skip
        peak = 255 + int(membrane.further[255:500].argmin())
        potential, current = membrane.potential[peak], membrane.further[peak]
        rows.append((potential, current / (potential - REVERSAL)))
    potentials, conductances = np.array(rows).T
    return potentials, conductances


def conductances(patched: Patched) -> Lines:
    """Return conductances at the same potentials, by the membrane and by the command."""
    lines: Lines = []
    for share in patched.shares:
        potentials, sizes = conductance(patched, share)
        recording, _ = recorded(patched, share)
        response = recording.stack(recording.response).values
        peaks = response[:, 255:400].min(axis=1)
        levels = np.array(patched.levels)
        entry = {
            "by the membrane": np.interp(LEVELS, potentials, sizes),
            "by the command": np.interp(LEVELS, levels, peaks / (levels - REVERSAL)),
        }
        rounded = {name: values.round(1).tolist() for name, values in entry.items()}
        away = float((potentials - levels).max())
        lines.append({"compensation": share, "largest_escape_mV": away, "nS": rounded})
    return lines


def main() -> None:
    """Fit, predict, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON lines only")
    parser.add_argument("--figure", type=Path, help="draw the I-V curves")
    parser.add_argument("--cell", choices=tuple(CELLS), help="one cell only")
    given = parser.parse_args()
    drawn = {}
    for which in CELLS if given.cell is None else [given.cell]:
        patched = CELLS[which]
        forward, back = (predicted(patched, at) for at in (80, 0))
        drawn[which] = {share: curves(made, 0) for share, (made, _) in forward.items()}
        for one_way in (forward, back):
            for made, entry in one_way.values():
                show(which, [entry], None if given.json else made)
        for share in patched.shares[:-1]:
            made, entry = by_the_rig(patched, share)
            show(which, [entry], None if given.json else made)
        for name in TOGETHER:
            made, entries = together(patched, name)
            show(which, entries, None if given.json else made)
        show(which, conductances(patched), None)
    if given.figure is not None:
        draw(drawn, given.figure)


def show(which: str, entries: Lines, made: Fit | None) -> None:
    """Print what was found, with the fit if there is one."""
    for entry in entries:
        print(json.dumps({"cell": which, **entry}), flush=True)
    if made is not None:
        print(made, flush=True)


def draw(drawn: Mapping[str, Mapping[int, tuple[Array, Array]]], path: Path) -> None:
    """Draw the I-V curves of each cell, recorded and modelled."""
    from loligo.plot.protocol import colour_of
    from loligo.plot.style import new_figure, styled

    with styled():
        figure = new_figure(8.0, 3.4)
        panels = figure.subplots(1, len(drawn), squeeze=False)[0]
        for axes, (which, found) in zip(panels, drawn.items(), strict=True):
            for share, (data, model) in sorted(found.items()):
                colour = colour_of(FIRST.shares.index(share), len(FIRST.shares) + 1)
                levels = CELLS[which].levels
                axes.plot(levels, data / 1e3, "o", color=colour, markersize=3, label=f"{share} %")
                axes.plot(levels, model / 1e3, color=colour)
            axes.set_title(f"{which} cell, fitted at 80 %", loc="left", size=9)
            axes.set_xlabel("command [mV]")
        panels[0].set_ylabel("peak current [nA]")
        panels[0].legend(frameon=False, fontsize=7.5)
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
