"""Warmer axons have briefer and lower spikes: one shock at ten temperatures, one batch.

The rates of all gates grow threefold in 10 degC, the conductances stay. Writes
``temperature.png``.
"""

import numpy as np

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.plot.style import ACCENT, INK, new_figure, styled
from loligo.protocol import Protocol

START = 40.0
TEMPERATURES = np.array([5.0, 6.3, 10.0, 12.5, 15.0, 18.5, 20.0, 22.5, 25.0, 30.0])

shock = Protocol(
    "shock", [f"hold for {START} ms", "shock 15 nC/cm2", "hold for 6 ms"], holding="0 uA/cm2"
)
cells = simulate(
    catalogue.load("hodgkin_huxley1952"),
    shock,
    parameters={"temperature": (TEMPERATURES, "degC")},
    sampling="0.005 ms",
    dt="0.005 ms",
)
seen = cells.times >= START
time, potential = cells.times[seen] - START, cells["v"][:, 0, seen]
rest = cells["v"][:, 0, ~seen][:, -1]


def width(v: np.ndarray, baseline: float) -> float:
    """Return how long a spike is above half of its height [ms]."""
    half = 0.5 * (baseline + v.max())
    up = int(np.argmax(v > half))
    down = int(v.argmax() + np.argmax(v[v.argmax() :] < half))
    rise, fall = (
        np.interp(half, v[[i, j]], time[[i, j]]) for i, j in ((up - 1, up), (down, down - 1))
    )
    return float(fall - rise)


widths = np.array([width(v, low) for v, low in zip(potential, rest, strict=True)])
peaks = potential.max(axis=1)
for values in zip(TEMPERATURES, peaks, widths, strict=True):
    print("{:.1f} degC: peak {:.2f} mV, width {:.4f} ms".format(*values))

with styled():
    import matplotlib as mpl

    figure = new_figure(6.4, 3.0)
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    norm = mpl.colors.Normalize(TEMPERATURES[0], TEMPERATURES[-1])
    for v, celsius in zip(potential, TEMPERATURES, strict=True):
        left.plot(time, v, color=mpl.colormaps["plasma"](0.85 * norm(celsius)))
    left.set(xlabel="time after the shock [ms]", ylabel="membrane potential [mV]", xlim=(-0.1, 6))
    right.plot(TEMPERATURES, widths, ".-", color=INK)
    right.set(xlabel="temperature [degC]", ylabel="width at half height [ms]", ylim=(0, None))
    height = right.twinx()
    height.plot(TEMPERATURES, peaks, ".-", color=ACCENT)
    height.set_ylabel("peak [mV]", color=ACCENT)
    figure.savefig("temperature.png", dpi=150)
