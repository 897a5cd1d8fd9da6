"""What the amplifier's settings and comments while recording leave in an estimate, in words."""

from __future__ import annotations

from loligo.analysis.layout import Layout
from loligo.units import format_quantity

_TAKING = (
    "series_resistance",
    "pipette_capacitance",
    "seal_resistance",
    "leak_conductance",
    "leak_copies",
)
"""Corrections after which a current is no longer that of the cell behind its electrode."""


def stated(layout: Layout, setting: str) -> tuple[float, ...]:
    """Return the different values of an amplifier setting over the sweeps that state it."""
    found: list[float] = []
    for index in layout.sweeps:
        state = layout.recording.trace(index, layout.response).rig_state
        value = getattr(state, setting) if state is not None else None
        if value is not None and value not in found:
            found.append(value)
    return tuple(found)


def included_resistance(layout: Layout, name: str) -> str:
    """Say what a measured resistance holds beside the cell's."""
    if name == "total_resistance" and layout.recording.has_two_electrodes(layout.response):
        return "of two electrodes: what gain and bath leave in series is included"
    if name == "total_resistance":
        return "it includes the series resistance" + _corrected(layout)
    bridge = stated(layout, "bridge_balance")
    offline = [
        format_quantity(done.value, "GOhm", 3)
        for done in layout.recording.corrections
        if done.applied and done.name == "bridge_error" and done.channel == layout.response.name
    ]
    if offline:
        return f"bridge rebalanced offline by {' and '.join(offline)}"
    if not bridge:
        return (
            "the file does not state the bridge balance; series resistance that was not balanced "
            "is included"
        )
    shown = " and ".join(format_quantity(value, "GOhm") for value in bridge)
    return f"bridge balance of {shown} applied; series resistance beyond that is included"


def _corrected(layout: Layout) -> str:
    correction = stated(layout, "series_resistance_correction")
    used = [f"{value:.0%}" for value in correction if value > 0]
    return f", of which the amplifier corrected {' and '.join(used)}" if used else ""


def subtracted(layout: Layout) -> str:
    """Say how the recording tells that current was subtracted; ``""`` where it does not.

    What is left after the subtraction of leak, or of what a drug spared, is the current through
    some channels: neither its size at rest nor its change with a step is that of the cell.
    """
    for done in layout.recording.corrections:
        if done.applied and done.channel == layout.response.name and done.name in _TAKING:
            return (
                f"the current was corrected ({done.name.replace('_', ' ')}), and what this would "
                "be measured from is gone; analyze the recording as it was recorded"
            )
    source = layout.recording.provenance.source
    if "subtracted" not in source.lower():
        return ""
    return (
        f"the file's name ({source!r}) says that current was subtracted, and with it what this "
        "would be measured from; analyze the recording before the subtraction"
    )


def leak_subtraction(layout: Layout) -> str:
    """Caution where the protocol subtracts leak, as the response may be the rest."""
    findings = [f for f in layout.recording.findings if f.subject == "leak subtraction"]
    return "; ".join(dict.fromkeys(f.evidence for f in findings))


def events(layout: Layout) -> str:
    """Caution about comments made while recording: they may mark a change of conditions."""
    sweeps = [layout.recording.sweep(index) for index in layout.sweeps]
    first = min((sweep.start for sweep in sweeps), default=0.0)
    last = max((sweep.start + sweep.duration for sweep in sweeps), default=0.0)
    texts = [tag.text.strip() for tag in layout.recording.tags if first < tag.time < last]
    if not texts or len(layout.sweeps) < 2:
        return ""
    shown = ", ".join(repr(text) for text in texts[:3]) + (", ..." if len(texts) > 3 else "")
    return f"pooled over all sweeps, though the recording is tagged {shown}"
