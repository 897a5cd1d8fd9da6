"""A draw as descriptions, and its recording."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.recovery.draws import MODES, Draw
from loligo import Protocol, record
from loligo.cell import Cell
from loligo.recording import Recording, Trace
from loligo.rig import Bessel, CurrentClamp, Digitizer, Noise, Pipette, Rig, VoltageClamp

HOLDING = -70.0
"""Of the voltage clamp [mV]."""
_STEP = {"voltage_clamp": "5 us", "current_clamp": "10 us"}


def recorded(drawn: Draw) -> Recording:
    """Return the recording of a draw, by `loligo.record`, with the corner as it is stated."""
    made = record(
        cell_of(drawn), rig_of(drawn), protocol_of(drawn), seed=drawn.seed, dt=_STEP[drawn.mode]
    )
    sweeps = tuple(
        replace(
            sweep,
            traces={
                name: _stating(trace, drawn.stated_corner) for name, trace in sweep.traces.items()
            },
        )
        for sweep in made.sweeps
    )
    return replace(made, sweeps=sweeps)


def _stating(trace: Trace, corner: float) -> Trace:
    """Return a response whose file states another corner of the filter [kHz]."""
    state = trace.rig_state
    return (
        trace
        if state is None
        else replace(trace, rig_state=replace(state, filter_frequency=corner))
    )


def cell_of(drawn: Draw) -> Cell:
    """Return the passive cell."""
    leak = {"conductance": f"{1.0 / drawn.resistance!r} nS", "reversal": f"{drawn.reversal!r} mV"}
    return Cell(
        name=f"cell {drawn.number}",
        capacitance=f"{drawn.capacitance!r} pF",
        temperature="22 degC",
        initial_potential=f"{drawn.reversal!r} mV",
        channel={"leak": leak},
    )


def rig_of(drawn: Draw) -> Rig:
    """Return pipette, amplifier as it was set, filter, noise and digitizer."""
    gain = (
        {"current_gain": f"{drawn.gain!r} mV/pA"}
        if drawn.mode == MODES[0]
        else {"voltage_gain": drawn.gain}
    )
    return Rig(
        name=f"rig {drawn.number}",
        pipette=Pipette(
            series_resistance=f"{drawn.series_resistance!r} GOhm",
            capacitance=f"{drawn.pipette_capacitance!r} pF",
            seal_resistance=f"{drawn.seal!r} GOhm",
        ),
        amplifier=_amplifier(drawn),
        filter=Bessel(corner=f"{drawn.corner!r} kHz"),
        noise=Noise(
            feedback_resistance="500 MOhm",
            voltage_noise=f"{drawn.voltage_noise!r} nV/sqrt(Hz)",
            voltage_noise_corner="100 Hz",
            input_capacitance=f"{drawn.input_capacitance!r} pF",
            dielectric_loss=0.002,
        ),
        digitizer=Digitizer(sampling=f"{drawn.sampling!r} kHz", **gain),
    )


def _amplifier(drawn: Draw) -> VoltageClamp | CurrentClamp:
    if drawn.mode != MODES[0]:
        return CurrentClamp(
            follower_time=f"{drawn.follower!r} ms",
            capacitance_neutralization=f"{drawn.fast!r} pF",
            bridge_balance=f"{drawn.bridge!r} GOhm",
        )
    is_estimated = bool(drawn.whole_cell or drawn.correction)
    return VoltageClamp(
        summing_time=f"{drawn.lag!r} ms",
        capacitance_fast=f"{drawn.fast!r} pF",
        whole_cell_capacitance_compensation=f"{drawn.whole_cell!r} pF",
        whole_cell_series_resistance_compensation=(
            f"{drawn.noted_series!r} GOhm" if is_estimated else 0
        ),
        series_resistance_correction=drawn.correction,
    )


def protocol_of(drawn: Draw) -> Protocol:
    """Return the steps, each level or the one level again and again."""
    unit, holding = ("mV", HOLDING) if drawn.mode == MODES[0] else ("pA", 0.0)
    listed = ", ".join(repr(holding + level) for level in drawn.levels)
    return Protocol(
        "steps",
        [
            f"hold for {drawn.before!r} ms",
            f"step {listed} {unit} for {drawn.during!r} ms as test",
            f"hold for {drawn.after!r} ms",
        ],
        holding=f"{holding!r} {unit}",
        **({"sweeps": drawn.sweeps} if len(drawn.levels) == 1 else {}),
    )
