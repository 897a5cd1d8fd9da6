"""Make the bundled example: a model cell of resistors and a capacitor, solved in closed form.

The circuit, as the rig sees it::

    amplifier --(clamp pole)-- pipette --[ R_s ]--+-- membrane: R_m in series with E, C_m parallel
                                                  +-- seal: R_seal to the bath

Membrane and seal together are a resistance ``R_in = R_m || R_seal`` at the potential
``E R_seal / (R_m + R_seal)``. What the amplifier measures follows from what it commands by a
transfer function with three real poles and at most one zero, so each step of the command adds a
sum of three exponentials: no integration, no step size, no error to discuss. White noise from a
seeded generator and rounding to a 16-bit digitizer make it a file.

Run ``python -m tools.make_model_cell`` to write it again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import bessel

from loligo.recording import (
    Basis,
    Channel,
    ClampMode,
    Electrode,
    Epoch,
    EpochKind,
    Finding,
    Provenance,
    Recording,
    RigState,
    Role,
    Sweep,
    Trace,
    Truth,
)

TARGET = Path(__file__).resolve().parents[1] / "src/loligo/data/model_cell.nwb"
SEED = 1939
SAMPLING_RATE = 20.0  # kHz
ELECTRODE = "electrode 0"

# Digitizer: 16 bit over +-10 V. The commands' steps are binary fractions: their levels are exact.
CURRENT_GAIN = 2500.0 / 32768  # pA per count
POTENTIAL_GAIN = 1000.0 / 32768  # mV per count
COMMAND_POTENTIAL_GAIN = 1 / 32  # mV per count
COMMAND_CURRENT_GAIN = 1 / 16  # pA per count


@dataclass(frozen=True)
class Circuit:
    """The model cell and the rig around it [GOhm, pF, mV, kHz, ms]."""

    membrane_resistance: float = 0.5
    capacitance: float = 33.0
    series_resistance: float = 0.0105
    seal_resistance: float = 10.0
    resting_potential: float = -65.0
    clamp_time_constant: float = 0.003
    filter_frequency: float = 2.0

    @property
    def input_resistance(self) -> float:
        """Membrane and seal in parallel [GOhm]."""
        return 1 / (1 / self.membrane_resistance + 1 / self.seal_resistance)

    @property
    def total_resistance(self) -> float:
        """What a steady voltage-clamp step sees [GOhm]."""
        return self.series_resistance + self.input_resistance

    @property
    def membrane_potential_source(self) -> float:
        """The membrane's own potential, before the seal shunts it [mV]."""
        return self.resting_potential * (1 + self.membrane_resistance / self.seal_resistance)

    @property
    def membrane_time_constant(self) -> float:
        """Relaxation with the pipette's current fixed [ms]."""
        return self.input_resistance * self.capacitance

    @property
    def transient_time_constant(self) -> float:
        """Relaxation with the pipette's potential fixed [ms]."""
        return self.membrane_time_constant * self.series_resistance / self.total_resistance

    @property
    def filter_time_constants(self) -> tuple[complex, ...]:
        """Of the 4-pole Bessel recording filter, -1 / pole [ms]; complex pairs."""
        _, poles, _ = bessel(
            4, 2 * math.pi * self.filter_frequency, analog=True, norm="mag", output="zpk"
        )
        return tuple(complex(-1 / pole) for pole in poles)


