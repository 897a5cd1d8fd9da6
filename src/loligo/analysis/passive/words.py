"""What is said beside the numbers of a charging curve."""

from __future__ import annotations

import math

from loligo.analysis.passive.fit import CurveFit
from loligo.analysis.passive.profile import is_open, open_curves
from loligo.units import format_quantity

EITHER = 1.5
"""An exponential faster than this may be the dendrites' or the electrode's [ms]."""

_MEANINGS = {
    "membrane_time_constant": "slowest passive time constant (not the sag's)",
    "second_time_constant": "the faster of two passive time constants",
    "membrane_resistance": (
        "sum of the passive exponentials' amplitudes per current: without the electrode's fast "
        "step, and before a sag"
    ),
    "capacitance": (
        "slowest passive time constant over the amplitude per current of its exponential: all "
        "membrane of one membrane time constant (Rall 1969)"
    ),
    "bridge_error": (
        "step of potential per current at the edge that the membrane's exponentials leave: "
        "series resistance less what is balanced (negative: overbalanced)"
    ),
    "electrode_time_constant": "the electrode's own time constant",
}


def definition_of(name: str, fit: CurveFit, is_fast: bool) -> str:
    """Return how a quantity was obtained, in a sentence."""
    steps = fit.data.steps
    sizes = sorted(float(v) for v in steps.current)
    shown = f"{sizes[0]:.4g} pA"
    if sizes[-1] - sizes[0] > 1e-3 * abs(sizes[0]):
        shown = f"{sizes[0]:.4g} to {sizes[-1]:.4g} pA"
    count = f"{len(sizes)} step{'s' if len(sizes) > 1 else ''} of {shown}"
    sag = " and a sag" if fit.form.sag else ""
    exponentials = ("one exponential", "two exponentials")[fit.form.modes - 1]
    if is_fast and fit.form.filtered:
        corner = format_quantity(math.exp(fit.vector[fit.form.searched - 1]), "kHz", 2)
        fast = f" through a 4-pole Bessel low-pass of {corner}"
    elif is_fast:
        fast = ", no filter seen"
    else:
        fast = ", without the samples next to the edges"
    return (
        f"{_MEANINGS[name]}; least-squares fit of {exponentials}{sag}{fast} to {count}; interval "
        "from the noise's spectrum"
    )


def remarks(name: str, fit: CurveFit, rivals: tuple[CurveFit, ...], is_fast: bool) -> str:
    """Return the cautions about one quantity, ``""`` where there are none."""
    found = []
    steps = fit.data.steps
    if fit.form.modes > 1 and name in {"membrane_time_constant", "capacitance"}:
        times = " and ".join(format_quantity(1 / r, "ms", 3) for r in fit.rates[:2])
        found.append(f"two exponentials ({times}): as of a cell with dendrites")
    if fit.form.sag and name != "electrode_time_constant":
        at = fit.form.rates
        strength = math.exp(fit.vector[at + 1])
        time = format_quantity(math.exp(-fit.vector[at]), "ms", 3)
        found.append(
            f"a slow current ({time}) takes back {strength / (1 + strength):.0%} of the membrane's "
            "response: a sag"
        )
    if fit.form.modes > 1 and 1 / float(fit.rates[1]) < EITHER and name != "membrane_time_constant":
        shown = format_quantity(1 / float(fit.rates[1]), "ms", 2)
        found.append(f"an exponential as fast as {shown} may be the electrode's")
    if steps.edges.size == 1:
        found.append("from the begin of the step, not its end")
    if any(is_open(rival, fit) for rival in rivals):
        found.append(
            "the interval also holds what another curve right after the edges says, not excluded"
        )
    if fit.scatter > 2 and name != "electrode_time_constant":
        found.append(
            f"the steps differ {fit.scatter:.2g} times as much as the noise explains, which widens "
            "the interval"
        )
    if fit.misfit > 2:
        found.append(f"residuals exceed the noise {math.sqrt(fit.misfit):.2g}-fold")
    if not is_fast and name in {"membrane_resistance", "capacitance"}:
        found.append("the edges could not be described, so that the delay widens the interval")
    return "; ".join(found)


def other_curves(membrane: tuple[CurveFit, ...]) -> str:
    """Say which other curves of the membrane are not excluded, ``""`` where none is."""
    told = [
        f"{format_quantity(other.time_constant, 'ms', 3)} "
        f"{'with' if other.form.sag else 'without'} a sag"
        for other, _ in open_curves(membrane)
        if other.form.sag != membrane[0].form.sag
    ]
    if not told:
        return ""
    return f"a time constant of {' or '.join(told)} is not excluded: the interval holds both"
