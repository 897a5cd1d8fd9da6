"""The liquid junction potential, taken off the potentials of a recording.

The amplifier is zeroed with the pipette in the bath, junction included; in the whole cell the
junction is gone and the offset stays. So every potential is off by it: ``V_membrane = V_measured -
LJP``, with LJP the potential of the bath relative to the pipette; see `loligo.ions.junction`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loligo.errors import CorrectionError
from loligo.ions.junction import junction_between, names_solutions
from loligo.recording.channel import Channel, ClampMode, Role
from loligo.recording.corrections.apply import apply, moved_level
from loligo.recording.corrections.check import Target, target
from loligo.recording.corrections.number import Measured, measured
from loligo.recording.provenance import Correction
from loligo.recording.recording import Recording
from loligo.recording.sweep import Trace
from loligo.units import format_quantity

NAME = "liquid_junction_potential"
DEFINITION = "V_membrane = V_measured - LJP, with LJP the potential of the bath less the pipette's"
LARGEST = 50.0
"""No usual pair of solutions has more [mV]."""


def junction_potential(
    recording: Recording, value: Any = None, *, response: Channel | str | None = None
) -> Recording:
    """Take the liquid junction potential off the potentials of an electrode.

    Parameters
    ----------
    recording : Recording
    value : quantity, Estimate, pair of solutions or str, optional
        Potential of the bath relative to the pipette, about +15 mV for potassium gluconate in the
        pipette; by default the one that the recording states as not applied. Of two solutions,
        ``(pipette, bath)`` or ``"potassium_gluconate in acsf at 34 degC"``, it is computed.
    response : Channel or str, optional
        Needed where there are several.

    Returns
    -------
    Recording
        In current clamp its response, in voltage clamp its command (with the levels of epochs, and
        a monitor of the command) is ``V - LJP``. Stored numbers stay, their offset changes.

    Raises
    ------
    CorrectionError
        It is taken off already, by loligo or as the file states; no value; no command in voltage
        clamp; more than 50 mV.

    ModelError, SelectionError, UnitError
        Solutions that are not known, or contradict themselves: see
        `loligo.ions.liquid_junction_potential`.

    References
    ----------
    Neher 1992 Methods Enzymol 207:123, https://doi.org/10.1016/0076-6879(92)07008-C
    """
    found = target(recording, response, None, tuple(ClampMode), NAME, needs_command=False)
    number = _number(found, value)
    channels = _potentials(found)
    corrected = recording
    for channel in channels:
        correction = Correction(
            name=NAME,
            channel=channel.name,
            value=number.value,
            applied=True,
            definition=DEFINITION,
            low=number.low,
            high=number.high,
            source=number.source,
            reversible=True,
        )
        corrected = apply(corrected, correction, lambda _, trace: _moved(trace, number.value))
    return _with_levels(corrected, {channel.name for channel in channels}, number.value)


def _number(found: Target, value: Any) -> Measured:
    if value is not None:
        if names_solutions(value):
            found_between, source = junction_between(value)
            value = Measured(found_between, source=source)
        number = measured(value, "voltage", name="junction potential")
    else:
        stated = [c for c in found.recording.corrections if c.name == NAME and not c.applied]
        values = {c.value for c in stated}
        if len(values) != 1:
            have = f"states {len(values)} different ones" if values else "states none"
            raise CorrectionError(
                f"liquid junction potential: the recording {have}; give a value, or compute it "
                "from the solutions: 'potassium_gluconate in acsf'"
            )
        number = Measured(stated[0].value, stated[0].low, stated[0].high, "stated in the file")
    if abs(number.value) > LARGEST:
        raise CorrectionError(
            f"junction potential = {format_quantity(number.value, 'mV')} is more than solutions "
            f"have (within {LARGEST:g} mV)"
        )
    return number


def _potentials(found: Target) -> tuple[Channel, ...]:
    """Return the channels that hold the potential at the electrode."""
    response = found.response
    if response.clamp_mode is not ClampMode.VOLTAGE_CLAMP:
        return (response,)
    if found.command is None:
        raise CorrectionError(
            f"liquid junction potential: in voltage clamp the command of {response.name!r} is "
            "corrected, and the recording holds none; read it with command= (a channel or a file)"
        )
    monitors = [
        channel
        for channel in found.recording.with_role(Role.MONITOR, response.electrode)
        if channel.unit == "mV" and channel.clamp_mode is ClampMode.VOLTAGE_CLAMP
    ]
    return (found.command, *monitors)


def _moved(trace: Trace, by: float) -> Trace:
    return replace(trace, offset=trace.offset - by)


def _with_levels(recording: Recording, names: set[str], by: float) -> Recording:
    sweeps = tuple(
        replace(
            sweep,
            epochs=tuple(
                moved_level(epoch, -by) if epoch.channel in names else epoch
                for epoch in sweep.epochs
            ),
        )
        for sweep in recording.sweeps
    )
    protocols = {name: p for name, p in recording.protocols.items() if name not in names}
    return replace(recording, sweeps=sweeps, protocols=protocols)
