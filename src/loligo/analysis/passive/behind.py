"""The cell behind a bridge whose balance is stated: what a fitted curve says of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loligo.analysis.passive.circuit import Ladder, impedance_of, ladder_of
from loligo.analysis.passive.curve import Form
from loligo.analysis.passive.known import NOT_BALANCED


def exponentials(
    form: Form, vector: NDArray[np.float64], bridge: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rates [1/ms] and amplitudes [GOhm] of membrane and electrode."""
    at = form.searched + 2
    electrode = float(vector[at - 1]) + bridge
    return np.exp(vector[: form.rates]), np.append(vector[at : at + form.modes], electrode)


def ladder_behind(form: Form, vector: NDArray[np.float64]) -> Ladder | None:
    """Return electrode and cell behind a stated bridge, ``None`` where they are no such circuit.

    The bridge acts before the amplifier's follower, by whose time constant the electrode's seems
    longer.
    """
    if form.bridge is None:
        return None
    found = ladder_of(
        *exponentials(form, vector, form.bridge),
        follower=math.exp(-vector[form.follower]),
        neutralized=form.neutralized,
        loop=form.loop(vector),
    )
    if found is None or not (found.resistance > 0 and (found.amplitudes > 0).all()):
        return None
    return found


def expected_charging(bridge: float, neutralized: float) -> float:
    """Return a form's `charging` before anything is fitted [ms]."""
    return neutralized * (bridge if bridge > 0 else NOT_BALANCED)


def with_own_charging(form: Form, vector: NDArray[np.float64]) -> Form:
    """Return a form with the `charging` of the circuit that was fitted.

    It is the whole capacitance of the pipette times the series resistance, but for the cell's part.
    """
    found = ladder_behind(form, vector)
    if form.bridge is None or found is None:
        return form
    rates, amplitudes = exponentials(form, vector, form.bridge)
    above, _ = impedance_of(rates, amplitudes, form.loop(vector))
    whole = max(found.pipette_capacitance + form.neutralized, 0.0)
    return replace(form, charging=max(whole * float(above[-1] * np.prod(rates[:-1])), 0.0))
