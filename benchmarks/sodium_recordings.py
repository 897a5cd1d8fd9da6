"""Two HEK cells with NaV1.5, each recorded with less and with more compensation, and their models.

Here is what the recordings are: files, steps, the rig by the amplifier's own numbers, and the
sodium channel that a fit at 80 % left; what is made of them is in ``sodium_compensation``. The
source (Lei et al. 2025, doi:10.1101/2024.07.23.604780; CardiacModelling/nav-artefact-model) gives
temperature and compensation, holds -100 mV, and numbers neither sweeps nor recordings in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recordings import folder
from loligo import Protocol, Recording, from_arrays
from loligo.cell import Cell
from loligo.rig import Bessel, Pipette, Rig, VoltageClamp

Array = NDArray[np.float64]

WINDOWS = [("10.2 ms", "16 ms")]
"""What of each sweep is fitted: the step at 10 ms leaves its transient before."""


@dataclass(frozen=True)
class Patched:
    """One cell, its recordings, and its model.

    Parameters
    ----------
    shares : tuple of int
        Compensation (correction and prediction) of its recordings [%].
    levels : (nA,) array_like
        Of the steps [mV].
    cell : Cell
        Behind the rig, with the channel as fitted at 80 %.
    delay, lag : str
        Of the response, and of the amplifier's summing, as fitted at 80 %.
    """

    shares: tuple[int, ...]
    levels: tuple[float, ...]
    cell: Cell
    delay: str
    lag: str


def _cell(capacitance: str, conductance: str, reversal: str, **gating: str) -> Cell:
    """Return a cell with gates of Hodgkin and Huxley's form (m cubed times h)."""
    m: dict[str, Any] = {
        "power": 3,
        "alpha": "opening * exp((v - shift + 40) / opening_scale)",
        "beta": "closing * exp(-(v - shift + 40) / closing_scale)",
    }
    h = {
        "inf": "1 / (1 + exp((v - shift + 75) / 6))",
        "tau": "1 / (0.1 * exp(-(v - shift + 80) / 15) + inactivation"
        " / (1 + exp(-(v - shift - inactivation_midpoint) / inactivation_scale)))",
    }
    return Cell(
        name="HEK cell with a sodium channel",
        capacitance=capacitance,
        temperature="25 degC",
        initial_potential="-100 mV",
        constants=gating,
        channel={
            "leak": {"conductance": "0.5 nS", "reversal": "0 mV"},
            "na": {"conductance": conductance, "reversal": reversal, "gate": {"m": m, "h": h}},
        },
    )


FIRST = Patched(
    shares=(0, 40, 80),
    levels=tuple(np.arange(-80.0, 36.0, 5.0)),
    cell=_cell(
        "10 pF", "813.6 nS", "57.62 mV", shift="0 mV",
        opening="1.507 /ms", opening_scale="26.3 mV", closing="2.425 /ms", closing_scale="24.03 mV",
        inactivation="4.35 /ms", inactivation_midpoint="-0.28 mV", inactivation_scale="14.11 mV",
    ),
    delay="0.032 ms",
    lag="33.1 us",
)  # fmt: skip
"""220314_001_ch1: leak-subtracted."""

SECOND = Patched(
    shares=(0, 80),
    levels=tuple(np.arange(-80.0, 41.0, 10.0)),
    cell=_cell(
        "13.62 pF", "162.7 nS", "74.38 mV", shift="-8 mV",
        opening="2.149 /ms", opening_scale="24.62 mV", closing="2.068 /ms",
        closing_scale="15.48 mV", inactivation="4.561 /ms", inactivation_midpoint="1.827 mV",
        inactivation_scale="19.77 mV",
    ),
    delay="16.3 us",
    lag="33.8 us",
)  # fmt: skip
"""220210_003_ch3: no leak was subtracted, and no steady current along the steps shows one: what
flows at -100 mV is subtracted as an offset. What the capacitances leave is over when the windows
begin."""


def recorded(patched: Patched, share: int) -> tuple[Recording, Rig]:
    """Return a recording without its offset, and the rig by the amplifier's own table."""
    current, capacitance, resistance = (_first if patched is FIRST else _second)(patched, share)
    times = np.arange(current.shape[1]) / 25.0
    current = current - current[:, times < 9.5].mean(axis=1, keepdims=True)
    first, second, last = patched.levels[0], patched.levels[1], patched.levels[-1]
    test = f"step {first:.0f}..{last:.0f} mV by {second - first:.0f} mV for 20 ms as test"
    end = f"hold for {times.size / 25.0 - 30.0:.2f} ms"
    steps = Protocol("I-V", ["hold for 10 ms", test, end], holding="-100 mV")
    command = np.array([steps.command(sweep, times) for sweep in range(len(current))])
    made = from_arrays(
        current, unit="nA", sampling_rate="25 kHz", command=command, command_unit="mV"
    )
    amplifier = VoltageClamp(
        capacitance_fast="4 pF",
        summing_time=patched.lag,
        whole_cell_capacitance_compensation=capacitance,
        whole_cell_series_resistance_compensation=resistance,
        series_resistance_correction=share / 100,
        series_resistance_prediction=share / 100,
    )
    pipette = Pipette(series_resistance=resistance, capacitance="4 pF")
    rig = Rig(
        name=f"{share} %", pipette=pipette, amplifier=amplifier, filter=Bessel(corner="10 kHz")
    )
    return replace(made, protocols={"command": steps}), rig


def _first(patched: Patched, share: int) -> tuple[Array, str, str]:
    """Return currents [nA], capacitance and series resistance of the first cell."""
    path = folder() / "nav15_csv" / f"220314_001_ch1_NaIV_25C_{share}CP.csv"
    table = np.loadtxt(path.with_name(f"{path.stem}_meta.csv"), delimiter=",", skiprows=1)
    current = np.loadtxt(path, delimiter=",", skiprows=1).T
    return current, f"{table[0, 1]} pF", f"{table[0, 2]} MOhm"


def _second(patched: Patched, share: int) -> tuple[Array, str, str]:
    """Return those of the second."""
    place = folder() / "nav15_csv" / f"220210_003_ch3_NaIVCP{share}"
    files = [place / f"step_{level:.0f}.csv" for level in patched.levels]
    return np.array([np.loadtxt(file) for file in files]), "13.62 pF", "5.62 MOhm"
