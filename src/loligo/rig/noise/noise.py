"""`Noise`: the sources in electrode and amplifier, and their spectra in either clamp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from loligo.cell.description import Description
from loligo.cell.quantity import In
from loligo.errors import ArrayError, ModelError, SelectionError, suggest
from loligo.rig.filters import Filter, sampling_rate
from loligo.rig.noise import spectra
from loligo.rig.noise.circuit import Circuit, Resistance, SiteCircuit
from loligo.rig.noise.hum import Hum
from loligo.rig.noise.pair import synthesize_pair
from loligo.rig.noise.sources_of_two import parts_of_two, spectra_of_two
from loligo.rig.noise.synthesis import synthesize
from loligo.rig.noise.two_electrodes import TwoElectrodeCircuit

Array = NDArray[np.float64]
Clamp = Literal["voltage_clamp", "current_clamp"]
Seen: TypeAlias = Circuit | SiteCircuit | TwoElectrodeCircuit
"""What an amplifier's input is connected to."""
Corner = Annotated[float, In("frequency", least=0.0)]

UNITS = {"voltage_clamp": "pA", "current_clamp": "mV"}
"""What is recorded in each clamp; two electrodes, which clamp the potential, record both."""


class Noise(Description):
    """What makes a rig's recordings noisy; what is left out or 0 makes none.

    Parameters
    ----------
    temperature : quantity
        Of electrode and headstage.
    feedback_resistance : quantity, optional
        Resistor of the headstage: the current is measured, or injected, through it.
    voltage_noise : quantity
        Of the input amplifier, ``"3 nV/sqrt(Hz)"``.
    voltage_noise_corner : quantity
        Frequency below which it rises as 1/f.
    current_noise : quantity
        Of the input amplifier, beyond resistor and shot noise, ``"0.1 fA/sqrt(Hz)"``.
    current_noise_corner : quantity
        Frequency below which it rises as 1/f.
    input_current : quantity
        Leakage of the input, which makes shot noise.
    input_capacitance : quantity
        Of headstage and holder, beside the pipette's.
    dielectric_loss : float
        Loss tangent of the pipette's wall: some 1e-3 for glass.
    membrane : bool
        Whether the membrane's resistance is one in thermal equilibrium. Channels make noise of
        another kind: simulate them one by one instead.
    hum : Hum, optional

    Notes
    -----
    Voltage clamp, as currents: feedback resistor and input current at the input; the amplifier's
    voltage noise through the admittance of all that it sees, which rises with f^2; the series
    resistance's ``4 k T R`` through itself and the cell; seal and membrane as ``4 k T / R`` behind
    the series resistance. Current clamp, as potentials at the input: the amplifier's voltage
    noise as it is; currents through the impedance of electrode and cell with all capacitance at
    the input. Compensation that feeds noise back is not in these spectra. Two electrodes: what the
    one that measures has of noise, and the follower's input with it, is a command to the loop, and
    what the clamp needs for it is measured; in the measured potential it is as the loop leaves it.

    References
    ----------
    Sigworth 1995 Single-Channel Recording 4, https://doi.org/10.1007/978-1-4419-1229-9_4
    """

    kind: Literal["noise"] = "noise"
    temperature: Annotated[float, In("temperature", least=-273.15)] = 22.0
    feedback_resistance: Resistance | None = None
    voltage_noise: Annotated[float, In("voltage_noise", least=0.0)] = 0.0
    voltage_noise_corner: Corner = 0.0
    current_noise: Annotated[float, In("current_noise", least=0.0)] = 0.0
    current_noise_corner: Corner = 0.0
    input_current: Annotated[float, In("current")] = 0.0
    input_capacitance: Annotated[float, In("capacitance", least=0.0)] = 0.0
    dielectric_loss: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    membrane: bool = False
    hum: Hum | None = None

    @model_validator(mode="after")
    def _corners_of_something(self) -> Self:
        for name in ("voltage_noise", "current_noise"):
            if getattr(self, f"{name}_corner") and not getattr(self, name):
                raise ModelError(f"{name}_corner says where the {name} rises, which is 0")
        return self

    def parts(self, frequencies: ArrayLike, circuit: Seen, clamp: Clamp) -> dict[str, Array]:
        """Return the spectrum of each source.

        Parameters
        ----------
        frequencies : array [kHz]
            Above 0.
        circuit : Circuit, SiteCircuit or TwoElectrodeCircuit
        clamp : str
            ``"voltage_clamp"`` or ``"current_clamp"``. Of two electrodes, which clamp the potential
            and record both: the noise of the current or that of the measured potential.

        Returns
        -------
        dict of str to array [pA^2/kHz or mV^2/kHz]
            One-sided, of the shape of `frequencies`; without sources that are not there.

        Raises
        ------
        SelectionError
            Another clamp.
        ArrayError
            A frequency that is not above 0.
        """
        if clamp not in UNITS:
            raise SelectionError(f"no noise in {clamp!r}; {suggest(str(clamp), UNITS)}")
        f = np.asarray(frequencies, dtype=np.float64)
        if not (f > 0.0).all():
            raise ArrayError(f"noise at {float(np.min(f)):g} kHz; frequencies must be above 0 kHz")
        if isinstance(circuit, TwoElectrodeCircuit):
            return parts_of_two(self, f, circuit, list(UNITS).index(clamp))
        y = circuit.cell_admittance(f)
        capacitance = circuit.at_input(self.input_capacitance)
        load = 2j * np.pi * f * capacitance + y
        amplifier = spectra.with_flicker(f, self.voltage_noise, self.voltage_noise_corner)
        series = spectra.johnson_voltage(circuit.series_resistance, self.temperature)
        currents = self._currents(f, circuit)
        if clamp == "current_clamp":
            z = 1.0 / load
            found = {name: power * np.abs(z) ** 2 for name, power in currents.items()}
            found["series resistance"] = series * np.abs(y * z) ** 2
            found["amplifier voltage"] = amplifier
        else:
            found = currents
            found["series resistance"] = series * np.abs(y) ** 2
            found["amplifier voltage"] = amplifier * np.abs(load) ** 2
        return {name: power for name, power in found.items() if power.any()}

    def _currents(self, f: Array, circuit: Circuit | SiteCircuit) -> dict[str, Array]:
        """Return the sources that are currents at the input, or come through as such."""
        flat, share = np.ones_like(f), np.abs(circuit.share(f)) ** 2
        kelvin = self.temperature
        membrane = circuit.membrane_resistance if self.membrane else None
        lost, pipette = self.dielectric_loss, circuit.pipette_capacitance

        def johnson(resistance: float | None) -> float:
            return 0.0 if resistance is None else spectra.johnson_current(resistance, kelvin)

        return {
            "feedback resistor": johnson(self.feedback_resistance) * flat,
            "amplifier current": spectra.with_flicker(
                f, self.current_noise, self.current_noise_corner
            ),
            "input current": spectra.shot_current(self.input_current) * flat,
            "dielectric": spectra.dielectric_current(f, pipette, lost, kelvin),
            "seal": johnson(circuit.seal_resistance) * share,
            "membrane": johnson(membrane) * share,
        }

    def spectrum(self, frequencies: ArrayLike, circuit: Seen, clamp: Clamp) -> Array:
        """Return the spectrum of all sources together; see `parts`. Hum is not in it."""
        f = np.asarray(frequencies, dtype=np.float64)
        return sum(self.parts(f, circuit, clamp).values(), start=np.zeros_like(f))

    def density(self, circuit: Seen, clamp: Clamp) -> Callable[[Array], Array]:
        """Return the spectrum as a function of frequency alone."""
        return lambda frequencies: self.spectrum(frequencies, circuit, clamp)

    def trace(
        self,
        circuit: Seen,
        clamp: Clamp,
        n_samples: int,
        sampling: Any,
        *,
        seed: int,
        sweeps: Sequence[int] = (0,),
        starts: Sequence[float] | None = None,
        output_filter: Filter | None = None,
        bandwidth: float | None = None,
        cell: int = 0,
        channel: int = 0,
    ) -> Array:
        """Return noise and hum, to be added to filtered samples.

        Parameters
        ----------
        circuit, clamp
            As for `parts`.
        sampling : quantity
            ``"20 kHz"``.
        starts : sequence of float, optional [ms]
            When each sweep starts, for the hum; left out: one after the other without a gap.
        n_samples, seed, sweeps, output_filter, bandwidth, cell, channel
            As for `loligo.rig.noise.synthesize`.

        Returns
        -------
        (sweep, time) array [pA or mV]

        Raises
        ------
        ModelError
            As for `synthesize`; or hum of the other clamp's unit.
        """
        rate = sampling_rate(sampling)
        found = synthesize(
            self.density(circuit, clamp),
            n_samples,
            rate,
            seed=seed,
            sweeps=sweeps,
            output_filter=output_filter,
            bandwidth=bandwidth,
            cell=cell,
            channel=channel,
        )
        times = _times(sweeps, starts, n_samples, rate)
        return found + self._hum(times, clamp, seed, output_filter, cell, channel)

    def traces(
        self,
        circuit: TwoElectrodeCircuit,
        n_samples: int,
        sampling: Any,
        *,
        seed: int,
        sweeps: Sequence[int] = (0,),
        starts: Sequence[float] | None = None,
        output_filter: Filter | None = None,
        cell: int = 0,
        channel: int = 0,
    ) -> tuple[Array, Array]:
        """Return the noise of two electrodes: of the filtered current, and of the potential.

        Parameters
        ----------
        circuit : TwoElectrodeCircuit
        n_samples, sampling, seed, sweeps, starts, output_filter, cell, channel
            As for `trace`. The potential is not filtered, and has no hum.

        Returns
        -------
        current, potential : (sweep, time) array [pA, mV]
            Made of the same sources, as the loop makes them.

        Raises
        ------
        ModelError
            As for `trace`.
        """
        rate = sampling_rate(sampling)
        current, potential = synthesize_pair(
            lambda f: spectra_of_two(self, f, circuit), n_samples, rate, seed=seed, sweeps=sweeps,
            output_filter=output_filter, corner=circuit.bandwidth, cell=cell, channel=channel,
        )  # fmt: skip
        times = _times(sweeps, starts, n_samples, rate)
        hum = self._hum(times, "voltage_clamp", seed, output_filter, cell, channel)
        return current + hum, potential

    def _hum(
        self,
        times: Array,
        clamp: Clamp,
        seed: int,
        output_filter: Filter | None,
        cell: int,
        channel: int,
    ) -> Array | float:
        """Return the hum at times; 0 without.

        Raises
        ------
        ModelError
            It is of the other clamp's unit.
        """
        if self.hum is None:
            return 0.0
        if self.hum.amplitude.unit != UNITS[clamp]:
            raise ModelError(
                f"hum.amplitude = {self.hum.amplitude}, but {clamp} records {UNITS[clamp]}"
            )
        return self.hum.trace(
            times, seed=seed, output_filter=output_filter, cell=cell, channel=channel
        )


def _times(
    sweeps: Sequence[int], starts: Sequence[float] | None, n_samples: int, rate: float
) -> Array:
    """Return when each sample of each sweep is, shape (sweep, time) [ms]."""
    begins = np.asarray(sweeps) * (n_samples / rate) if starts is None else np.asarray(starts)
    return np.asarray(begins[:, np.newaxis] + np.arange(n_samples) / rate)
