"""Which outputs drive something else than the clamp: a light source, a valve, a shutter.

Such an output is often labelled in volts, as the digitizer plays it; taken for the command, 5 V of
light would be a step of 5000 mV.
"""

from __future__ import annotations

from collections.abc import Sequence

from loligo.recording.io.options import ReadOptions
from loligo.recording.io.roles.facts import MODE_OF_COMMAND, Output, known_unit

HIGHEST_VOLTAGE = 1000.0
"""No membrane is commanded beyond this [mV]."""
_VOLTS = 1000.0


def stimulators(outputs: Sequence[Output], options: ReadOptions) -> dict[str, str]:
    """Return the outputs that command no clamp, each with the reason.

    An output is one where it goes beyond `HIGHEST_VOLTAGE`, or is in volts while another is in
    millivolts or a unit of current; unless the caller names it as the command.
    """
    found: dict[str, str] = {}
    beside = [output.name for output in outputs if _is_of_a_clamp(output)]
    for output in outputs:
        unit = known_unit(output.file_unit)
        if unit is None or unit.dimension != "voltage" or output.name == options.command:
            continue
        reach = None if output.largest is None else abs(output.largest) * unit.factor
        if reach is not None and reach > HIGHEST_VOLTAGE:
            found[output.name] = f"it reaches {reach:.4g} mV, which no membrane is commanded to"
        elif unit.factor >= _VOLTS and beside:
            found[output.name] = (
                f"in {output.file_unit} beside {', '.join(beside)}: it drives something else than "
                "the clamp (pass command= with its name if it is the command)"
            )
    return found


def _is_of_a_clamp(output: Output) -> bool:
    unit = known_unit(output.file_unit)
    if unit is None or unit.dimension not in MODE_OF_COMMAND:
        return False
    return unit.dimension == "current" or unit.factor < _VOLTS
