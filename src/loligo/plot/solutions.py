"""Solutions: what is in one, its activity coefficients, and the junction between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from loligo.ions.activity import davies, debye_hueckel, extended_debye_hueckel
from loligo.ions.junction import junction_arrays
from loligo.ions.planck import stationary_profile
from loligo.ions.solution import Solution
from loligo.ions.water import debye_hueckel_constants
from loligo.plot.protocol import colour_of
from loligo.plot.style import ACCENT, INK, QUIET, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEAST = 0.02
"""Share of the largest concentration that is still drawn."""


def draw_solution(solution: Solution, *, width: float = 5.5, height: float | None = None) -> Figure:
    """Draw the concentrations in a solution, on a logarithmic scale.

    Parameters
    ----------
    solution : Solution
    width, height : float [inch]
        As high as its particles need where no height is given.

    Returns
    -------
    matplotlib.figure.Figure
    """
    shown = [one for one in solution.dissolved if one.concentration > 1e-7]
    shown.sort(key=lambda one: one.concentration)
    with styled():
        figure = new_figure(width, height or 1.2 + 0.16 * len(shown))
        axes = figure.subplots()
        colours = [ACCENT if one.valence > 0 else INK if one.valence else QUIET for one in shown]
        names = [one.name for one in shown]
        axes.barh(names, [one.concentration for one in shown], color=colours, height=0.7)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.tick_params(axis="y", labelsize=7.5)
        axes.set_xlabel("concentration [mM]: cations red, anions dark, neutral grey")
        axes.set_title(solution.name, loc="left", size=9, color=INK)
    return figure


def draw_activity(solution: Solution, *, width: float = 5.0, height: float = 3.2) -> Figure:
    """Draw the activity coefficients of univalent and divalent ions against ionic strength.

    Parameters
    ----------
    solution : Solution
        Its ionic strength is marked.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    constants = debye_hueckel_constants(solution.temperature)
    strength = np.linspace(0.0, max(500.0, 1.3 * solution.ionic_strength), 300)
    molal = 1e-3 * strength
    laws = {
        "Davies": [davies(z, molal, constants) for z in (1, 2)],
        "extended, 0.4 nm": [extended_debye_hueckel(z, molal, 0.4, constants) for z in (1, 2)],
        "limiting law": [debye_hueckel(z, molal, constants) for z in (1, 2)],
    }
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        for place, (name, (once, twice)) in enumerate(laws.items()):
            colour = colour_of(place, len(laws))
            axes.plot(strength, once, color=colour, label=name)
            axes.plot(strength, twice, color=colour, linestyle="--")
        axes.axvline(solution.ionic_strength, color=QUIET, linewidth=0.5, zorder=-1)
        axes.legend(frameon=False, fontsize=7.5, labelcolor=INK)
        axes.set_xlabel("ionic strength [mM]")
        axes.set_ylabel("activity coefficient\nunivalent; divalent dashed")
        axes.set_ylim(0.0, 1.0)
        axes.margins(x=0)
    return figure


def draw_junction(
    pipette: Any,
    bath: Any,
    temperature: Any = "20 degC",
    *,
    width: float = 7.5,
    height: float = 3.2,
) -> Figure:
    """Draw concentrations and potential through the stationary junction of two solutions.

    Parameters
    ----------
    pipette, bath, temperature
        As in `loligo.ions.liquid_junction_potential`.
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    ions, valence, mobility, *sides, celsius = junction_arrays(pipette, bath, temperature)
    place, potential, amounts = stationary_profile(valence, mobility, sides[0], sides[1], celsius)
    most = amounts.max(axis=0)
    drawn = [index for index in range(len(ions)) if most[index] >= _LEAST * most.max()]
    with styled():
        figure = new_figure(width, height)
        left, right = figure.subplots(1, 2)
        for order, index in enumerate(drawn):
            colour = colour_of(order, len(drawn))
            left.plot(place, amounts[:, index], color=colour, label=ions[index])
        left.set_ylabel("concentration [mM]")
        left.legend(
            frameon=False, fontsize=7.0, labelcolor=INK, loc="center left", bbox_to_anchor=(1, 0.5)
        )
        right.plot(place, potential, color=INK)
        right.set_ylabel("potential relative to the pipette [mV]")
        right.set_title(f"{potential[-1]:.2f} mV", loc="right", size=9, color=ACCENT)
        for axes in (left, right):
            axes.set_xlabel("place: pipette 0, bath 1")
            axes.margins(x=0)
    return figure
