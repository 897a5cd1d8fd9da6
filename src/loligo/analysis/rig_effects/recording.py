"""What the rig did to one response: what is left of series resistance and bridge, seal, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loligo.analysis.estimate import Estimate
from loligo.analysis.layout import layout_of
from loligo.analysis.membrane_test import MembraneTest
from loligo.analysis.passive.recording import PassiveProperties
from loligo.analysis.rig_effects.bandwidth import fitted_corner, recording_bandwidth
from loligo.analysis.rig_effects.current_clamp import BALANCED, in_current_clamp
from loligo.analysis.rig_effects.grade import Graded, graded
from loligo.analysis.rig_effects.seal import behind_seal, known_seal
from loligo.analysis.rig_effects.voltage_clamp import in_voltage_clamp
from loligo.analysis.rig_effects.voltage_error import Excursion
from loligo.recording import Channel, ClampMode, Recording


@dataclass(frozen=True, slots=True)
class RigEffects:
    """What the rig did to a response.

    Attributes
    ----------
    channel : str
    mode : ClampMode or None
    estimates : tuple of Estimate
        What no other analysis has: the voltage error of the recording and of each sweep,
        bandwidths, the seal's share, the cell without it.
    graded : tuple of Graded
        Everything asked of the rig in this clamp mode, known or not.
    excursions : tuple of Excursion
        In voltage clamp the largest settled current of each sweep, in current clamp the largest
        that was commanded.
    dead : float [ms]
        How long after an edge of the command errors are not looked for.
    """

    channel: str
    mode: ClampMode | None
    estimates: tuple[Estimate, ...]
    graded: tuple[Graded, ...]
    excursions: tuple[Excursion, ...] = ()
    dead: float = 0.0

    @property
    def worst(self) -> Excursion | None:
        """The excursion of the largest current."""
        return max(self.excursions, key=lambda e: abs(e.current), default=None)

    def of(self, name: str) -> Graded | None:
        """Return what is asked of a quantity, ``None`` where nothing is."""
        return next((entry for entry in self.graded if entry.estimate.name == name), None)


def rig_effects(
    recording: Recording,
    response: Channel | str | None = None,
    measured: Sequence[Estimate] = (),
    test: MembraneTest | PassiveProperties | None = None,
) -> RigEffects:
    """Return what the rig did to a response, with grades.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.
    measured : sequence of Estimate
        What other analyses found of this response; what they did not is not known here.
    test : MembraneTest or PassiveProperties, optional
        Whose fit shows the corner of the recording, where the file does not state it.

    Returns
    -------
    RigEffects

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous.

    See Also
    --------
    loligo.analysis.correct : takes back what can be taken back.
    """
    layout = layout_of(recording, response)
    name, mode = layout.response.name, layout.response.clamp_mode
    known = [e for e in measured if e.channel in {"", name}]
    corner = recording_bandwidth(layout, fitted_corner(test))
    seal = known_seal(layout, known)
    by_mode = in_voltage_clamp if mode is ClampMode.VOLTAGE_CLAMP else in_current_clamp
    found = by_mode(layout, known, corner)
    cell = behind_seal(layout, known, seal)
    new = [e for e in found.resistances if e.definition == BALANCED]
    own = (*new, *found.errors, *found.speeds, corner, *cell)
    whole = (e for e in found.errors if e.sweep is None)
    patched = () if layout.recording.has_two_electrodes(layout.response) else (seal,)
    asked = (*found.resistances, *whole, *found.speeds, corner, *patched, cell[0])
    judged = tuple(entry for e in asked if (entry := graded(e, mode)) is not None)
    ordered = tuple(sorted(own, key=lambda e: e.sweep is not None))
    return RigEffects(name, mode, ordered, judged, found.excursions, found.dead)
