"""Potentials of ions: Nernst, Goldman-Hodgkin-Katz and Donnan against what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from loligo.ions.donnan import donnan
from loligo.ions.equilibrium import nernst_potential
from loligo.ions.ghk_current import ghk_current_density
from loligo.ions.ghk_potential import goldman_potential
from loligo.ions.species import valence_of
from loligo.plot.protocol import colour_of
from loligo.plot.style import ACCENT, INK, QUIET, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_UNIT_PERMEABILITY = 1e-6


def draw_nernst(
    ion: str,
    valence: int,
    outside: float,
    inside: float,
    temperature: float,
    *,
    width: float = 4.5,
    height: float = 3.2,
) -> Figure:
    """Draw an equilibrium potential against the concentration outside.

    Parameters
    ----------
    ion : str
    valence : int
    outside, inside : float [mM]
    temperature : float [degC]
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    levels = outside * np.geomspace(0.03, 30.0, 200)
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        axes.plot(levels, nernst_potential(valence, levels, inside, temperature), color=INK)
        here = float(nernst_potential(valence, outside, inside, temperature))
        _point(axes, outside, here, f"{here:.1f} mV")
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel(f"{ion} outside [mM]")
        axes.set_ylabel(f"equilibrium potential of {ion} [mV]")
        axes.set_title(f"{inside:g} mM inside, {temperature:g} degC", loc="left", size=9, color=INK)
    return figure


def draw_ghk(
    permeabilities: Mapping[str, float],
    outside: Mapping[str, float],
    inside: Mapping[str, float],
    temperature: float,
    *,
    width: float = 5.5,
    height: float = 3.4,
) -> Figure:
    """Draw the current of each ion against potential, and where their sum is zero.

    Parameters
    ----------
    permeabilities : mapping of str to float
        Of each ion, relative to any; the unit is drawn as 1e-6 cm/s.
    outside, inside : mapping of str to float [mM]
    temperature : float [degC]
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    ions = list(permeabilities)
    z = [valence_of(ion) for ion in ions]
    out, into = ([side.get(ion, 0.0) for ion in ions] for side in (outside, inside))
    weights = list(permeabilities.values())
    zero = float(goldman_potential(weights, z, out, into, temperature))
    v = np.linspace(min(-120.0, zero - 20.0), max(60.0, zero + 20.0), 300)
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        total = np.zeros_like(v)
        for place, ion in enumerate(ions):
            density = ghk_current_density(
                _UNIT_PERMEABILITY * weights[place],
                z[place],
                into[place],
                out[place],
                v,
                temperature,
            )
            total += density
            axes.plot(v, density, color=colour_of(place, len(ions) + 1), label=ion)
        axes.plot(v, total, color=INK, linewidth=1.4, label="all")
        axes.axhline(0.0, color=QUIET, linewidth=0.5, zorder=-1)
        _point(axes, zero, 0.0, f"{zero:.1f} mV")
        axes.legend(frameon=False, fontsize=7.5, labelcolor=INK)
        axes.set_xlabel("potential [mV]")
        axes.set_ylabel("current, outward positive [uA/cm2]\nper 1e-6 cm/s of permeability 1")
        axes.margins(x=0)
    return figure


def draw_donnan(
    outside: Mapping[str, float],
    fixed_charge: float,
    temperature: float,
    *,
    width: float = 7.5,
    height: float = 3.2,
) -> Figure:
    """Draw potential and concentrations inside against the charge that cannot leave.

    Parameters
    ----------
    outside : mapping of str to float [mM]
    fixed_charge : float [mM]
        Drawn to twice it.
    temperature : float [degC]
    width, height : float [inch]

    Returns
    -------
    matplotlib.figure.Figure
    """
    ions = [ion for ion, amount in outside.items() if amount > 0]
    z, levels = [valence_of(ion) for ion in ions], [outside[ion] for ion in ions]
    fixed = np.linspace(0.0, 2.0 * fixed_charge, 101)
    found = donnan(z, levels, fixed, temperature)
    here = float(donnan(z, levels, fixed_charge, temperature).potential)
    with styled():
        figure = new_figure(width, height)
        left, right = figure.subplots(1, 2)
        left.plot(fixed, found.potential, color=INK)
        _point(left, fixed_charge, here, f"{here:.1f} mV")
        left.set_ylabel("potential inside [mV]")
        for place, ion in enumerate(ions):
            colour = colour_of(place, len(ions))
            right.plot(fixed, found.inside[:, place], color=colour, label=ion)
        right.legend(frameon=False, fontsize=7.5, labelcolor=INK)
        right.set_ylabel("inside [mM]")
        for axes in (left, right):
            axes.set_xlabel("fixed charge inside [mM]")
            axes.margins(x=0)
    return figure


def _point(axes: Axes, x: float, y: float, text: str) -> None:
    axes.plot([x], [y], "o", color=ACCENT, markersize=4)
    axes.annotate(text, (x, y), xytext=(5, -10), textcoords="offset points", size=7.5, color=ACCENT)
