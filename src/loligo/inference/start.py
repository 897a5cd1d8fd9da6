"""Where a fit starts: what the membrane test of the recording itself says."""

from __future__ import annotations

from typing import Any

from loligo.analysis.membrane_test import membrane_test
from loligo.cell.quantity import write_quantity
from loligo.errors import ModelError
from loligo.recording import Recording
from loligo.rig import PassiveCell, Rig

_NEEDED = (
    "series_resistance",
    "membrane_resistance",
    "capacitance",
    "total_resistance",
    "holding_current",
)


def start_from(recording: Recording, rig: Rig) -> tuple[PassiveCell, Rig]:
    """Return cell and rig with the values that a membrane test finds.

    Parameters
    ----------
    recording : Recording
        With steps of a voltage clamp.
    rig : Rig
        What else is known of the rig; its series resistance is replaced.

    Returns
    -------
    PassiveCell
        Membrane resistance, capacitance, and the potential at which the holding current vanishes.
    Rig

    Raises
    ------
    ModelError
        The membrane test refuses; the message has its reason.
    """
    test = membrane_test(recording)
    first = {one.name: one for one in reversed(test.estimates)}
    values = {}
    for name in _NEEDED:
        value = first[name].value if name in first else None
        if value is None:
            why = first[name].reason if name in first else "it was not looked for"
            raise ModelError(f"the membrane test gives no {name.replace('_', ' ')}: {why}")
        values[name] = value
    command = recording.command(recording.channel(test.channel))
    assert command is not None
    held = float(recording.trace(test.tests[0].sweeps[0], command).values(0, 1)[0])
    written: dict[str, Any] = {
        "resistance": write_quantity(values["membrane_resistance"], "GOhm"),
        "capacitance": write_quantity(values["capacitance"], "pF"),
        "reversal": write_quantity(
            held - values["holding_current"] * values["total_resistance"], "mV"
        ),
    }
    resistance = write_quantity(values["series_resistance"], "GOhm")
    return PassiveCell(**written), rig.with_(**{"pipette.series_resistance": resistance})
