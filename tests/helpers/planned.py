"""Planned experiments that are quick to record: one cell in either clamp, with or without gates."""

from loligo import Protocol
from loligo.cell import Cell, Membrane, Neuron
from loligo.cell.morphology import ball_and_stick
from loligo.experiment import Experiment
from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp

MIDPOINT, SLOPE, REVERSAL, CONDUCTANCE = -30.0, 7.0, 50.0, 10.0
CELL = Cell(
    name="a cell",
    capacitance="20 pF",
    temperature="22 degC",
    initial_potential="-80 mV",
    channel={
        "leak": {"conductance": "2 nS", "reversal": "-70 mV"},
        "fast": {
            "conductance": f"{CONDUCTANCE} nS",
            "reversal": f"{REVERSAL} mV",
            "gate": {"m": {"inf": f"1 / (1 + exp(-(v - {MIDPOINT}) / {SLOPE}))", "tau": "0.05"}},
        },
    },
)
LEAKS = {"soma": 0.05, "dendrite": 0.03}  # mS/cm2
NEURON = Neuron(
    "a ball and stick",
    ball_and_stick("20 um", "400 um", "2 um"),
    {
        region: Membrane(
            capacitance="1 uF/cm2",
            channel={"leak": {"conductance": f"{leak} mS/cm2", "reversal": "-70 mV"}},
        )
        for region, leak in LEAKS.items()
    },
    axial_resistivity="150 ohm cm",
    temperature="22 degC",
    initial_potential="-70 mV",
)
VOLTAGE = Rig(
    name="a patch rig",
    pipette=Pipette(series_resistance="10 MOhm"),
    amplifier=VoltageClamp(summing_time="2 us"),
    filter=Bessel(corner="5 kHz"),
    noise=Noise(feedback_resistance="500 MOhm"),
    digitizer=Digitizer(sampling="20 kHz", current_gain="0.2 mV/pA"),
)
CURRENT = Rig(
    name="a patch rig",
    pipette=Pipette(series_resistance="20 MOhm", capacitance="0.1 pF"),
    amplifier={"kind": "current clamp"},
    filter=Bessel(corner="2 kHz"),
    noise=Noise(voltage_noise="3 nV/sqrt(Hz)", feedback_resistance="5 GOhm"),
    digitizer=Digitizer(sampling="5 kHz"),
)
FAMILY = Protocol(
    "a family",
    ["hold for 5 ms", "step -80..80 mV by 10 mV for 10 ms as test", "hold for 5 ms"],
    holding="-100 mV",
    leak="P/-4",
)
STEPS = Protocol(
    "steps",
    ["hold for 50 ms", "step -20 pA for 100 ms as test", "hold for 50 ms"],
    holding="0 pA",
    sweeps=3,
)
SMALL = Protocol(
    "small steps",
    ["hold for 20 ms", "step -75 mV for 40 ms as test", "hold for 20 ms"],
    holding="-70 mV",
    sweeps=3,
)
PASSIVE = {"channel.fast.conductance": "0 nS"}


def family(**changes):
    """Return the family of steps behind the voltage clamp, its rig changed."""
    return Experiment(CELL, VOLTAGE.with_(**changes), FAMILY)


def steps(**changes):
    """Return current steps into the passive cell, the rig changed."""
    return Experiment(CELL, CURRENT.with_(**changes), STEPS, parameters=PASSIVE)


def small(**changes):
    """Return small voltage steps on the passive cell, the rig changed."""
    return Experiment(CELL, VOLTAGE.with_(**changes), SMALL, parameters=PASSIVE)


def shaped(**changes):
    """Return small steps of a neuron at its soma."""
    return Experiment(NEURON, VOLTAGE.with_(**changes), SMALL, at="soma")
