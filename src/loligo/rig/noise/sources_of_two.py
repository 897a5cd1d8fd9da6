"""The sources of noise behind two electrodes: where each enters, and what of it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loligo.rig.noise import spectra
from loligo.rig.noise.two_electrodes import CELL, MONITOR, TwoElectrodeCircuit
from loligo.rig.two_electrode import AMPLIFIER, DRIVE, INPUT, SERIES, TIP

if TYPE_CHECKING:
    from loligo.rig.noise.noise import Noise

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def places(noise: Noise, f: Array, circuit: TwoElectrodeCircuit) -> dict[str, dict[str, Array]]:
    """Return the spectrum of each source at each place where it enters.

    Parameters
    ----------
    noise : Noise
    f : (f,) array [kHz]
    circuit : TwoElectrodeCircuit

    Returns
    -------
    dict of str to dict of str to (f,) array [pA^2/kHz or mV^2/kHz]
        By source, and by place as of `TwoElectrodeCircuit.transfers`.
    """
    inner, kelvin, flat = circuit.inner, noise.temperature, np.ones_like(f)
    outer, tip = circuit.current_electrode
    membrane = inner.membrane_resistance if noise.membrane else None

    def voltage(resistance: float) -> Array:
        return spectra.johnson_voltage(resistance, kelvin) * flat

    def current(resistance: float | None) -> Array:
        found = 0.0 if resistance is None else spectra.johnson_current(resistance, kelvin)
        return found * flat

    amplifier = spectra.with_flicker(f, noise.voltage_noise, noise.voltage_noise_corner)
    at_input = {
        "amplifier current": spectra.with_flicker(
            f, noise.current_noise, noise.current_noise_corner
        ),
        "input current": spectra.shot_current(noise.input_current) * flat,
        "dielectric": spectra.dielectric_current(
            f, inner.pipette_capacitance, noise.dielectric_loss, kelvin
        ),
    }
    return {
        "amplifier voltage": {AMPLIFIER: amplifier},
        "series resistance": {SERIES: voltage(inner.series_resistance)},
        "current electrode": {DRIVE: voltage(outer), TIP: voltage(tip)},
        **{label: {INPUT: power} for label, power in at_input.items()},
        "feedback resistor": {MONITOR: current(noise.feedback_resistance)},
        "seal": {CELL: current(inner.seal_resistance)},
        "membrane": {CELL: current(membrane)},
    }


def parts_of_two(
    noise: Noise, f: Array, circuit: TwoElectrodeCircuit, seen: int
) -> dict[str, Array]:
    """Return the spectrum that each source has in the current (`seen` 0) or potential (1)."""
    transfers = circuit.transfers(f)
    found = {
        label: sum(power * np.abs(transfers[place][seen]) ** 2 for place, power in entered.items())
        for label, entered in places(noise, f, circuit).items()
    }
    return {label: np.asarray(power) for label, power in found.items() if np.any(power)}


def spectra_of_two(
    noise: Noise, f: Array, circuit: TwoElectrodeCircuit
) -> tuple[Array, Complex, Array]:
    """Return the spectra of current and potential, and between them that which both share.

    Returns
    -------
    current : (f,) array [pA^2/kHz]
    cross : (f,) complex array [pA mV/kHz]
        Current times the conjugate of the potential.
    potential : (f,) array [mV^2/kHz]
    """
    transfers = circuit.transfers(f)
    current, cross, potential = np.zeros(f.shape), np.zeros(f.shape, complex), np.zeros(f.shape)
    for entered in places(noise, f, circuit).values():
        for place, power in entered.items():
            first, second = transfers[place]
            current += power * np.abs(first) ** 2
            cross += power * first * second.conj()
            potential += power * np.abs(second) ** 2
    return current, cross, potential