@dataclass(frozen=True)
class Transfer:
    """``gain * prod(1 + s zero) / prod(1 + s pole)``, all poles distinct, complex in pairs [ms]."""

    gain: float
    zeros: tuple[float, ...]
    poles: tuple[complex, ...]

    def step_response(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the response to a unit step at time 0 [ms], by partial fractions."""
        response = np.ones_like(time)
        for k, pole in enumerate(self.poles):
            others = [p for j, p in enumerate(self.poles) if j != k]
            weight = np.prod([1 - zero / pole for zero in self.zeros])
            weight /= np.prod([1 - other / pole for other in others])
            response -= (weight * np.exp(-np.maximum(time, 0.0) / pole)).real
        return np.where(time > 0, self.gain * response, 0.0)


def admittance(circuit: Circuit) -> Transfer:
    """Return recorded current per commanded potential (voltage clamp)."""
    return Transfer(
        1 / circuit.total_resistance,
        (circuit.membrane_time_constant,),
        (
            circuit.transient_time_constant,
            circuit.clamp_time_constant,
            *circuit.filter_time_constants,
        ),
    )


def impedance(circuit: Circuit) -> Transfer:
    """Return recorded potential per commanded current (current clamp, bridge balanced)."""
    return Transfer(
        circuit.input_resistance,
        (),
        (
            circuit.membrane_time_constant,
            circuit.clamp_time_constant,
            *circuit.filter_time_constants,
        ),
    )


@dataclass(frozen=True)
class Protocol:
    """One step from a holding level per sweep: levels, timing [ms] and when the sweeps begin."""

    holding: float
    levels: tuple[float, ...]
    before: float
    during: float
    after: float
    interval: float
    first_start: float

    @property
    def times(self) -> NDArray[np.float64]:
        """Time of each sample after the sweep's start."""
        count = round((self.before + self.during + self.after) * SAMPLING_RATE)
        return np.arange(count) / SAMPLING_RATE

    def command(self, level: float) -> NDArray[np.float64]:
        """Return the command of one sweep."""
        times = self.times
        inside = (times >= self.before) & (times < self.before + self.during)
        return np.where(inside, level, self.holding)

    def response(self, transfer: Transfer, level: float, steady: float) -> NDArray[np.float64]:
        """Return the noise-free response; `steady` is its value at the holding level."""
        times = self.times - self.before
        rise = transfer.step_response(times)
        fall = transfer.step_response(times - self.during)
        return steady + (level - self.holding) * (rise - fall)

    def epochs(self, channel: str, level: float) -> tuple[Epoch, ...]:
        """Return the labelled epochs of one sweep."""
        first = self.before
        second = first + self.during
        end = second + self.after
        hold, step = EpochKind.HOLD, EpochKind.STEP
        return (
            Epoch("pre", hold, 0.0, first, channel, self.holding),
            Epoch("A", step, first, second, channel, level),
            Epoch("post", hold, second, end, channel, self.holding),
        )


MEMBRANE_TEST = Protocol(-70.0, (-80.0,) * 5, 100.0, 200.0, 100.0, 1000.0, 0.0)
CURRENT_STEPS = Protocol(
    0.0, (-100.0, -80.0, -60.0, -40.0, -20.0, 20.0, 40.0), 100.0, 250.0, 150.0, 2000.0, 10_000.0
)
CURRENT_NOISE = 2.0  # pA rms
POTENTIAL_NOISE = 0.1  # mV rms

_CURRENT = Channel(
    "current", Role.RESPONSE, "pA", ClampMode.VOLTAGE_CLAMP, ELECTRODE, "pA", "simulated"
)
_COMMAND_POTENTIAL = Channel(
    "command potential", Role.COMMAND, "mV", ClampMode.VOLTAGE_CLAMP, ELECTRODE, "mV", "simulated"
)
_POTENTIAL = Channel(
    "potential", Role.RESPONSE, "mV", ClampMode.CURRENT_CLAMP, ELECTRODE, "mV", "simulated"
)
_COMMAND_CURRENT = Channel(
    "command current", Role.COMMAND, "pA", ClampMode.CURRENT_CLAMP, ELECTRODE, "pA", "simulated"
)


def digitize(values: NDArray[np.float64], gain: float) -> NDArray[np.int16]:
    """Round to counts of a 16-bit digitizer."""
    counts = np.rint(values / gain)
    if np.abs(counts).max() > 32767:
        raise ValueError(f"signal of {np.abs(values).max():g} exceeds the digitizer's range")
    stored = counts.astype(np.int16)
    stored.setflags(write=False)
    return stored


def _voltage_clamp_state(circuit: Circuit) -> RigState:
    """All compensation off: zero because it is known to be, the digitizer's 4 mV/pA in V/A."""
    return RigState(
        capacitance_fast=0.0,
        capacitance_slow=0.0,
        whole_cell_capacitance_compensation=0.0,
        whole_cell_series_resistance_compensation=0.0,
        series_resistance_correction=0.0,
        series_resistance_prediction=0.0,
        series_resistance_bandwidth=1.0,
        amplifier_gain=4e9,
        filter_frequency=circuit.filter_frequency,
    )


def _current_clamp_state(circuit: Circuit) -> RigState:
    """Bridge balanced exactly, nothing else on; the digitizer's 10 mV/mV in V/V."""
    return RigState(
        bias_current=0.0,
        bridge_balance=circuit.series_resistance,
        capacitance_neutralization=0.0,
        amplifier_gain=10.0,
        filter_frequency=circuit.filter_frequency,
    )


@dataclass(frozen=True)
class Run:
    """One protocol run on one amplifier mode: everything `_sweeps` needs."""

    protocol: Protocol
    transfer: Transfer
    steady: float
    noise: float
    response: Channel
    response_gain: float
    command: Channel
    command_gain: float
    state: RigState
    name: str


def runs(circuit: Circuit) -> tuple[Run, Run]:
    """Return the membrane test and the current steps."""
    holding_current = (MEMBRANE_TEST.holding - circuit.resting_potential) / circuit.total_resistance
    return (
        Run(
            MEMBRANE_TEST,
            admittance(circuit),
            holding_current,
            CURRENT_NOISE,
            _CURRENT,
            CURRENT_GAIN,
            _COMMAND_POTENTIAL,
            COMMAND_POTENTIAL_GAIN,
            _voltage_clamp_state(circuit),
            "membrane test",
        ),
        Run(
            CURRENT_STEPS,
            impedance(circuit),
            circuit.resting_potential,
            POTENTIAL_NOISE,
            _POTENTIAL,
            POTENTIAL_GAIN,
            _COMMAND_CURRENT,
            COMMAND_CURRENT_GAIN,
            _current_clamp_state(circuit),
            "current steps",
        ),
    )


def _sweeps(run: Run, first_number: int, generator: np.random.Generator) -> Sequence[Sweep]:
    protocol = run.protocol
    sweeps = []
    for i, level in enumerate(protocol.levels):
        clean = protocol.response(run.transfer, level, run.steady)
        noisy = clean + run.noise * generator.standard_normal(clean.size)
        response = digitize(noisy, run.response_gain)
        command = digitize(protocol.command(level), run.command_gain)
        traces = {
            run.response.name: Trace(
                response, SAMPLING_RATE, run.response_gain, rig_state=run.state
            ),
            run.command.name: Trace(command, SAMPLING_RATE, run.command_gain),
        }
        start = protocol.first_start + i * protocol.interval
        epochs = protocol.epochs(run.command.name, level)
        sweeps.append(Sweep(first_number + i, start, traces, epochs, run.name))
    return sweeps


def truth(circuit: Circuit) -> Truth:
    """Return what an analysis of the recording ought to find."""
    membrane_test, _ = runs(circuit)
    return Truth(
        {
            "membrane_resistance": circuit.input_resistance,
            "seal_resistance": circuit.seal_resistance,
            "series_resistance": circuit.series_resistance,
            "capacitance": circuit.capacitance,
            "input_resistance": circuit.input_resistance,
            "total_resistance": circuit.total_resistance,
            "resting_potential": circuit.resting_potential,
            "holding_potential": MEMBRANE_TEST.holding,
            "holding_current": membrane_test.steady,
            "membrane_time_constant": circuit.membrane_time_constant,
            "clamp_time_constant": circuit.transient_time_constant,
            "filter_frequency": circuit.filter_frequency,
        },
        f"One compartment of {1e3 * circuit.membrane_resistance:g} MOhm behind a series "
        f"resistance, a seal of {circuit.seal_resistance:g} GOhm in parallel, which no recording "
        "tells from the membrane; 4-pole Bessel recording filter; computed in closed form.",
    )


def make(circuit: Circuit | None = None, seed: int = SEED) -> Recording:
    """Return the example recording.

    Parameters
    ----------
    circuit : Circuit, optional
    seed : int
        Of the noise.
    """
    circuit = circuit or Circuit()
    generator = np.random.default_rng(seed)
    sweeps: list[Sweep] = []
    for run in runs(circuit):
        sweeps += _sweeps(run, len(sweeps), generator)
    source = Provenance(
        source="simulation",
        format="closed form",
        creator="loligo tools/make_model_cell.py",
        protocol="membrane test, current steps",
        identifier=f"loligo-model-cell-{seed}",
        comment="Simulated: a model cell of resistors and a capacitor. No animal, no cell.",
    )
    electrode = Electrode(
        ELECTRODE,
        description="Simulated pipette on a simulated model cell",
        seal="10 GOhm",
        resistance="10.5 MOhm",
        filtering="4-pole Bessel, 2 kHz",
        device="simulated amplifier",
        device_description="Ideal but for a 3 us clamp pole; 16-bit digitizer",
    )
    return Recording(
        channels=(_CURRENT, _COMMAND_POTENTIAL, _POTENTIAL, _COMMAND_CURRENT),
        sweeps=tuple(sweeps),
        provenance=source,
        electrodes=(electrode,),
        start_time=datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
        findings=(
            Finding("response", f"{_CURRENT.name}, {_POTENTIAL.name}", Basis.STATED, "simulated"),
            Finding("clamp_mode", "voltage_clamp, current_clamp", Basis.STATED, "simulated"),
        ),
        truth=truth(circuit),
    )


def main() -> None:
    """Write the bundled file."""
    import loligo

    TARGET.unlink(missing_ok=True)
    loligo.write_nwb(make(), TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
