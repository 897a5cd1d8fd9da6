"""A potassium channel in an oocyte behind a two-electrode clamp, of low and of high gain.

What a finite gain leaves of the command is 1 / (1 + gain R_m / (R_m + R_electrode)): the more
channels open, the smaller R_m, and the further the membrane is from the command. Writes
``two_electrodes_in_an_oocyte.png``.
"""

import numpy as np

from loligo import Protocol, record
from loligo.cell import Cell, catalogue
from loligo.plot.style import new_figure, styled
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, TwoElectrodeClamp

delayed = catalogue.load("hodgkin_huxley1952").channel["k"].written()
delayed |= {"conductance": "60 uS", "reversal": "-95 mV"}
oocyte = Cell(
    name="an oocyte with potassium channels", capacitance="200 nF", temperature="22 degC",
    initial_potential="-80 mV",
    channel={"k": delayed, "leak": {"conductance": "1 uS", "reversal": "-40 mV"}},
)  # fmt: skip
family = Protocol(
    "family", ["hold for 20 ms", "step -80..40 mV by 20 mV for 200 ms as step", "hold for 20 ms"],
    holding="-80 mV",
)  # fmt: skip
commands = np.arange(-80.0, 41.0, 20.0)


def recorded(gain):
    """Record the family with a gain."""
    clamp = TwoElectrodeClamp(gain=gain, gain_time="20 us", current_electrode="1 MOhm")
    rig = Rig(
        name=f"two electrodes, gain {gain:g}",
        pipette=Pipette(series_resistance="1.5 MOhm"),
        amplifier=clamp,
        filter=Bessel(corner="1 kHz"),
        noise=Noise(voltage_noise="20 nV/sqrt(Hz)"),
        digitizer=Digitizer(sampling="5 kHz", current_gain="0.0001 mV/pA"),
    )
    return record(oocyte, rig, family, seed=1, dt="20 us")


ends = {}
for gain in (100.0, 2000.0):
    recording = recorded(gain)
    late = slice(1000, 1095)  # the last 19 ms of the step
    current = [s.trace("response").values()[late].mean() / 1e6 for s in recording.sweeps]
    v = [recording.truth.traces["v"].values(i)[late].mean() for i in range(commands.size)]
    ends[gain] = recording, np.array(current), np.array(v)
    print(f"gain {gain:.0f}: {current[-1]:.2f} uA at 40 mV, the membrane at {v[-1]:.2f} mV")

with styled():
    figure = new_figure(6.8, 2.8)
    left, right = figure.subplots(1, 2)
    shown = ends[2000.0][0]
    for sweep in shown.sweeps:
        trace = sweep.trace("response")
        left.plot(np.arange(len(trace)) / 5.0, trace.values() / 1e6, lw=0.8)
    left.set(xlabel="time [ms]", ylabel="current [uA]", title="gain 2000")
    left.set(xlim=(15, 60), ylim=(-1, 9))
    for gain, (_, _, v) in ends.items():
        right.plot(commands, v - commands, "o-", label=f"gain {gain:.0f}")
    right.set(xlabel="command [mV]", ylabel="membrane - command [mV]")
    right.legend()
    figure.savefig("two_electrodes_in_an_oocyte.png", dpi=150)
