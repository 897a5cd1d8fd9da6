"""`Solution`: what is dissolved, in which form, and what follows: strength, charge, osmolarity."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

from loligo.errors import SelectionError, suggest
from loligo.ions.activity import davies
from loligo.ions.equilibrium import charge_text
from loligo.ions.mobility import Mobility, mobility
from loligo.ions.pitzer import pitzer_osmotic
from loligo.ions.water import debye_hueckel_constants

OsmoticModel = Literal["ideal", "pitzer"]


@dataclass(frozen=True, slots=True)
class Dissolved:
    """One kind of particle in a solution.

    Attributes
    ----------
    name : str
        Symbol of a free ion; the form of an acid with what it binds and its charge.
    valence : int
        0 for neutral molecules.
    concentration : float [mM]
    mobility : str
        Under which name the table of mobilities has it; nothing for neutral molecules.
    """

    name: str
    valence: int
    concentration: float
    mobility: str = ""


@dataclass(frozen=True)
class Solution:
    """A solution at equilibrium.

    Attributes
    ----------
    name : str
    dissolved : tuple of Dissolved
    temperature : float [degC]
    ph : float or None
    adjusted : float [mM]
        What the pH took of `adjusted_with`, or neutrality of `balanced_with`.
    adjusted_with : str
    source, notes : str
    """

    name: str
    dissolved: tuple[Dissolved, ...]
    temperature: float
    ph: float | None = None
    adjusted: float = 0.0
    adjusted_with: str = ""
    source: str = ""
    notes: str = field(default="", repr=False)

    def free(self, ion: str) -> float:
        """Return the concentration [mM] of an ion that is bound by nothing; 0 if there is none.

        Raises
        ------
        SelectionError
            No such ion is known.
        """
        plain = mobility(ion).ion if ion not in self.concentrations else ion
        return self.concentrations.get(plain, 0.0)

    @property
    def concentrations(self) -> dict[str, float]:
        """Every particle's concentration [mM] by name."""
        return {one.name: one.concentration for one in self.dissolved}

    @property
    def ionic_strength(self) -> float:
        """Half the sum of ``z^2 c`` [mM]."""
        return 0.5 * sum(one.valence**2 * one.concentration for one in self.dissolved)

    @property
    def charge(self) -> float:
        """Sum of ``z c`` [mM]; zero but for rounding in a solution that was adjusted."""
        return sum(one.valence * one.concentration for one in self.dissolved)

    def osmolarity(self, model: OsmoticModel = "ideal") -> float:
        """Return the osmolarity [mOsm/l].

        Parameters
        ----------
        model : str
            ``"ideal"`` counts particles. ``"pitzer"`` multiplies the ions by the osmotic
            coefficient that potassium or sodium chloride, whichever cation there is more of, has at
            this ionic strength; neutral molecules count whole.

        Raises
        ------
        SelectionError
            Another model.
        """
        ions = sum(one.concentration for one in self.dissolved if one.valence)
        rest = sum(one.concentration for one in self.dissolved if not one.valence)
        if model == "ideal":
            return ions + rest
        if model != "pitzer":
            raise SelectionError(f"{model!r} is no osmotic model; {suggest(model, _MODELS)}")
        salt = "NaCl" if self.free("Na") > self.free("K") else "KCl"
        constants = debye_hueckel_constants(self.temperature)
        coefficient = float(pitzer_osmotic(salt, 1e-3 * self.ionic_strength, constants.a_phi))
        return coefficient * ions + rest

    def activity(self, ion: str) -> float:
        """Return the activity [mM] of a free ion, by Davies' equation.

        Raises
        ------
        SelectionError
            No such ion is known.
        """
        name = ion if ion in self.concentrations else mobility(ion).ion
        valence = {one.name: one.valence for one in self.dissolved}.get(name, 0)
        constants = debye_hueckel_constants(self.temperature)
        return self.free(name) * float(davies(valence, 1e-3 * self.ionic_strength, constants))

    def junction_ions(self) -> list[tuple[Mobility, float]]:
        """Return mobility, with the particle's own name and valence, and concentration [mM].

        All forms of an acid diffuse as the form that tables have: its size hardly changes with its
        charge.
        """
        return [
            (_as(mobility(one.mobility), one), one.concentration)
            for one in self.dissolved
            if one.valence and one.concentration
        ]

    @property
    def debye_length(self) -> float:
        """Thickness of the ionic atmosphere [nm]."""
        strength = 1e-3 * self.ionic_strength
        return 1.0 / (debye_hueckel_constants(self.temperature).b * sqrt(strength))

    def __str__(self) -> str:
        head = f"{self.name}, {self.temperature:g} degC"
        if self.ph is not None:
            head += f", pH {self.ph:g}"
        if self.adjusted_with == "CO2":
            head += f", {self.adjusted:+.4g} mM HCO3 by CO2"
        elif self.adjusted_with:
            head += f", {self.adjusted:.4g} mM {self.adjusted_with}"
        width = max((len(one.name) for one in self.dissolved), default=0)
        rows = [
            f"  {one.name:{width}}  {_charge(one.valence):>3}  {one.concentration:.6g} mM"
            for one in self.dissolved
            if one.concentration >= _SHOWN
        ]
        foot = (
            f"ionic strength {self.ionic_strength:.4g} mM, charge {self.charge:+.2g} mM; "
            f"osmolarity {self.osmolarity('pitzer'):.4g} mOsm/l, ideal {self.osmolarity():.4g}"
        )
        return "\n".join([head, *rows, foot])


_MODELS = ("ideal", "pitzer")
_SHOWN = 1e-6
"""Less [mM] is not printed."""


def _as(found: Mobility, one: Dissolved) -> Mobility:
    return Mobility(one.name, one.valence, found.relative, found.source)


def _charge(valence: int) -> str:
    return charge_text(valence) if valence else "0"
