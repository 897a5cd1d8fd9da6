"""Estimates of the cell without the leak of the seal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loligo.analysis.estimate import Estimate, Status
from loligo.errors import CorrectionError
from loligo.recording.corrections import Measured, without_seal

_RESISTANCES = ("membrane_resistance", "input_resistance")


def cell_without_seal(
    estimates: Iterable[Estimate], seal_resistance: Any, *, seal_reversal: Any = 0
) -> tuple[Estimate, ...]:
    """Return membrane resistance, time constant and resting potential without the seal's leak.

    Parameters
    ----------
    estimates : iterable of Estimate
        Of one response, such as an `Analysis`; the membrane resistance counts, or else the input
        resistance, and the first value of each name.
    seal_resistance : quantity or Estimate
        As measured before break-in.
    seal_reversal : quantity
        Potential at which the seal carries no current.

    Returns
    -------
    tuple of Estimate
        Of those names for which there was a value, with intervals that hold those of the seal.

    Raises
    ------
    CorrectionError
        No resistance among the estimates has a value, or it reaches that of the seal.
    """
    whole = [e for e in estimates if e.sweep is None and e.is_ok and e.value is not None]
    first = {name: e for e in reversed(whole) for name in [e.name]}
    resistance = next((first[name] for name in _RESISTANCES if name in first), None)
    if resistance is None:
        raise CorrectionError("seal leak: no membrane or input resistance was estimated")
    tau, rest = first.get("membrane_time_constant"), first.get("resting_potential")
    found = without_seal(
        resistance,
        seal_resistance,
        time_constant=tau,
        resting_potential=rest,
        seal_reversal=seal_reversal,
    )
    result = [_estimate("membrane_resistance", found.membrane_resistance, resistance)]
    for name, value, measured in (
        ("membrane_time_constant", found.membrane_time_constant, tau),
        ("resting_potential", found.resting_potential, rest),
    ):
        if value is not None and measured is not None:
            result.append(_estimate(name, value, measured))
    return tuple(result)


def _estimate(name: str, found: Measured, measured: Estimate) -> Estimate:
    return Estimate(
        name,
        found.value,
        found.low,
        found.high,
        Status.OK,
        measured.reason,
        measured.channel,
        epoch=measured.epoch,
        definition=f"without the leak of the seal, from {found.source}; {measured.definition}",
    )
